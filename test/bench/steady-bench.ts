/** @module Rows of a controller at work on both halves at once: memory, quiet, and other people's status writes on what it keeps. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeClient } from '../../shared/kube/client.ts';
import { NAMESPACES } from '../../shared/kube/resource-type.ts';
import { runLimited } from '../../shared/sync/run-limited.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { DEPLOYMENTS } from '../support/resource-types.ts';
import type { SignetCluster } from '../support/signet-cluster.ts';
import type { BenchContext } from './bench-context.ts';
import { readCpuSeconds } from './process-cpu.ts';
import { readMemory } from './process-memory.ts';
import { type BenchRow, showMegabytes, showMs } from './row.ts';
import { createGitSync, followGitSyncs, isReady, writeMixedTree } from './sync-samples.ts';
import {
  awaitAllSynced,
  firstKey,
  NAMESPACE as SAMPLE_NAMESPACE,
  sealSamples,
  sumOf,
  timeUnsealing,
} from './unseal-samples.ts';
import { withCluster } from './with-cluster.ts';

const COUNT = 1_000;
/** Of the synced objects; the SealedSecrets have the samples' own. */
const NAMESPACE = 'synced';
const CHURN_SECONDS = 60;
const CHURN_PER_SECOND = 200;
const SETTLE_MS = 5_000;

/** What the controller did meanwhile. */
interface Work {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly requests: number;
  readonly repairs: number;
}

interface SteadyFigures {
  readonly memoryAtWork: number;
  readonly memoryAfterRestart: number;
  readonly quiet: Work;
  readonly churn: Work & { readonly writes: number };
}

/** One controller with a thousand synced objects and a thousand SealedSecrets. */
export async function benchSteady(context: BenchContext): Promise<readonly BenchRow[]> {
  context.report(`steady: ${COUNT} synced objects and ${COUNT} SealedSecrets, ${context.quietSeconds} s of quiet`);
  const { memoryAtWork, memoryAfterRestart, quiet, churn } = await withCluster((cluster, client) =>
    measure(context, cluster, client),
  );
  return [
    {
      what: `memory of one controller with ${COUNT} synced objects and ${COUNT} SealedSecrets`,
      ours: `${showMegabytes(memoryAtWork)} once all was done, ${showMegabytes(memoryAfterRestart)} after a restart and a quiet time`,
      peer: '–',
      ratio: '–',
      goal: 'at most 120 MB',
    },
    {
      what: `${Math.round(quiet.seconds)} s of quiet, the same controller`,
      ours: showWork(quiet),
      peer: '–',
      ratio: '–',
      goal: 'next to nothing',
    },
    {
      what: `${Math.round(churn.writes / churn.seconds)} status writes a second on ${COUNT / 4} owned Deployments for ${Math.round(churn.seconds)} s`,
      ours: `${showWork(churn)}, ${churn.repairs} repairs`,
      peer: '–',
      ratio: '–',
      goal: 'no repair, no request for each',
    },
  ];
}

async function measure(context: BenchContext, cluster: SignetCluster, client: KubeClient): Promise<SteadyFigures> {
  const start = async (): Promise<ControllerProcess> => {
    const controller = await cluster.startController(context.controller);
    await controller.ready();
    return controller;
  };
  const controller = await start();
  await syncObjects(context, cluster, client);
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SAMPLE_NAMESPACE } });
  await timeUnsealing(client, await sealSamples(await firstKey(client, 'signet-system'), COUNT));
  await awaitAllSynced(client);
  const memoryAtWork = (await readMemory(controller.pid)).now;
  await controller.stop();
  const restarted = await start();
  await delay(SETTLE_MS);
  const quiet = await measureWork(restarted, () => delay(context.quietSeconds * 1_000));
  const memoryAfterRestart = (await readMemory(restarted.pid)).now;
  let writes = 0;
  const churn = await measureWork(restarted, async () => {
    writes = await writeStatuses(client);
    await delay(SETTLE_MS);
  });
  return {
    memoryAtWork,
    memoryAfterRestart,
    quiet,
    churn: { ...churn, seconds: churn.seconds - SETTLE_MS / 1_000, writes },
  };
}

async function syncObjects(context: BenchContext, cluster: SignetCluster, client: KubeClient): Promise<void> {
  const folder = path.join(context.folder, 'steady-tree');
  await writeMixedTree(folder, COUNT, NAMESPACE);
  const repository = await cluster.git.createRepository('steady');
  execFileSync('git', ['-C', folder, 'push', '--quiet', repository.folder, 'main']);
  const view = await followGitSyncs(client);
  await createGitSync(client, 'steady', { url: repository.url });
  await view.until((known) => isReady(known.get('steady')));
  view.stop();
}

/** As many writes as the server takes, up to the rate; the number of them. */
async function writeStatuses(client: KubeClient): Promise<number> {
  const { items } = await client.list(DEPLOYMENTS, { namespace: NAMESPACE, metadataOnly: true });
  const startedAt = performance.now();
  let writes = 0;
  for (let second = 1; second <= CHURN_SECONDS; second += 1) {
    const batch = Array.from({ length: CHURN_PER_SECOND }, (_, index) => writes + index);
    await runLimited(batch, { limit: 16 }, async (index) => {
      const name = items[index % items.length]?.metadata.name ?? '';
      const patch = { status: { observedGeneration: index + 1 } };
      await client.mergePatch(DEPLOYMENTS, { namespace: NAMESPACE, name }, patch, { subresource: 'status' });
    });
    writes += batch.length;
    const leftMs = startedAt + second * 1_000 - performance.now();
    if (leftMs > 0) await delay(leftMs);
    if (performance.now() - startedAt >= CHURN_SECONDS * 1_000) break;
  }
  return writes;
}

async function measureWork(controller: ControllerProcess, work: () => Promise<unknown>): Promise<Work> {
  const before = await readWork(controller);
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = await readWork(controller);
  return {
    seconds,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    requests: after.requests - before.requests,
    repairs: after.repairs - before.repairs,
  };
}

async function readWork({ pid, metricsUrl }: ControllerProcess): Promise<Omit<Work, 'seconds'>> {
  const metrics = await (await fetch(`${metricsUrl}/metrics`)).text();
  return {
    cpuSeconds: await readCpuSeconds(pid),
    requests: sumOf(metrics, 'signet_kube_requests_total'),
    repairs: sumOf(metrics, 'signet_sync_drift_repaired_total'),
  };
}

function showWork({ cpuSeconds, requests }: Work): string {
  return `${showMs(cpuSeconds * 1_000)} of processor time, ${requests} requests`;
}
