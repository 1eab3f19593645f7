/** @module Rows of many GitSyncs of one repository: what a commit costs that concerns one of them, and how soon it is in the cluster. */

import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import type { ControllerProcess } from '../support/controller-process.ts';
import { GitTestRepository } from '../support/git-repository.ts';
import type { SignetCluster } from '../support/signet-cluster.ts';
import type { BenchContext } from './bench-context.ts';
import { type BenchRow, median, percentile, showMs } from './row.ts';
import {
  createGitSync,
  followGitSyncs,
  type GitSyncView,
  isReady,
  measureCost,
  requestReconcile,
  type SyncCost,
  showCost,
} from './sync-samples.ts';
import { sumOf } from './unseal-samples.ts';
import { withCluster } from './with-cluster.ts';

const APPS = 100;
const OBJECTS = 10;
const COMMITS = 50;
const NAMESPACE = 'default';

interface FleetFigures {
  readonly first: SyncCost;
  /** A commit that touches one app, until every GitSync reports it. */
  readonly one: SyncCost;
  readonly renders: number;
  readonly appliedMs: readonly number[];
}

interface Fleet {
  readonly client: KubeClient;
  readonly controller: ControllerProcess;
  readonly repository: GitTestRepository;
  readonly view: GitSyncView;
}

/** A hundred GitSyncs, each of its own path with ten ConfigMaps. */
export async function benchFleet(context: BenchContext): Promise<readonly BenchRow[]> {
  context.report(`fleet: ${APPS} GitSyncs of one repository`);
  const { first, one, renders, appliedMs } = await withCluster((cluster, client) => measure(context, cluster, client));
  return [
    {
      what: `${APPS} GitSyncs of ${OBJECTS} objects in one repository, first sync of all`,
      ours: showCost(first),
      peer: '–',
      ratio: '–',
      goal: '–',
    },
    {
      what: 'one commit that touches one of them, until all report it',
      ours: `${renders} rendered; ${showCost(one)}`,
      peer: '–',
      ratio: '–',
      goal: 'one rendered',
    },
    {
      what: `commit to applied, ${COMMITS} commits among those ${APPS} GitSyncs`,
      ours: `p50 ${showMs(median(appliedMs))}, p95 ${showMs(percentile(appliedMs, 0.95))}`,
      peer: '–',
      ratio: '–',
      goal: '–',
    },
  ];
}

async function measure(context: BenchContext, cluster: SignetCluster, client: KubeClient): Promise<FleetFigures> {
  const served = await cluster.git.createRepository('fleet');
  const repository = new GitTestRepository(served.folder);
  const apps = Array.from({ length: APPS }, (_, index) => index);
  await repository.commit(Object.fromEntries(apps.map((app) => [pathOf(app), manifests(app, 'first')])));
  const controller = await cluster.startController(context.controller);
  await controller.ready();
  const view = await followGitSyncs(client);
  const fleet = { client, controller, repository, view };
  try {
    const first = await measureCost(client, controller, async () => {
      await Promise.all(
        apps.map((app) => createGitSync(client, nameOf(app), { url: served.url, path: `apps/${app}` })),
      );
      await view.until((known) => known.size === APPS && [...known.values()].every(isReady));
    });
    const renderedBefore = await countRenders(controller);
    const one = await measureCost(client, controller, async () => {
      await untilAllReport(view, await commitTo(fleet, 42, 'second'));
    });
    const renders = (await countRenders(controller)) - renderedBefore;
    if (renders !== 1) throw new Error(`a commit that touches one of ${APPS} GitSyncs had ${renders} rendered`);
    return { first, one, renders, appliedMs: await measureCommits(fleet) };
  } finally {
    view.stop();
  }
}

/** From the push to the event of the object; the next commit comes when all GitSyncs have reported the one before. */
async function measureCommits(fleet: Fleet): Promise<readonly number[]> {
  const { client, view } = fleet;
  let wanted = '';
  let seen = Promise.withResolvers<number>();
  const watch = client.watch(
    CONFIG_MAPS,
    { namespace: NAMESPACE },
    {
      onEvent: ({ object }) => {
        if ((object['data'] as Record<string, string> | undefined)?.['value'] === wanted)
          seen.resolve(performance.now());
      },
      onSynced: () => undefined,
      onProblem: () => undefined,
    },
  );
  await watch.synced;
  const times: number[] = [];
  for (let round = 0; round < COMMITS; round += 1) {
    wanted = `round-${round}`;
    seen = Promise.withResolvers<number>();
    const startedAt = performance.now();
    const commit = await commitTo(fleet, (round * 37) % APPS, wanted);
    times.push((await seen.promise) - startedAt);
    await untilAllReport(view, commit);
  }
  watch.stop();
  return times;
}

/** Commits a change of one app, and asks its GitSync for a look; the id of the commit. */
async function commitTo({ client, repository }: Fleet, app: number, value: string): Promise<string> {
  const commit = await repository.commit({ [pathOf(app)]: manifests(app, value) });
  await requestReconcile(client, nameOf(app), value);
  return commit;
}

function untilAllReport(view: GitSyncView, commit: string): Promise<void> {
  return view.until((known) =>
    [...known.values()].every((gitSync) => gitSync.status?.lastAppliedRevision?.endsWith(commit) && isReady(gitSync)),
  );
}

async function countRenders({ metricsUrl }: ControllerProcess): Promise<number> {
  return sumOf(await (await fetch(`${metricsUrl}/metrics`)).text(), 'signet_sync_renders_total');
}

function nameOf(app: number): string {
  return `app-${app}`;
}

function pathOf(app: number): string {
  return `apps/${app}/objects.yaml`;
}

function manifests(app: number, value: string): string {
  const documents = Array.from({ length: OBJECTS }, (_, index) =>
    [
      'apiVersion: v1',
      'kind: ConfigMap',
      `metadata: {name: app-${app}-${index}, namespace: ${NAMESPACE}}`,
      `data: {value: ${index === 0 ? value : 'same'}}`,
    ].join('\n'),
  );
  return `${documents.join('\n---\n')}\n`;
}
