import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../build.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, GIT_SYNCS, INVENTORIES, NAMESPACES, SECRETS } from '../../shared/kube/resource-type.ts';
import type { GitSync, Inventory } from '../../shared/resources/git-sync.ts';
import { OWNER_ANNOTATION } from '../../shared/resources/names.ts';
import { type ApiProxy, startApiProxy } from '../support/api-proxy.ts';
import { type ControllerProcess, startControllerProcess } from '../support/controller-process.ts';
import { eventually } from '../support/eventually.ts';
import { GitTestRepository } from '../support/git-repository.ts';
import { countWrites, type KillPoint, killAtWrite } from '../support/kill-switch.ts';
import { type MixedApp, mixedApp, ownedObjects, textOf } from '../support/mixed-app.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';

/** Points of each of the two: a first sync, and a prune. */
const POINTS = 25;
const NAME = 'app';

let cluster: SignetCluster;
let client: KubeClient;
let proxy: ApiProxy;
let program: string;
let controller: ControllerProcess | null = null;
/** How many writes a first sync, and a prune, take that nobody disturbs. */
let whole: { readonly sync: number; readonly prune: number };

beforeAll(async () => {
  cluster = await startSignetCluster();
  client = cluster.client;
  const { controlPlane } = cluster;
  proxy = await startApiProxy(await controlPlane.serviceAccountKubeconfig('signet-system', 'signet-controller'));
  // It starts in a third of the time that the sources take, fifty times.
  await bundle(path.join(cluster.folder, 'dist'), { 'signet-controller': 'controller/main.ts' });
  program = path.join(cluster.folder, 'dist/signet-controller.cjs');
});

afterAll(async () => {
  await controller?.kill();
  await proxy?.stop();
  await cluster?.stop();
});

async function start(): Promise<ControllerProcess> {
  controller = await startControllerProcess({
    kubeconfig: proxy.kubeconfig,
    program,
    namespace: 'signet-system',
    cacheFolder: path.join(cluster.folder, 'cache'),
    logFile: cluster.controllerLog,
    flags: ['--key-size', '2048'],
  });
  return controller;
}

/** The one that survived the test before, or a new one. */
async function running(): Promise<ControllerProcess> {
  proxy.decide(null);
  const current = controller ?? (await start());
  await current.ready();
  return current;
}

interface World {
  readonly app: MixedApp;
  readonly owner: string;
  readonly repository: GitTestRepository;
}

/** A repository with the application, and a namespace with objects of others in it. */
async function createWorld(id: string): Promise<World> {
  const app = mixedApp(id);
  const { namespace } = app;
  const repository = new GitTestRepository((await cluster.git.createRepository(id)).folder);
  await repository.commit(app.files);
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const others = { bystander: undefined, neighbour: { [OWNER_ANNOTATION]: `${namespace}/other` } };
  for (const [name, annotations] of Object.entries(others)) {
    await client.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace, name, ...(annotations && { annotations }) },
    });
  }
  await client.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: 'bystander' } });
  return { app, owner: `${namespace}/${NAME}`, repository };
}

async function createGitSync({ app }: World): Promise<void> {
  const url = `http://127.0.0.1:${cluster.git.port}/${app.namespace.slice('app-'.length)}.git`;
  await client.create(GIT_SYNCS, {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace: app.namespace, name: NAME },
    spec: { source: { url }, interval: '10m', prune: true, guard: { maxDeletions: '100%' } },
  });
}

async function shrink({ app, repository }: World): Promise<string> {
  const going = Object.keys(app.files).filter((file) => !app.keptFiles.includes(file));
  return repository.commit(Object.fromEntries(going.map((file) => [file, null])));
}

let requests = 0;

async function requestReconcile({ app: { namespace } }: World): Promise<string> {
  requests += 1;
  const annotations = { 'signet.dev/reconcile-requested-at': `request-${requests}` };
  await client.mergePatch(GIT_SYNCS, { namespace, name: NAME }, { metadata: { annotations } });
  return `request-${requests}`;
}

/** Waits until `commit` is in place, and `request` answered if there was one. */
async function untilReady({ app: { namespace } }: World, commit: string, request?: string): Promise<void> {
  await eventually(
    async () => {
      const { status } = (await client.get(GIT_SYNCS, { namespace, name: NAME })) as GitSync;
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      const isHere = status?.lastAppliedRevision?.endsWith(commit) === true && ready?.status === 'True';
      if (!isHere || status.lastHandledReconcileAt !== request) throw new Error(JSON.stringify(status, null, 1));
    },
    { timeoutMs: 60_000 },
  );
}

