import forge from 'node-forge';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueSealingKey } from '../../shared/certificate/issue-certificate.ts';
import { readCertificate } from '../../shared/certificate/read-certificate.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { NAMESPACES, SECRETS } from '../../shared/kube/resource-type.ts';
import { KEY_LABEL } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { SCOPES, type Scope } from '../../shared/sealing/scope.ts';
import { PEER_CONTROLLER_NAME, type PeerController, startPeerController } from '../peers/peer-controller.ts';
import { eventually } from '../support/eventually.ts';
import { exposeController } from '../support/expose-controller.ts';
import { INTEROP_SECRETS, openedFrom } from '../support/interop-secrets.ts';
import { type Kubeseal, prepareKubeseal } from '../support/kubeseal.ts';
import {
  conditionsOf,
  contentOf,
  contentsOf,
  ownerFor,
  ownersOf,
  sealedSecretsOf,
  versionsOf,
} from '../support/live-secrets.ts';
import { usePeers } from '../support/peers.ts';
import { outputOf, signet } from '../support/run-program.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';

const peers = await usePeers('kubeseal', 'sealed-secrets-controller');
const PEER_NAMESPACE = 'kube-system';
const TEN_YEARS_MS = 87_600 * 3_600_000;
const WAIT = { timeoutMs: 45_000, everyMs: 200 };

let cluster: SignetCluster;
let client: KubeClient;
let kubeseal: Kubeseal;
let peer: PeerController;
/** Kubeconfig of an account without any rights of its own. */
let nobody: string;

