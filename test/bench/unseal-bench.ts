/** @module Rows of the unsealer: a thousand new SealedSecrets until every Secret exists, and a restart when all are there. */
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { issueSealingKey } from '../../shared/certificate/issue-certificate.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { NAMESPACES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { importSealingKey, Keyring, type SealingKey } from '../../shared/sealing/keyring.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { unsealSecret } from '../../shared/sealing/unseal-secret.ts';
import { runLimited } from '../../shared/sync/run-limited.ts';
import { startPeerController } from '../peers/peer-controller.ts';
import { eventually } from '../support/eventually.ts';
import type { SignetCluster } from '../support/signet-cluster.ts';
import type { BenchContext } from './bench-context.ts';
import { readMemory } from './process-memory.ts';
import { type BenchRow, showMegabytes, showMs, showRatio } from './row.ts';
import { sampleSecrets } from './sample-objects.ts';
import { withCluster } from './with-cluster.ts';

const COUNT = 1_000;
const NAMESPACE = 'bench';
const IN_FLIGHT = 16;
const KEYS_NAMESPACE = 'signet-system';

interface UnsealFigures {
  readonly unsealMs: number;
  readonly restartMs: number;
  readonly memoryBytes: number;
  /** What the restart did beyond reading, in words. */
  readonly restartWork: string;
}

/** Measures ours, the peer without its client-side limit, and a bare loop of the same decryptions and creates. */
export async function benchUnseal(context: BenchContext): Promise<readonly BenchRow[]> {
  context.report('unseal: Signet');
  const ours = await withSampleNamespace((cluster, client) => measureOurs(context, cluster, client));
  const peerController = context.peerController;
  context.report('unseal: the sealed-secrets controller, without its client-side limit');
  const peer = peerController
    ? await withSampleNamespace((cluster, client) => measurePeer(peerController, cluster, client))
    : undefined;
  context.report('unseal: bare loop');
  const bareMs = await withSampleNamespace(measureBareLoop);
  const none = context.withoutGo;
  return [
    {
      what: `unseal ${COUNT} new SealedSecrets of two items, RSA-4096, until every Secret exists`,
      ours: showMs(ours.unsealMs),
      peer: `unlimited controller ${peer ? showMs(peer.unsealMs) : none}; bare loop ${showMs(bareMs)}`,
      ratio: `${peer ? `${showRatio(peer.unsealMs, ours.unsealMs)} faster; ` : ''}${showRatio(ours.unsealMs, bareMs)} the bare loop`,
      goal: 'faster than the unlimited controller; in the end 7 times, and within 1.5 times of the loop',
    },
    {
      what: `restart with ${COUNT} already unsealed, until ready`,
      ours: `${showMs(ours.restartMs)}; ${ours.restartWork}`,
      peer: peer ? `unlimited controller ${showMs(peer.restartMs)}; ${peer.restartWork}` : none,
      ratio: peer ? `${showRatio(peer.restartMs, ours.restartMs)} faster` : '–',
      goal: 'at most 2 s, no decryption, no write, no event',
    },
    {
      what: `memory of the controller with ${COUNT} SealedSecrets, after a restart`,
      ours: showMegabytes(ours.memoryBytes),
      peer: peer ? `controller ${showMegabytes(peer.memoryBytes)}` : none,
      ratio: '–',
      goal: 'in the end at most 120 MB with 1,000 synced objects beside them',
    },
  ];
}

/** The namespace of the samples must exist before they do. */
function withSampleNamespace<T>(measure: (cluster: SignetCluster, client: KubeClient) => Promise<T>): Promise<T> {
  return withCluster(async (cluster, client) => {
    await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    return measure(cluster, client);
  });
}

async function measureOurs(context: BenchContext, cluster: SignetCluster, client: KubeClient): Promise<UnsealFigures> {
  const controller = await cluster.startController({ program: context.signetController, nodeFlags: context.nodeFlags });
  await controller.ready();
  const sealed = await sealSamples(await firstKey(client, KEYS_NAMESPACE));
  const unsealMs = await timeUnsealing(client, sealed);
  await awaitAllSynced(client);
  await controller.stop();
  const before = await secretVersions(client);
  const startedAt = performance.now();
  const restarted = await cluster.startController({ program: context.signetController, nodeFlags: context.nodeFlags });
  await restarted.ready();
  const restartMs = performance.now() - startedAt;
  await delay(3_000);
  const rewritten = differing(before, await secretVersions(client));
  const metrics = await (await fetch(`${restarted.metricsUrl}/metrics`)).text();
  const decryptions = sumOf(metrics, 'signet_unseal_decryptions_total');
  const events = sumOf(metrics, 'signet_events_total');
  const memory = await readMemory(restarted.pid);
  const restartWork = `${decryptions} decryptions, ${rewritten} Secrets written, ${events} events`;
  return { unsealMs, restartMs, memoryBytes: memory.now, restartWork };
}

