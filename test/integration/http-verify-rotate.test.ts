import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCertificate, type SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, NAMESPACES } from '../../shared/kube/resource-type.ts';
import { REQUESTS_CONFIG_MAP, ROTATE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { SCOPES } from '../../shared/sealing/scope.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { exposeController } from '../support/expose-controller.ts';
import { type Kubeseal, prepareKubeseal } from '../support/kubeseal.ts';
import { usePeers } from '../support/peers.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';
import { firstCertificate, secretOf } from '../support/test-secrets.ts';

const peers = await usePeers('kubeseal');
const NAMESPACE = 'signet-system';
const CONTROLLER = ['--controller-namespace', NAMESPACE, '--controller-name', 'signet-controller'];
const WAIT = { timeoutMs: 60_000, everyMs: 200 };

let cluster: SignetCluster;
let controller: ControllerProcess;
let client: KubeClient;
let kubeseal: Kubeseal;
/** Kubeconfig of an account without any rights of its own. */
let nobody: string;

beforeAll(async () => {
  if (!peers.areHere) return;
  cluster = await startSignetCluster();
  client = cluster.client;
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  nobody = await eventually(() => cluster.controlPlane.serviceAccountKubeconfig('shop', 'default'));
  kubeseal = await prepareKubeseal(peers.pathOf('kubeseal'));
  controller = await cluster.startController({ flags: ['--key-size', '2048', '--no-sync'] });
  await controller.ready();
  await exposeController(cluster.controlPlane, NAMESPACE, controller);
});

afterAll(async () => {
  await kubeseal?.stop();
  await cluster?.stop();
});

function ask(input: string, ...flags: readonly string[]) {
  return kubeseal.attempt([...CONTROLLER, '--kubeconfig', nobody, ...flags], input);
}

async function currentCertificate(): Promise<SealingCertificate> {
  const { stdout } = await ask('', '--fetch-cert');
  return readCertificate(stdout);
}

test('kubeseal, with no rights of its own, fetches the certificate', async () => {
  await eventually(async () => {
    expect((await ask('', '--fetch-cert')).stdout).toMatch(/^-----BEGIN CERTIFICATE-----/);
  }, WAIT);
});

test.each(SCOPES)('kubeseal --validate says yes to what is sealed %s here, and no once it was moved', async (scope) => {
  const sealed = await sealSecret(secretOf({ a: '1', b: '2' }), { certificate: await currentCertificate(), scope });
  expect(await ask(JSON.stringify(sealed), '--validate')).toEqual({ code: 0, stdout: '', stderr: '' });
  const moved = { ...sealed, metadata: { ...sealed.metadata, namespace: 'elsewhere', name: 'db' } };
  const answer = await ask(JSON.stringify(moved), '--validate');
  if (scope === 'cluster-wide') expect(answer.code).toBe(0);
  else expect(answer).toEqual({ code: 1, stdout: '', stderr: 'error: unable to decrypt sealed secret: db\n' });
});

test('kubeseal --validate and --re-encrypt say no to what is sealed for another cluster', async () => {
  const foreign = JSON.stringify(await sealSecret(secretOf({ a: '1' }), { certificate: firstCertificate }));
  expect((await ask(foreign, '--validate')).stderr).toBe('error: unable to decrypt sealed secret: db\n');
  expect((await ask(foreign, '--re-encrypt')).stderr).toBe('error: unable to rotate secret\n');
});

test("kubeseal's message for a body that is no SealedSecret is still one of its own", async () => {
  const answer = await ask(
    JSON.stringify({ apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata: {} }),
    '--validate',
  );
  expect([answer.code, answer.stdout]).toEqual([1, '']);
  expect(answer.stderr).toMatch(/^error: cannot validate sealed secret: /);
});

test('kubeseal --re-encrypt gives back the same object under the newest key, template and annotations included', async () => {
  const old = await currentCertificate();
  const sealed = await sealSecret(
    secretOf({ a: '1', b: '2' }, { metadata: { name: 'db', namespace: 'shop', labels: { app: 'x' } }, type: 'Opaque' }),
    { certificate: old },
  );
  const rich = {
    ...sealed,
    metadata: { ...sealed.metadata, labels: { team: 'y' }, annotations: { ...sealed.metadata.annotations, note: 'z' } },
    spec: { ...sealed.spec, template: { ...sealed.spec.template, data: { c: '{{ fail "never" }}' } } },
  };
  await client.mergePatch(
    CONFIG_MAPS,
    { namespace: NAMESPACE, name: REQUESTS_CONFIG_MAP },
    { metadata: { annotations: { [ROTATE_REQUESTED_ANNOTATION]: new Date().toISOString() } } },
  );
  await eventually(async () => expect((await currentCertificate()).fingerprint).not.toBe(old.fingerprint), WAIT);
  const { code, stdout, stderr } = await ask(JSON.stringify(rich), '--re-encrypt');
  expect([code, stderr]).toEqual([0, '']);
  const after = JSON.parse(stdout) as SealedSecret;
  expect(after.spec.template).toMatchObject(rich.spec.template);
  expect(after.metadata).toMatchObject({
    name: 'db',
    namespace: 'shop',
    labels: { team: 'y' },
    annotations: { note: 'z' },
  });
  expect(Object.keys(after.spec.encryptedData)).toEqual(['a', 'b']);
  for (const [item, value] of Object.entries(after.spec.encryptedData)) {
    expect(value).not.toBe(sealed.spec.encryptedData[item]);
  }
  const again = await ask(stdout, '--validate');
  expect(again).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('what was asked is counted under the names of sealed-secrets', async () => {
  const text = await (await fetch(`${controller.metricsUrl}/metrics`)).text();
  for (const path of ['/v1/verify', '/v1/rotate']) {
    expect(text).toMatch(
      new RegExp(`sealed_secrets_controller_http_requests_total\\{path="${path}",code="409",method="post"\\} [1-9]`),
    );
  }
});
