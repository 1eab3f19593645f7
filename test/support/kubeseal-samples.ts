/** @module The files that the command lines of docs/kubeseal.md name, by name. */
import { createPublicKey } from 'node:crypto';
import { objectsText } from '../../cli/kubeseal/object-text.ts';
import type { Fields } from '../../cli/kubeseal/read-input.ts';
import { issueSealingKey } from '../../shared/certificate/issue-certificate.ts';
import { readCertificate } from '../../shared/certificate/read-certificate.ts';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import type { Scope } from '../../shared/sealing/scope.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { ELLIPTIC_CERTIFICATE_PEM, FIRST_KEY, SECOND_KEY, type TestKey, WEAK_KEY } from './test-keys.ts';
import { secretOf } from './test-secrets.ts';

const HEAD = 'apiVersion: v1\nkind: Secret\n';
const SECRET = `# who needs it: the shop
${HEAD}metadata:
  name: db
  namespace: shop
  creationTimestamp: null
  labels: {tier: back, app: "<shop>"}
  annotations:
    note: a&b
    kubectl.kubernetes.io/last-applied-configuration: "{}"
type: Opaque
stringData:
  user: ada
  pass.word: hunter2
data:
  bytes: AP8=
  nothing: ""
`;
const BARE = `${HEAD}metadata: {name: db}\nstringData: {password: hunter2}\n`;
const MORE = `${HEAD}metadata: {name: elsewhere, labels: {more: "1"}, annotations: {also: "2"}}\nstringData: {extra: new, password: changed}\n`;
const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: here
clusters: [{name: test, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: admin, user: {}}]
contexts:
- {name: here, context: {cluster: test, user: admin, namespace: shop}}
- {name: other, context: {cluster: test, user: admin, namespace: other}}
`;
const secretInShop = { name: 'db', namespace: 'shop' };

/** Every file but those that only a cluster needs. SealedSecrets open with the first test key, or with `key`. */
export async function kubesealSamples(key: TestKey = FIRST_KEY): Promise<Readonly<Record<string, string>>> {
  const lastYear = new Date('2020-02-03T00:00:00Z');
  const expired = await issueSealingKey({ bits: 2048, validForMs: 86_400_000, commonName: 'old', now: lastYear });
  return { ...keyFiles(expired.certificatePem), ...secretFiles(), ...(await sealedFiles(key)) };
}

function keyFiles(expired: string): Record<string, string> {
  return {
    'cert.pem': FIRST_KEY.certificatePem,
    'key.pem': FIRST_KEY.privateKeyPem,
    'wrong.pem': SECOND_KEY.privateKeyPem,
    'keys.yaml': stringifyYaml({
      apiVersion: 'v1',
      kind: 'List',
      items: [keySecret(SECOND_KEY), keySecret(FIRST_KEY)],
    }),
    'chain.pem': FIRST_KEY.certificatePem + SECOND_KEY.certificatePem,
    'expired.pem': expired,
    'elliptic.pem': ELLIPTIC_CERTIFICATE_PEM,
    'weak.pem': WEAK_KEY.certificatePem,
    'public.pem': createPublicKey(FIRST_KEY.certificatePem).export({ type: 'spki', format: 'pem' }).toString(),
    'nonsense.txt': 'neither this nor that\n',
  };
}

function secretFiles(): Record<string, string> {
  return {
    'value.txt': 'hunter2\n',
    'kubeconfig.yaml': KUBECONFIG,
    'secret.yaml': SECRET,
    'secret.json': JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: secretInShop, data: { a: 'eA==' } }),
    'bare.yaml': BARE,
    'more.yaml': MORE,
    'unnamed.yaml': `${HEAD}stringData: {password: hunter2}\n`,
    'empty.yaml': `${HEAD}metadata: {name: db, namespace: shop}\n`,
    'two.yaml': `${SECRET}---\n---\n${BARE.replace('name: db', 'name: second, namespace: shop')}`,
    'typed.yaml': `${HEAD}metadata: {name: db, namespace: shop, finalizers: [example.com/hold]}\ntype: kubernetes.io/basic-auth\nimmutable: true\nstringData: {username: ada, password: x}\n`,
    'annotated.yaml': `${HEAD}metadata: {name: db, namespace: shop, annotations: {sealedsecrets.bitnami.com/cluster-wide: "true"}}\nstringData: {a: x}\n`,
    'managed.yaml': `${HEAD}metadata: {name: db, namespace: shop, managedFields: [{manager: kubectl}]}\nstringData: {a: x}\n`,
    'list.yaml': `apiVersion: v1\nkind: List\nitems:\n- ${JSON.stringify(secretOf({ a: 'x' }))}\n`,
    'configmap.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: db, namespace: shop}\ndata: {a: eA==}\n',
    'typo.yaml': `${HEAD}metadata: {name: db, namespace: shop}\nstringdata: {a: x}\nstringData: {b: z}\n`,
    'unquoted.yaml': `${HEAD}metadata: {name: db, namespace: shop}\nstringData: {mode: 0777}\n`,
    'broken.yaml': `${SECRET}---\n${HEAD}metadata: {name: [\n`,
    'trailing.json': `${JSON.stringify(secretOf({ a: 'x' }))} trailing`,
  };
}

async function sealedFiles(key: TestKey): Promise<Record<string, string>> {
  const seal = (secret: Secret, scope?: Scope) => sealedWith(key, secret, scope);
  const metadata = { ...secretInShop, labels: { tier: 'back' }, annotations: { note: 'a&b' } };
  const sealed = await seal(secretOf({ user: 'ada', password: 'hunter2' }, { metadata, type: 'Opaque' }));
  const second = await seal(secretOf({ a: 'x' }, { metadata: { name: 'second', namespace: 'shop' } }));
  const foreign = { ...second, metadata: { ...second.metadata, name: 'elsewhere' } };
  const json = (object: SealedSecret): string => objectsText([object as unknown as Fields], 'json');
  return {
    'sealed.json': json(sealed),
    'sealed.yaml': `# sealed for the shop\n${stringifyYaml(sealed)}# the end\n`,
    'sealed-plain.json': json(await seal(secretOf({ user: 'ada' }))),
    'sealed-cluster.json': json(await seal(secretOf({ user: 'ada' }, { metadata }), 'cluster-wide')),
    'sealed-old.json': json({ ...sealed, spec: { ...sealed.spec, template: null } }),
    'sealed-template.json': json({
      ...sealed,
      spec: { ...sealed.spec, template: { ...sealed.spec.template, data: { greeting: 'hello' } } },
    }),
    'foreign.json': json(foreign),
    'labelled.json': json({ ...sealed, metadata: { ...sealed.metadata, labels: { team: 'shop' } } }),
    'two-sealed.yaml': `${stringifyYaml(sealed)}---\n${stringifyYaml(foreign)}`,
  };
}

async function sealedWith(key: TestKey, secret: Secret, scope: Scope | undefined): Promise<SealedSecret> {
  const certificate = await readCertificate(key.certificatePem);
  return sealSecret(secret, { certificate, receipt: false, ...(scope !== undefined && { scope }) });
}

function keySecret({ certificatePem, privateKeyPem }: TestKey): object {
  const data = { 'tls.crt': btoa(certificatePem), 'tls.key': btoa(privateKeyPem) };
  return { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: 'key' }, data };
}
