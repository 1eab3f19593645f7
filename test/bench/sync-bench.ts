/** @module Rows of the sync engine: a first sync of a thousand mixed objects, one with nothing to do, drift, memory. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, GIT_SYNCS, NAMESPACES } from '../../shared/kube/resource-type.ts';
import type { GitSyncStatus } from '../../shared/resources/git-sync.ts';
import { OWNER_ANNOTATION, RECONCILE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import { runLimited } from '../../shared/sync/run-limited.ts';
import { eventually } from '../support/eventually.ts';
import type { SignetCluster } from '../support/signet-cluster.ts';
import type { BenchContext } from './bench-context.ts';
import { measureAgent } from './gitops-agent.ts';
import { readMemory } from './process-memory.ts';
import { countRequests } from './request-count.ts';
import { type BenchRow, median, percentile, showMegabytes, showMs, showRatio } from './row.ts';
import { sampleMixedObjects } from './sample-objects.ts';
import { withCluster } from './with-cluster.ts';

const COUNT = 1_000;
const NAMESPACE = 'bench';
const GIT_SYNC = { namespace: 'default', name: 'bench' };
const DRIFTS = 60;
const NO_OPS = 5;
const IN_FLIGHT = 16;

/** A time and what it cost the server. */
export interface SyncCost {
  readonly ms: number;
  readonly requests: number;
}

interface SyncFigures {
  readonly first: SyncCost;
  readonly noOp: SyncCost;
  readonly driftMs: readonly number[];
  readonly memoryBytes: number;
}

/** Measures ours, gitops-engine's agent where it can be built, and a bare loop of server-side applies. */
export async function benchSync(context: BenchContext): Promise<readonly BenchRow[]> {
  const folder = await writeTree(context.folder);
  context.report('sync: Signet');
  const ours = await withCluster((cluster, client) => measureOurs(context, { cluster, client, folder }));
  const { gitopsAgent } = context;
  context.report("sync: gitops-engine's agent");
  const agent = gitopsAgent
    ? await withCluster((cluster, client) =>
        measureAgent({ binary: gitopsAgent, cluster, client, folder, count: COUNT }),
      )
    : undefined;
  context.report('sync: bare loop');
  const bareMs = await withCluster((_, client) => timeBareApplies(client));
  const cost = ({ ms, requests }: SyncCost) => `${showMs(ms)}, ${requests} requests`;
  const none = context.withoutGo;
  return [
    {
      what: `first sync of ${COUNT} mixed objects, until Ready`,
      ours: cost(ours.first),
      peer: `gitops-engine agent ${agent ? cost(agent.first) : none}; bare apply loop ${showMs(bareMs)}`,
      ratio: `${showRatio(ours.first.ms, bareMs)} the bare loop${agent ? `; ${showRatio(agent.first.ms, ours.first.ms)} faster than the agent` : ''}`,
      goal: 'in the end 1.5 times the bare loop and at most 1,100 requests',
    },
    {
      what: `sync of ${COUNT} objects with nothing changed`,
      ours: cost(ours.noOp),
      peer: `gitops-engine agent ${agent ? cost(agent.noOp) : none}`,
      ratio: agent ? `${showRatio(agent.noOp.ms, ours.noOp.ms)} faster` : '–',
      goal: 'at most 0.3 s; in the end 0.1 s and 5 requests',
    },
    {
      what: `drift, edit to repair, ${DRIFTS} edits`,
      ours: `p50 ${showMs(median(ours.driftMs))}, p95 ${showMs(percentile(ours.driftMs, 0.95))}`,
      peer: 'gitops-engine agent: its timer, 300 s by default',
      ratio: '–',
      goal: 'p50 at most 50 ms; in the end p50 20 ms, p95 50 ms',
    },
    {
      what: `memory of the controller with ${COUNT} synced objects`,
      ours: showMegabytes(ours.memoryBytes),
      peer: agent ? `gitops-engine agent ${showMegabytes(agent.memoryBytes)}` : none,
      ratio: '–',
      goal: 'in the end at most 120 MB with 1,000 SealedSecrets beside them',
    },
  ];
}

