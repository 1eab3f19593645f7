/**
 * @module Rows of the unsealer: a thousand new SealedSecrets until every Secret exists, a restart when all are there, and the
 * same with ten thousand.
 */
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { issueSealingKey } from '../../shared/certificate/issue-certificate.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { NAMESPACES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { importSealingKey, Keyring } from '../../shared/sealing/keyring.ts';
import { unsealSecret } from '../../shared/sealing/unseal-secret.ts';
import { runLimited } from '../../shared/sync/run-limited.ts';
import { startPeerController } from '../peers/peer-controller.ts';
import { eventually } from '../support/eventually.ts';
import type { SignetCluster } from '../support/signet-cluster.ts';
import type { BenchContext } from './bench-context.ts';
import { readMemory } from './process-memory.ts';
import { type BenchRow, showMegabytes, showMs, showRatio } from './row.ts';
import {
  awaitAllSynced,
  differing,
  firstKey,
  IN_FLIGHT,
  NAMESPACE,
  sealSamples,
  secretVersions,
  sumOf,
  timeColdUnsealing,
  timeUnsealing,
} from './unseal-samples.ts';
import { withCluster } from './with-cluster.ts';

const COUNT = 1_000;
const MANY = 10_000;
const KEYS_NAMESPACE = 'signet-system';

interface UnsealFigures {
  readonly unsealMs: number;
  /** The same when the SealedSecrets are there before the controller is. */
  readonly coldMs: number;
  readonly restartMs: number;
  readonly memoryBytes: number;
  /** What the restart did beyond reading, in words. */
  readonly restartWork: string;
}

/** Measures ours, the peer without its client-side limit, and a bare loop of the same decryptions and creates. */
export async function benchUnseal(context: BenchContext): Promise<readonly BenchRow[]> {
  context.report('unseal: Signet');
  const ours = await withSampleNamespace((cluster, client) => measureOurs(context, { cluster, client, count: COUNT }));
  const peerController = context.peerController;
  context.report('unseal: the sealed-secrets controller, without its client-side limit');
  const peer = peerController
    ? await withSampleNamespace((cluster, client) => measurePeer(peerController, cluster, client))
    : undefined;
  context.report('unseal: bare loop');
  const bareMs = await withSampleNamespace((_cluster, client) => measureBareLoop(client, { createsSealed: false }));
  const wholeMs = await withSampleNamespace((_cluster, client) => measureBareLoop(client, { createsSealed: true }));
  context.report(`unseal: Signet with ${MANY}`);
  const many = await withSampleNamespace((cluster, client) => measureOurs(context, { cluster, client, count: MANY }));
  const none = context.withoutGo;
  return [
    {
      what: `unseal ${COUNT} new SealedSecrets of two items, RSA-4096, until every Secret exists`,
      ours: showMs(ours.unsealMs),
      peer: `unlimited controller ${peer ? showMs(peer.unsealMs) : none}; bare loop ${showMs(bareMs)}, with the creation of the SealedSecrets ${showMs(wholeMs)}`,
      ratio: `${peer ? `${showRatio(peer.unsealMs, ours.unsealMs)} faster; ` : ''}${showRatio(ours.unsealMs, bareMs)} the bare loop, ${showRatio(ours.unsealMs, wholeMs)} with the creation`,
      goal: '7 times faster than the unlimited controller, and within 1.5 times of the loop',
    },
    {
      what: 'the same SealedSecrets, there before the controller is: from its start until every Secret exists',
      ours: showMs(ours.coldMs),
      peer: `unlimited controller ${peer ? showMs(peer.coldMs) : none}; bare loop ${showMs(bareMs)}`,
      ratio: `${peer ? `${showRatio(peer.coldMs, ours.coldMs)} faster; ` : ''}${showRatio(ours.coldMs, bareMs)} the bare loop`,
      goal: 'within 1.5 times of the loop',
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
      goal: 'at most 120 MB with 1,000 synced objects beside them',
    },
    {
      what: `the same with ${MANY} SealedSecrets`,
      ours: `unsealed in ${showMs(many.unsealMs)}, in ${showMs(many.coldMs)} from the start of a controller that finds them; ready ${showMs(many.restartMs)} after a restart (${many.restartWork}); ${showMegabytes(many.memoryBytes)}`,
      peer: 'not measured',
      ratio: `${showRatio(many.unsealMs, ours.unsealMs)} the time of ${COUNT}`,
      goal: 'grows no faster than the number of objects',
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

interface Samples {
  readonly cluster: SignetCluster;
  readonly client: KubeClient;
  readonly count: number;
}

async function measureOurs(context: BenchContext, { cluster, client, count }: Samples): Promise<UnsealFigures> {
  const controller = await cluster.startController(context.controller);
  await controller.ready();
  const sealed = await sealSamples(await firstKey(client, KEYS_NAMESPACE), count);
  const unsealMs = await timeUnsealing(client, sealed);
  await awaitAllSynced(client);
  await controller.stop();
  const before = await secretVersions(client);
  const startedAt = performance.now();
  const restarted = await cluster.startController(context.controller);
  await restarted.ready();
  const restartMs = performance.now() - startedAt;
  await delay(3_000);
  const rewritten = differing(before, await secretVersions(client));
  const metrics = await (await fetch(`${restarted.metricsUrl}/metrics`)).text();
  const decryptions = sumOf(metrics, 'signet_unseal_decryptions_total');
  const events = sumOf(metrics, 'signet_events_total');
  const memory = await readMemory(restarted.pid);
  const restartWork = `${decryptions} decryptions, ${rewritten} Secrets written, ${events} events`;
  await restarted.stop();
  const coldMs = await timeColdUnsealing(client, sealed, () => cluster.startController(context.controller));
  return { unsealMs, coldMs, restartMs, memoryBytes: memory.now, restartWork };
}

async function measurePeer(binary: string, cluster: SignetCluster, client: KubeClient): Promise<UnsealFigures> {
  const options = { access: cluster.controlPlane, binary, namespace: 'peer', flags: ['--kubeclient-qps=-1'] };
  const peer = await startPeerController(options);
  const sealed = await sealSamples(await firstKey(client, 'peer'), COUNT);
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
  const coldMs = await timeColdUnsealing(client, sealed, () => startPeerController(options));
  return {
    unsealMs,
    coldMs,
    restartMs,
    memoryBytes: memory.now,
    restartWork: 'every one decrypted, an event for each',
  };
}

/**
 * What no controller can beat: decrypt in as many lanes as there are cores, and create. The controllers' clocks run from the
 * creation of the SealedSecrets, which the API server has to take as well.
 */
async function measureBareLoop(client: KubeClient, options: { readonly createsSealed: boolean }): Promise<number> {
  const now = new Date();
  const issued = await issueSealingKey({ bits: 4_096, validForMs: 86_400_000, now });
  const key = await importSealingKey({ ...issued, createdAt: now, lanes: availableParallelism() });
  const sealed = await sealSamples(key, COUNT);
  const keyring = new Keyring([key]);
  const startedAt = performance.now();
  await runLimited(sealed, { limit: IN_FLIGHT }, async (object) => {
    if (options.createsSealed) await client.create(SEALED_SECRETS, object);
    await client.create(SECRETS, (await unsealSecret(object, keyring)) as KubeObject);
  });
  return performance.now() - startedAt;
}
