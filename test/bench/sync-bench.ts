/** @module Rows of the sync engine: a first sync of a thousand mixed objects, one with nothing to do, drift, memory. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import type { SignetCluster } from '../support/signet-cluster.ts';
import { type BareLoopFigures, runBareLoop } from './bare-loop.ts';
import type { BenchContext } from './bench-context.ts';
import { measureAgent } from './gitops-agent.ts';
import { readMemory } from './process-memory.ts';
import { type BenchRow, median, percentile, showMegabytes, showMs, showRatio } from './row.ts';
import {
  createGitSync,
  followGitSyncs,
  type GitSyncView,
  isReady,
  measureCost,
  requestReconcile,
  type SyncCost,
  writeMixedTree,
} from './sync-samples.ts';
import { withCluster } from './with-cluster.ts';

const COUNT = 1_000;
const NAMESPACE = 'bench';
const NAME = 'bench';
const FIRST_SYNCS = 3;
const NO_OPS = 5;
const DRIFTS = 60;

interface KeptFigures {
  readonly noOp: readonly SyncCost[];
  readonly driftMs: readonly number[];
  readonly memoryBytes: number;
}

interface SyncFigures {
  readonly first: readonly SyncCost[];
  readonly loop: readonly BareLoopFigures[];
  readonly kept: KeptFigures;
}

interface Place {
  readonly cluster: SignetCluster;
  readonly client: KubeClient;
  readonly controller: ControllerProcess;
  readonly view: GitSyncView;
}

/** Measures ours and a bare loop in turn, and gitops-engine's agent where it can be built. */
export async function benchSync(context: BenchContext): Promise<readonly BenchRow[]> {
  const folder = path.join(context.folder, 'tree');
  await writeMixedTree(folder, COUNT, NAMESPACE);
  const { first, loop, kept } = await measureInTurn(context, folder);
  const { gitopsAgent: binary, withoutGo } = context;
  context.report("sync: gitops-engine's agent");
  const agent = binary
    ? await withCluster((cluster, client) => measureAgent({ binary, cluster, client, folder, count: COUNT }))
    : undefined;
  const cost = (figures: Pick<SyncCost, 'ms' | 'requests'>) => `${showMs(figures.ms)}, ${figures.requests} requests`;
  const ours = { first: medianCost(first), noOp: medianCost(kept.noOp) };
  const wholeMs = median(loop.map((one) => one.wholeMs));
  const applyMs = median(loop.map((one) => one.applyMs));
  const cpu = (seconds: number) => `${showMs(seconds * 1_000)} of`;
  return [
    {
      what: `first sync of ${COUNT} mixed objects, until Ready`,
      ours: `${cost(ours.first)}; ${cpu(ours.first.cpuSeconds)} processor time, and ${cpu(ours.first.serverCpuSeconds)} the API server's`,
      peer: `gitops-engine agent ${agent ? cost(agent.first) : withoutGo}; bare loop ${showMs(wholeMs)}, of which its applies alone ${showMs(applyMs)}; ${cpu(median(loop.map((one) => one.serverCpuSeconds)))} the API server's`,
      ratio: `${showRatio(ours.first.ms, wholeMs)} the bare loop, ${showRatio(ours.first.ms, applyMs)} its applies alone${agent ? `; ${showRatio(agent.first.ms, ours.first.ms)} faster than the agent` : ''}`,
      goal: '1.5 times the bare loop and at most 1,100 requests',
    },
    {
      what: `sync of ${COUNT} objects with nothing changed`,
      ours: cost(ours.noOp),
      peer: `gitops-engine agent ${agent ? cost(agent.noOp) : withoutGo}`,
      ratio: agent ? `${showRatio(agent.noOp.ms, ours.noOp.ms)} faster` : '–',
      goal: '0.1 s and at most 5 requests',
    },
    {
      what: `drift, edit to repair, ${DRIFTS} edits`,
      ours: `p50 ${showMs(median(kept.driftMs))}, p95 ${showMs(percentile(kept.driftMs, 0.95))}`,
      peer: 'gitops-engine agent: its timer, 300 s by default',
      ratio: '–',
      goal: 'p50 20 ms, p95 50 ms',
    },
    {
      what: `memory of the controller with ${COUNT} synced objects`,
      ours: showMegabytes(kept.memoryBytes),
      peer: agent ? `gitops-engine agent ${showMegabytes(agent.memoryBytes)}` : withoutGo,
      ratio: '–',
      goal: 'at most 120 MB with 1,000 SealedSecrets beside them',
    },
  ];
}