async function measurePeer(binary: string, cluster: SignetCluster, client: KubeClient): Promise<UnsealFigures> {
  const options = { access: cluster.controlPlane, binary, namespace: 'peer', flags: ['--kubeclient-qps=-1'] };
  const peer = await startPeerController(options);
  const sealed = await sealSamples(await firstKey(client, 'peer'));
  const unsealMs = await timeUnsealing(client, sealed);
  await awaitAllSynced(client);
  await peer.stop();
  const startedAt = performance.now();
  const restarted = await startPeerController(options);
  await eventually(
    async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${restarted.metricsPort}/metrics`)).text();
      const done = Number(/^sealed_secrets_controller_unseal_requests_total (\d+)/m.exec(metrics)?.[1] ?? 0);
      if (done < COUNT) throw new Error(`only ${done} were looked at`);
    },
    { timeoutMs: 300_000 },
  );
  const restartMs = performance.now() - startedAt;
  const memory = await readMemory(restarted.pid);
  await restarted.stop();
  return { unsealMs, restartMs, memoryBytes: memory.now, restartWork: 'every one decrypted, an event for each' };
}

/** Sum of a metric over all its labels. */
function sumOf(metrics: string, name: string): number {
  const lines = metrics.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** What no controller can beat: decrypt in as many lanes as there are cores, and create. */
async function measureBareLoop(_cluster: SignetCluster, client: KubeClient): Promise<number> {
  const now = new Date();
  const issued = await issueSealingKey({ bits: 4_096, validForMs: 86_400_000, now });
  const key = await importSealingKey({ ...issued, createdAt: now, lanes: availableParallelism() });
  const sealed = await sealSamples(key);
  const keyring = new Keyring([key]);
  const startedAt = performance.now();
  await runLimited(sealed, { limit: IN_FLIGHT }, async (object) => {
    await client.create(SECRETS, (await unsealSecret(object, keyring)) as KubeObject);
  });
  return performance.now() - startedAt;
}

/** The one sealing key in `namespace`, as soon as its controller has made it. */
function firstKey(client: KubeClient, namespace: string): Promise<SealingKey> {
  return eventually(
    async () => {
      const labelSelector = 'sealedsecrets.bitnami.com/sealed-secrets-key=active';
      const [secret] = (await client.list(SECRETS, { namespace, labelSelector })).items as Secret[];
      if (!secret) throw new Error(`no key in ${namespace} yet`);
      const pem = (name: string) => Buffer.from(secret.data?.[name] ?? '', 'base64').toString('utf8');
      const createdAt = new Date(secret.metadata.creationTimestamp ?? 0);
      return importSealingKey({ privateKeyPem: pem('tls.key'), certificatePem: pem('tls.crt'), createdAt, lanes: 2 });
    },
    { timeoutMs: 60_000 },
  );
}

async function sealSamples(key: SealingKey): Promise<readonly SealedSecret[]> {
  const secrets = sampleSecrets(COUNT, NAMESPACE);
  return Promise.all(secrets.map((secret) => sealSecret(secret, { certificate: key.certificate })));
}

/** Creates the SealedSecrets as fast as the server takes them, and waits until each has its Secret. */
async function timeUnsealing(client: KubeClient, sealed: readonly SealedSecret[]): Promise<number> {
  const startedAt = performance.now();
  const seen = new Set<string>();
  const all = Promise.withResolvers<void>();
  const watch = client.watch(
    SECRETS,
    { namespace: NAMESPACE, metadataOnly: true },
    {
      onEvent: ({ kind, object }) => {
        if (kind === 'added') seen.add(object.metadata.name ?? '');
        if (seen.size >= sealed.length) all.resolve();
      },
      onSynced: () => undefined,
      onProblem: () => undefined,
    },
  );
  await watch.synced;
  await runLimited(sealed, { limit: IN_FLIGHT }, async (object) => {
    await client.create(SEALED_SECRETS, object);
  });
  await all.promise;
  watch.stop();
  return performance.now() - startedAt;
}

function awaitAllSynced(client: KubeClient): Promise<void> {
  return eventually(
    async () => {
      const { items } = await client.list(SEALED_SECRETS, { namespace: NAMESPACE });
      const waiting = (items as SealedSecret[]).filter((item) => item.status?.conditions?.[0]?.status !== 'True');
      if (waiting.length > 0) throw new Error(`${waiting.length} are not Synced`);
    },
    { timeoutMs: 300_000, everyMs: 500 },
  );
}

async function secretVersions(client: KubeClient): Promise<Map<string, string>> {
  const { items } = await client.list(SECRETS, { namespace: NAMESPACE, metadataOnly: true });
  return new Map(items.map((item) => [item.metadata.name ?? '', item.metadata.resourceVersion ?? '']));
}

function differing(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): number {
  return [...after].filter(([name, version]) => before.get(name) !== version).length;
}
