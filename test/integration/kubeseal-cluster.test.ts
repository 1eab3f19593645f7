import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ParsedDocument, parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { checkReceipt } from '../../shared/sealing/check-receipt.ts';
import { readReceipt } from '../../shared/sealing/receipt.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { exposeLocalService } from '../control-plane/service-endpoint.ts';
import { PEER_CONTROLLER_NAME } from '../peers/peer-controller.ts';
import { exposeController } from '../support/expose-controller.ts';
import { keySecret } from '../support/key-secret.ts';
import { readPageLines } from '../support/kubeseal-page.ts';
import { type Answer, type KubesealPair, refuses, startKubesealPair } from '../support/kubeseal-pair.ts';
import { kubesealSamples } from '../support/kubeseal-samples.ts';
import { PEER_NAMESPACE, type PeerCluster, startPeerCluster } from '../support/peer-cluster.ts';
import { usePeers } from '../support/peers.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { bothRing, firstCertificate, secretOf } from '../support/test-secrets.ts';

const peers = await usePeers('kubeseal', 'sealed-secrets-controller');
const LINES = readPageLines().filter(({ section }) => section === 'With a cluster');

/** What is better about our answer, with the controller of `sealed-secrets` or `Signet`. Both are opened. */
type Expectation = (ours: Answer, theirs: Answer, controller: string) => void;

const BETTER: Readonly<Record<string, Expectation>> = {
  'kubeseal --re-encrypt -f sealed.yaml': (ours, theirs) => {
    expect(ours).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const content = ours.files['sealed.yaml']?.content;
    expect(content).toMatch(/^# sealed for the shop\napiVersion: [\s\S]*\n# the end\n$/);
    expect(content).toContain('    password: <strict shop/db: 68756e74657232>\n');
    expect(theirs.files['sealed.yaml']?.content).not.toContain('# ');
  },
  'kubeseal --re-encrypt < sealed.json': (ours) => {
    expect(ours).toMatchObject({ code: 0, stderr: '', files: {} });
    expect(ours.stdout).toContain('"tier": "back"');
    expect(ours.stdout).toContain('"password": "<strict shop/db: 68756e74657232>"');
  },
  'kubeseal --re-encrypt < foreign.json': refuses(/^error: (unable to rotate|cannot re-encrypt) secret/),
  'kubeseal --re-encrypt < labelled.json': (ours) => {
    expect(ours).toMatchObject({ code: 0, stderr: '', files: {} });
    expect(ours.stdout).toContain('"team": "shop"');
    expect(ours.stdout).toContain('"password": "<strict shop/db: 68756e74657232>"');
  },
  'kubeseal --rotate < sealed-plain.json': (ours, theirs) => {
    expect(theirs.stdout).toBe(ours.stderr + ours.stdout);
    expect(JSON.parse(ours.stdout)).toMatchObject({ kind: 'SealedSecret' });
  },
  'kubeseal --validate < /dev/null': (ours, theirs) => {
    expect(theirs).toEqual({ code: 0, stdout: '', stderr: '', files: {} });
    refuses(/^error: no sealed secrets found/)(ours);
  },
  'kubeseal --validate < two-sealed.yaml': refuses(/^error: unable to decrypt sealed secret: elsewhere\n$/),
  'kubeseal --as nobody --fetch-cert': (ours, theirs, controller) => {
    expect(theirs.code).toBe(1);
    if (controller === 'Signet') expect(ours).toMatchObject({ code: 0, stdout: firstCertificate.pem });
    else refuses(/^error: cannot fetch certificate: you may not reach it/)(ours);
  },
};

let cluster: PeerCluster;
let pair: KubesealPair;

beforeAll(async () => {
  if (!peers.areHere) return;
  cluster = await startPeerCluster(peers.pathOf('sealed-secrets-controller'));
  await cluster.client.create(SECRETS, keySecret(PEER_NAMESPACE, 'sealed-secrets-key', FIRST_KEY));
  const { server, caPem, adminToken, kubeconfigPath } = cluster.controlPlane;
  pair = await startKubesealPair({
    kubeseal: peers.pathOf('kubeseal'),
    samples: {
      ...(await kubesealSamples()),
      'ca.pem': caPem,
      'receipt.yaml': await sampleWithReceipt(),
      ...(await kubeconfigs(kubeconfigPath)),
    },
    keyring: bothRing,
    env: { KUBECONFIG: kubeconfigPath, SERVER: server, TOKEN: adminToken },
  });
});

afterAll(async () => {
  await pair?.stop();
  await cluster?.stop();
});

async function sampleWithReceipt(): Promise<string> {
  return stringifyYaml(await sealSecret(secretOf({ a: 'x' }), { certificate: firstCertificate }));
}

/** The administrator's kubeconfig with the names that the page uses. */
async function kubeconfigs(file: string): Promise<Record<string, string>> {
  const [{ value }] = parseDocuments(await readFile(file, 'utf8')) as [ParsedDocument];
  const { clusters, users } = value as { clusters: [{ cluster: object }]; users: [{ user: object }] };
  const context = (namespace: string, cluster: string) => ({ cluster, user: 'admin', namespace });
  return {
    'kubeconfig.yaml': stringifyYaml({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      clusters: [
        { name: 'test', cluster: clusters[0].cluster },
        { name: 'nowhere', cluster: { server: 'https://127.0.0.1:1' } },
      ],
      users: [{ name: 'admin', user: users[0].user }],
      contexts: [
        { name: 'here', context: context('shop', 'test') },
        { name: 'other', context: context('other', 'nowhere') },
      ],
    }),
  };
}

// The controllers take turns: both would answer for the same SealedSecrets.
describe.each(['sealed-secrets', 'Signet'])('with the controller of %s', (controller) => {
  let stop: () => Promise<unknown>;

  beforeAll(async () => {
    if (!peers.areHere) return;
    if (controller === 'sealed-secrets') {
      const peer = await cluster.startPeer(['--rate-limit=1000', '--rate-limit-burst=1000']);
      stop = () => peer.stop();
      return;
    }
    await cluster.installSignet('theirs');
    const signet = await cluster.startSignet(['--key-renew-period', '0']);
    const port = Number(new URL(signet.url).port);
    await exposeLocalService(cluster.controlPlane, { namespace: PEER_NAMESPACE, service: PEER_CONTROLLER_NAME, port });
    await exposeController(cluster.controlPlane, PEER_NAMESPACE, signet);
    stop = () => signet.stop();
  });

  afterAll(() => stop?.());

  test.each(LINES.filter(({ answer }) => answer === 'same'))('$line: both answer the same', async ({ line }) => {
    const { theirs, ours } = await pair.run(line);
    expect(await pair.open(ours)).toEqual(await pair.open(theirs));
  });

  const better = LINES.filter(({ answer }) => answer === 'better').map(({ line }) => line);

  test.each(better)('%s: the answer is better', async (line) => {
    const { theirs, ours } = await pair.run(line);
    BETTER[line]?.(await pair.open(ours), await pair.open(theirs), controller);
  });

  test('--re-encrypt keeps a receipt of `signet seal` in step', async () => {
    const { files } = await pair.runOurs('kubeseal --re-encrypt -f receipt.yaml');
    const [document] = parseDocuments(files['receipt.yaml']?.content ?? '') as readonly [ParsedDocument];
    const sealed = document.value as SealedSecret;
    const receipt = readReceipt(sealed.metadata);
    expect(receipt && (await checkReceipt(sealed, receipt))).toEqual([]);
  });

  test('every better line has an expectation', () => {
    expect(Object.keys(BETTER).sort()).toEqual(better.toSorted());
  });
});