beforeAll(async () => {
  if (!peers.areHere) return;
  cluster = await startSignetCluster();
  client = cluster.client;
  kubeseal = await prepareKubeseal(peers.pathOf('kubeseal'));
  for (const name of ['sealed-by-signet', 'sealed-by-kubeseal']) {
    await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  nobody = await eventually(() => cluster.controlPlane.serviceAccountKubeconfig('sealed-by-signet', 'default'));
  peer = await startPeerController({
    access: cluster.controlPlane,
    binary: peers.pathOf('sealed-secrets-controller'),
    namespace: PEER_NAMESPACE,
    flags: ['--key-size=2048', '--kubeclient-qps=-1', '--my-cn=peer'],
  });
});

afterAll(async () => {
  await peer?.stop();
  await kubeseal?.stop();
  await cluster?.stop();
});

function kubectl(args: readonly string[], input = ''): Promise<string> {
  const { kubectlPath, kubeconfigPath } = cluster.controlPlane;
  return outputOf(kubectlPath, ['--kubeconfig', kubeconfigPath, ...args], { input });
}

/** The Secrets of the table for `scope`, each under a name of its own in `namespace`. */
function secretsFor(scope: Scope, namespace: string): Secret[] {
  return Object.values(INTEROP_SECRETS).map((secret, index) => ({
    ...secret,
    metadata: { ...secret.metadata, name: `${scope}-${index}`, namespace },
  }));
}

function streamOf(secrets: readonly Secret[]): string {
  return secrets.map((secret) => JSON.stringify(secret)).join('\n---\n');
}

/** Asserts that `namespace` holds exactly what the table says, owned by the SealedSecrets, which say so. */
async function assertAllOpened(namespace: string): Promise<void> {
  const expected = SCOPES.flatMap((scope) => secretsFor(scope, namespace).map((secret) => openedFrom(secret, scope)));
  const sealed = await sealedSecretsOf(client, namespace);
  expect(await contentsOf(client, namespace)).toEqual(
    Object.fromEntries(expected.map((secret) => [secret.metadata.name, contentOf(secret)])),
  );
  expect(await ownersOf(client, namespace)).toEqual(
    Object.fromEntries(sealed.map((one) => [one.metadata.name, [ownerFor(one)]])),
  );
  expect(await conditionsOf(client, namespace, 'Synced')).toEqual(
    Object.fromEntries(expected.map((secret) => [secret.metadata.name, 'True 1'])),
  );
}

async function keySecrets(namespace: string): Promise<readonly KubeObject[]> {
  return (await client.list(SECRETS, { namespace, labelSelector: KEY_LABEL })).items;
}

function certificateIn(secret: KubeObject | undefined): string {
  return atob((secret as Secret | undefined)?.data?.['tls.crt'] ?? '');
}

/** What a certificate is apart from whom it is for and when it was made. */
function shapeOf(pem: string): object {
  const certificate = forge.pki.certificateFromPem(pem);
  const { notBefore, notAfter } = certificate.validity;
  const names = (attributes: readonly forge.pki.CertificateField[]) =>
    attributes.map(({ type, value }) => [type, value]);
  return {
    version: certificate.version,
    signature: certificate.signatureOid,
    subject: names(certificate.subject.attributes),
    issuer: names(certificate.issuer.attributes),
    validForMs: notAfter.getTime() - notBefore.getTime(),
    // An identifier of the key differs from key to key, and only its length is comparable.
    extensions: (certificate.extensions as { id: string; critical: boolean; value: string }[])
      .map(({ id, critical, value }) => ({ id, critical, value: id === '2.5.29.14' ? value.length : btoa(value) }))
      .sort((a, b) => a.id.localeCompare(b.id)),
  };
}

describe('with the controller of sealed-secrets', () => {
  const choice = ['--controller-namespace', PEER_NAMESPACE, '--controller-name', PEER_CONTROLLER_NAME];

  test('`signet cert fetch` gets its certificate through the service proxy, chosen or found by itself', async () => {
    const env = { KUBECONFIG: cluster.controlPlane.kubeconfigPath };
    const [key, ...others] = await keySecrets(PEER_NAMESPACE);
    expect(others).toEqual([]);
    expect(await signet(['cert', 'fetch', ...choice], { env })).toBe(certificateIn(key));
    expect(await signet(['cert', 'fetch'], { env })).toBe(certificateIn(key));
  });

  test('Signet reads its certificate, and issues ones of the same shape', async () => {
    const pem = certificateIn((await keySecrets(PEER_NAMESPACE))[0]);
    const read = await readCertificate(pem);
    expect(read).toMatchObject({ subject: 'peer', modulusBits: 2048, pem });
    expect(read.notAfter.getTime() - read.notBefore.getTime()).toBe(TEN_YEARS_MS);
    const issued = await issueSealingKey({ bits: 2048, validForMs: TEN_YEARS_MS, commonName: 'peer', now: new Date() });
    expect(shapeOf(issued.certificatePem)).toEqual(shapeOf(pem));
  });

  test('what `signet seal` sealed in any scope is opened by it', async () => {
    const cert = await kubeseal.write(
      'peer.crt',
      await signet(['cert', 'fetch', ...choice, '--kubeconfig', cluster.controlPlane.kubeconfigPath]),
    );
    for (const scope of SCOPES) {
      const input = streamOf(secretsFor(scope, 'sealed-by-signet'));
      await kubectl(['create', '-f', '-'], await signet(['seal', '--cert', cert, '--scope', scope], { input }));
    }
    await eventually(() => assertAllOpened('sealed-by-signet'), WAIT);
  });
});

describe('with the controller of Signet', () => {
  const choice = ['--controller-namespace', 'signet-system', '--controller-name', 'signet-controller'];
  let versions: Record<string, string>;

  beforeAll(async () => {
    if (!peers.areHere) return;
    await peer.stop();
    versions = await versionsOf(client, SECRETS, 'sealed-by-signet');
    const controller = await cluster.startController({ flags: ['--key-size', '2048'] });
    await controller.ready();
    await exposeController(cluster.controlPlane, 'signet-system', controller);
  });

  test('`kubeseal --fetch-cert` gets its certificate through the service proxy, without rights of its own', async () => {
    const [key, ...others] = await keySecrets('signet-system');
    expect(others).toEqual([]);
    const fetched = await eventually(() => kubeseal.run(['--fetch-cert', '--kubeconfig', nobody, ...choice]));
    expect(fetched).toBe(certificateIn(key));
  });

  test('what kubeseal sealed in any scope is opened by it', async () => {
    for (const scope of SCOPES) {
      const input = streamOf(secretsFor(scope, 'sealed-by-kubeseal'));
      const flags = ['--kubeconfig', nobody, ...choice, '--scope', scope, '-o', 'yaml'];
      await kubectl(['create', '-f', '-'], await kubeseal.run(flags, input));
    }
    await eventually(() => assertAllOpened('sealed-by-kubeseal'), WAIT);
  });

  test('a SealedSecret whose key it lacks says so, and the Secret that the other controller made stays', async () => {
    await eventually(async () => {
      const sealed = await sealedSecretsOf(client, 'sealed-by-signet');
      const synced = sealed.map(({ status }) => status?.conditions?.[0]);
      expect(
        new Set(synced.map((condition) => `${condition?.type} ${condition?.status} ${condition?.reason}`)),
      ).toEqual(new Set(['Synced False KeyNotFound']));
      for (const condition of synced) expect(condition?.message).toMatch(/no key could decrypt secret/);
    }, WAIT);
    expect(await versionsOf(client, SECRETS, 'sealed-by-signet')).toEqual(versions);
  });
});