/** Waits until the controller that runs now has looked at the GitSync, and has everything in place. */
async function untilInPlace(world: World, commit: string): Promise<void> {
  await untilReady(world, commit, await requestReconcile(world));
}

async function inventoryOf({ app: { namespace } }: World): Promise<readonly string[]> {
  const inventory = (await client.get(INVENTORIES, { namespace, name: NAME })) as Inventory | null;
  return (inventory?.spec.entries ?? []).map(textOf).toSorted();
}

/** Whatever a controller died of: nothing of ours lives that the stored inventory does not know. */
async function assertNoOrphan(world: World): Promise<void> {
  const known = await inventoryOf(world);
  const live = await ownedObjects(client, world.app.types, world.owner);
  expect(live.filter((object) => !known.includes(object))).toEqual([]);
}

async function assertExactly(world: World, objects: readonly string[]): Promise<void> {
  expect(await ownedObjects(client, world.app.types, world.owner)).toEqual(objects);
  expect(await inventoryOf(world)).toEqual(objects);
  const inventory = (await client.get(INVENTORIES, { namespace: world.app.namespace, name: NAME })) as Inventory;
  expect(inventory.spec.entries.filter(({ state }) => state !== 'applied')).toEqual([]);
}

/** What is not ours, with uid and version. */
async function othersOf({ app, owner }: World): Promise<Readonly<Record<string, string>>> {
  const lists = await Promise.all(
    [CONFIG_MAPS, SECRETS].map((type) => client.list(type, { namespace: app.namespace, metadataOnly: true })),
  );
  const others = lists.flatMap(({ items }) =>
    items.filter(({ metadata }) => metadata.annotations?.[OWNER_ANNOTATION] !== owner),
  );
  return Object.fromEntries(
    others.map(({ kind, metadata: { name, uid, resourceVersion } }) => [
      `${kind} ${name}`,
      `${uid} ${resourceVersion}`,
    ]),
  );
}

/** While no controller runs, somebody puts an object of their own in the place of one that left Git. */
async function replaceByStranger({ app: { namespace } }: World): Promise<void> {
  const name = 'settings-5';
  await client.delete(CONFIG_MAPS, { namespace, name });
  await client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name } });
}

/** Nobody looks at it from now on. */
async function suspend({ app: { namespace } }: World): Promise<void> {
  await client.mergePatch(GIT_SYNCS, { namespace, name: NAME }, { spec: { suspend: true } });
}

/** Spread evenly over `writes`, the first and the last among them; every other one after the server carried it out. */
function pointOf(index: number, writes: number): KillPoint {
  const write = 1 + Math.round((index * (writes - 1)) / (POINTS - 1));
  return { write, side: index % 2 === 0 ? 'before' : 'after' };
}

test('a sync and a prune that nobody disturbs', async () => {
  await running();
  const world = await createWorld('whole');
  const written = countWrites(proxy);
  await createGitSync(world);
  const first = await world.repository.git('rev-parse', 'main');
  await untilReady(world, first);
  await assertExactly(world, world.app.objects);
  const sync = written();
  const commit = await shrink(world);
  await untilInPlace(world, commit);
  whole = { sync, prune: written() - sync };
  await assertExactly(world, world.app.keptObjects);
  await suspend(world);
}, 120_000);

describe('a controller that is killed in the middle', () => {
  const indices = Array.from({ length: POINTS }, (_, index) => index);
  test.for(indices)('of a first sync and of a prune, at point %i of both', { timeout: 120_000 }, async (index) => {
    const victim = await running();
    const world = await createWorld(`p${index}`);
    const first = await world.repository.git('rev-parse', 'main');
    const others = await othersOf(world);

    const killed = killAtWrite(proxy, victim, pointOf(index, whole.sync));
    await createGitSync(world);
    await killed;
    await assertNoOrphan(world);
    const second = await start();
    await untilInPlace(world, first);
    await assertExactly(world, world.app.objects);
    expect(await othersOf(world)).toMatchObject(others);

    const commit = await shrink(world);
    const killedAgain = killAtWrite(proxy, second, pointOf(index, whole.prune));
    await requestReconcile(world);
    await killedAgain;
    await assertNoOrphan(world);
    await replaceByStranger(world);
    const othersNow = await othersOf(world);
    await start();
    await untilInPlace(world, commit);
    await assertExactly(world, world.app.keptObjects);
    expect(await othersOf(world)).toEqual(othersNow);
    expect(othersNow).toMatchObject(others);
    await suspend(world);
  });
});