/** First syncs and bare loops by turns, each on a cluster of its own; the last controller is measured on. */
async function measureInTurn(context: BenchContext, folder: string): Promise<SyncFigures> {
  const first: SyncCost[] = [];
  const loop: BareLoopFigures[] = [];
  let kept: KeptFigures = { noOp: [], driftMs: [], memoryBytes: Number.NaN };
  for (let round = 1; round <= FIRST_SYNCS; round += 1) {
    context.report(`sync: Signet, ${round} of ${FIRST_SYNCS}`);
    await withController(context, async (place) => {
      first.push(await measureFirst(place, await pushTree(place.cluster, folder)));
      if (round === FIRST_SYNCS) kept = await measureKept(place);
    });
    context.report(`sync: bare loop, ${round} of ${FIRST_SYNCS}`);
    const figures = await withCluster(async (cluster, client) => {
      const kubeconfig = await cluster.controlPlane.serviceAccountKubeconfig('signet-system', 'signet-controller');
      return runBareLoop({ client, kubeconfig, url: await pushTree(cluster, folder), folder: context.folder });
    });
    loop.push(figures);
  }
  return { first, loop, kept };
}

function withController(context: BenchContext, measure: (place: Place) => Promise<void>): Promise<void> {
  return withCluster(async (cluster, client) => {
    const controller = await cluster.startController(context.controller);
    await controller.ready();
    const view = await followGitSyncs(client);
    await measure({ cluster, client, controller, view });
    view.stop();
  });
}

/** The address of a repository with the tree. */
async function pushTree(cluster: SignetCluster, folder: string): Promise<string> {
  const repository = await cluster.git.createRepository('bench');
  execFileSync('git', ['-C', folder, 'push', '--quiet', repository.folder, 'main']);
  return repository.url;
}

function measureFirst({ client, controller, view }: Place, url: string): Promise<SyncCost> {
  return measureCost(client, controller, async () => {
    await createGitSync(client, NAME, { url });
    await view.until((known) => isReady(known.get(NAME)));
  });
}

async function measureKept(place: Place): Promise<KeptFigures> {
  const { client, controller, view } = place;
  const noOp: SyncCost[] = [];
  for (let round = 0; round < NO_OPS; round += 1) {
    const token = `round ${round}`;
    const cost = await measureCost(client, controller, async () => {
      await requestReconcile(client, NAME, token);
      await view.until((known) => known.get(NAME)?.status?.lastHandledReconcileAt === token);
    });
    noOp.push(cost);
  }
  const driftMs = await measureDrift(client);
  return { noOp, driftMs, memoryBytes: (await readMemory(controller.pid)).now };
}

/** The middle of each figure by itself. */
function medianCost(costs: readonly SyncCost[]): SyncCost {
  const middle = (name: keyof SyncCost) => median(costs.map((cost) => cost[name]));
  return {
    ms: middle('ms'),
    requests: middle('requests'),
    cpuSeconds: middle('cpuSeconds'),
    serverCpuSeconds: middle('serverCpuSeconds'),
  };
}

/** Milliseconds from our edit, as the server acknowledged it, to the event of its repair. */
async function measureDrift(client: KubeClient): Promise<readonly number[]> {
  const times: number[] = [];
  for (let index = 0; index < DRIFTS; index += 1) {
    const name = `bench-${index * 2}`;
    const repaired = Promise.withResolvers<number>();
    let isEdited = false;
    const watch = client.watch(
      CONFIG_MAPS,
      { namespace: NAMESPACE, fieldSelector: `metadata.name=${name}` },
      {
        onEvent: ({ object }) => {
          const value = (object['data'] as Record<string, string>)['key'];
          if (value === 'drifted') isEdited = true;
          else if (isEdited) repaired.resolve(performance.now());
        },
        onSynced: () => undefined,
        onProblem: () => undefined,
      },
    );
    await watch.synced;
    const editedAt = performance.now();
    await client.mergePatch(CONFIG_MAPS, { namespace: NAMESPACE, name }, { data: { key: 'drifted' } });
    times.push((await repaired.promise) - editedAt);
    watch.stop();
  }
  return times;
}
