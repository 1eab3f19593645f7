/** @module What the rows of the sync engine share: trees of objects, GitSyncs, the wait for their statuses, and what a piece of work cost. */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { GIT_SYNCS } from '../../shared/kube/resource-type.ts';
import type { GitSync, GitSyncSpec } from '../../shared/resources/git-sync.ts';
import { RECONCILE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { readCpuSeconds, readServerCpuSeconds } from './process-cpu.ts';
import { countRequests } from './request-count.ts';
import { showMs } from './row.ts';
import { sampleMixedObjects } from './sample-objects.ts';

/** Where GitSyncs of benchmarks live. */
export const GIT_SYNC_NAMESPACE = 'default';

/** What a piece of work took, and what it cost: requests of ours, seconds of the controller's and of the API server's processor time. */
export interface SyncCost {
  readonly ms: number;
  readonly requests: number;
  readonly cpuSeconds: number;
  readonly serverCpuSeconds: number;
}

/** A working copy at `folder` with `count` mixed objects and their namespace in ten files. */
export async function writeMixedTree(folder: string, count: number, namespace: string): Promise<void> {
  await mkdir(folder);
  const objects = sampleMixedObjects(count, namespace);
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
}

/** Creates a GitSync that prunes and looks at its source once an hour. */
export async function createGitSync(client: KubeClient, name: string, source: GitSyncSpec['source']): Promise<void> {
  await client.create(GIT_SYNCS, {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { name, namespace: GIT_SYNC_NAMESPACE },
    spec: { source, interval: '1h', prune: true },
  });
}

/** Asks for a reconcile by annotation; `token` comes back in the status. */
export async function requestReconcile(client: KubeClient, name: string, token: string): Promise<void> {
  const annotations = { [RECONCILE_REQUESTED_ANNOTATION]: token };
  await client.mergePatch(GIT_SYNCS, { namespace: GIT_SYNC_NAMESPACE, name }, { metadata: { annotations } });
}

/** The GitSyncs of a cluster as a watch tells of them, so that a wait for their statuses costs the server nothing. */
export interface GitSyncView {
  /** Resolves as soon as `isTrue` of all GitSyncs by name; throws after ten minutes. */
  until(isTrue: (gitSyncs: ReadonlyMap<string, GitSync>) => boolean): Promise<void>;
  stop(): void;
}

const MAX_WAIT_MS = 600_000;

/** Starts to follow the GitSyncs. */
export async function followGitSyncs(client: KubeClient): Promise<GitSyncView> {
  const known = new Map<string, GitSync>();
  const waiting = new Set<() => void>();
  const watch = client.watch(
    GIT_SYNCS,
    { namespace: GIT_SYNC_NAMESPACE },
    {
      onEvent: ({ object }) => {
        known.set(object.metadata.name ?? '', object as GitSync);
        for (const look of waiting) look();
      },
      onSynced: () => undefined,
      onProblem: () => undefined,
    },
  );
  await watch.synced;
  return {
    until: async (isTrue) => {
      const done = Promise.withResolvers<void>();
      const look = (): void => {
        if (isTrue(known)) done.resolve();
      };
      const timer = setTimeout(() => done.reject(new Error(`not so: ${describe(known)}`)), MAX_WAIT_MS);
      waiting.add(look);
      look();
      await done.promise.finally(() => {
        clearTimeout(timer);
        waiting.delete(look);
      });
    },
    stop: () => watch.stop(),
  };
}

/** Whether the GitSync says that what it was asked for is in place. */
export function isReady(gitSync: GitSync | undefined): boolean {
  const { observedGeneration, conditions = [] } = gitSync?.status ?? {};
  const ready = conditions.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && observedGeneration === gitSync?.metadata.generation;
}

/** Does `work`, and says what it cost beyond the requests of `client` itself. */
export async function measureCost(
  client: KubeClient,
  controller: Pick<ControllerProcess, 'pid'>,
  work: () => Promise<void>,
): Promise<SyncCost> {
  const before = await readCounters(client, controller);
  // The server's count leaves out the reading of its counters, so that ours must, too.
  const own = client.requestCount();
  const startedAt = performance.now();
  await work();
  const ms = performance.now() - startedAt;
  const ours = client.requestCount() - own;
  const after = await readCounters(client, controller);
  return {
    ms,
    requests: after.requests - before.requests - ours,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    serverCpuSeconds: after.serverCpuSeconds - before.serverCpuSeconds,
  };
}

async function readCounters(
  client: KubeClient,
  { pid }: Pick<ControllerProcess, 'pid'>,
): Promise<Omit<SyncCost, 'ms'>> {
  const cpuSeconds = await readCpuSeconds(pid);
  const serverCpuSeconds = await readServerCpuSeconds(client);
  return { requests: await countRequests(client), cpuSeconds, serverCpuSeconds };
}

/** `1.2 s, 1017 requests, 0.8 s of processor time`. */
export function showCost({ ms, requests, cpuSeconds }: SyncCost): string {
  return `${showMs(ms)}, ${requests} requests, ${showMs(cpuSeconds * 1_000)} of processor time`;
}

function describe(gitSyncs: ReadonlyMap<string, GitSync>): string {
  const waiting = [...gitSyncs].filter(([, gitSync]) => !isReady(gitSync));
  const [first] = waiting;
  const message = first?.[1].status?.conditions?.find(({ type }) => type === 'Ready')?.message;
  return `${waiting.length} of ${gitSyncs.size} GitSyncs are not ready; ${first?.[0]}: ${message}`;
}