/** A working copy with the objects in ten files. */
async function writeTree(parent: string): Promise<string> {
  const folder = path.join(parent, 'tree');
  await mkdir(folder);
  const objects = sampleMixedObjects(COUNT, NAMESPACE);
  const share = Math.ceil(objects.length / 10);
  for (let file = 0; file < 10; file += 1) {
    const documents = objects.slice(file * share, (file + 1) * share).map((object) => stringifyYaml(object));
    await writeFile(path.join(folder, `objects-${file}.yaml`), documents.join('---\n'));
  }
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=bench', '-c', 'user.email=bench@example.com', ...words]);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '-m', 'objects');
  return folder;
}

interface Place {
  readonly cluster: SignetCluster;
  readonly client: KubeClient;
  readonly folder: string;
}

async function measureOurs(context: BenchContext, { cluster, client, folder }: Place): Promise<SyncFigures> {
  const repository = await cluster.git.createRepository('bench');
  execFileSync('git', ['-C', folder, 'push', '--quiet', repository.folder, 'main']);
  const controller = await cluster.startController({ program: context.signetController, nodeFlags: context.nodeFlags });
  await controller.ready();
  const first = await measureCost(client, async () => {
    await client.create(GIT_SYNCS, {
      apiVersion: 'signet.dev/v1alpha1',
      kind: 'GitSync',
      metadata: GIT_SYNC,
      spec: { source: { url: repository.url }, interval: '1h', prune: true },
    });
    await eventually(async () => assertReady(await readStatus(client)), { timeoutMs: 120_000, everyMs: 100 });
  });
  const noOps: SyncCost[] = [];
  for (let round = 0; round < NO_OPS; round += 1) {
    noOps.push(await measureCost(client, () => reconcileNow(client, `round ${round}`)));
  }
  const noOp = { ms: median(noOps.map((one) => one.ms)), requests: median(noOps.map((one) => one.requests)) };
  const driftMs = await measureDrift(client);
  const memory = await readMemory(controller.pid);
  return { first, noOp, driftMs, memoryBytes: memory.now };
}

async function measureCost(client: KubeClient, work: () => Promise<void>): Promise<SyncCost> {
  const before = await countRequests(client);
  const own = client.requestCount();
  const startedAt = performance.now();
  await work();
  const ms = performance.now() - startedAt;
  const ours = client.requestCount() - own;
  return { ms, requests: (await countRequests(client)) - before - ours };
}

async function readStatus(client: KubeClient): Promise<GitSyncStatus> {
  return ((await client.get(GIT_SYNCS, GIT_SYNC))?.['status'] ?? {}) as GitSyncStatus;
}

function assertReady(status: GitSyncStatus): void {
  const ready = status.conditions?.find((condition) => condition.type === 'Ready');
  if (ready?.status !== 'True') throw new Error(`not ready: ${ready?.message}`);
}

async function reconcileNow(client: KubeClient, token: string): Promise<void> {
  await client.mergePatch(GIT_SYNCS, GIT_SYNC, {
    metadata: { annotations: { [RECONCILE_REQUESTED_ANNOTATION]: token } },
  });
  await eventually(
    async () => {
      const handled = (await readStatus(client)).lastHandledReconcileAt;
      if (handled !== token) throw new Error(`handled ${handled}, not ${token}`);
    },
    { everyMs: 5 },
  );
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

/** Server-side apply of the same objects with no engine around it. */
async function timeBareApplies(client: KubeClient): Promise<number> {
  const objects = sampleMixedObjects(COUNT, NAMESPACE);
  const [namespace, ...rest] = objects;
  const startedAt = performance.now();
  if (namespace) await client.apply(NAMESPACES, namespace, { fieldManager: 'bench' });
  await runLimited(rest, { limit: IN_FLIGHT }, async (object) => {
    const type = await client.findType(object.apiVersion, object.kind);
    if (!type) throw new Error(`${object.kind} is not served`);
    const metadata = { ...object.metadata, annotations: { [OWNER_ANNOTATION]: 'default/bench' } };
    await client.apply(type, { ...object, metadata }, { fieldManager: 'bench' });
  });
  return performance.now() - startedAt;
}
