import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, type TestContext, test } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import { GIT_SYNCS, INVENTORIES, NAMESPACES, type ResourceType } from '../../shared/kube/resource-type.ts';
import type { GitSync, Inventory } from '../../shared/resources/git-sync.ts';
import { RECONCILE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import { objectKey } from '../../shared/resources/object-meta.ts';
import { findPeer, type PeerLookup } from '../peers/find-peer.ts';
import { findDirectories, type IncompleteDirectory } from '../support/complete-directories.ts';
import { COMPLETE_DIRECTORIES, LEFT_OUT_DIRECTORIES } from '../support/corpus-directories.ts';
import { type PlacedDirectory, placeDirectory, planRounds } from '../support/disjoint-rounds.ts';
import { eventually } from '../support/eventually.ts';
import { KINDS_THAT_NEED_NODES } from '../support/running-statuses.ts';
import { countServerWrites, writesSince } from '../support/server-writes.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';
import { type SimulatedNodes, startSimulatedNodes } from '../support/simulated-nodes.ts';

const run = promisify(execFile);
const corpus = fileURLToPath(new URL('../../../shared/corpus/apps', import.meta.url));
const ROUNDS = [1, 2, 3] as const;
/** A round takes some twenty seconds on an idle machine, and its end waits for a namespace controller that retries with patience. */
const ROUND_MS = 600_000;
const STEP_MS = 240_000;

let cluster: SignetCluster;
let client: KubeClient;
let kustomize: PeerLookup;
let complete: readonly PlacedDirectory[] = [];
let leftOut: readonly IncompleteDirectory[] = [];
/** Address of the repository of each application. */
const urls = new Map<string, string>();

beforeAll(async () => {
  if (!existsSync(corpus)) return;
  cluster = await startSignetCluster();
  client = cluster.client;
  kustomize = await findPeer('kustomize');
  const program = kustomize.path === undefined ? [] : ['--kustomize', kustomize.path];
  await (await cluster.startController({ flags: ['--no-unseal', ...program] })).ready();
  const isNamespaced = async (apiVersion: string, kind: string) =>
    (await client.findType(apiVersion, kind))?.namespaced ?? null;
  const findings = await findDirectories(corpus, cluster.controlPlane.kubectlPath, { isNamespaced });
  complete = findings.filter((finding) => 'objects' in finding).map(placeDirectory);
  leftOut = findings.filter((finding) => 'reason' in finding);
  for (const application of readdirSync(corpus)) urls.set(application, await publish(application));
}, ROUND_MS);

afterAll(async () => {
  await cluster?.stop();
});

/** The whole tree of an application as a repository: kustomizations reach for folders beside them. */
async function publish(application: string): Promise<string> {
  const repository = await cluster.git.createRepository(application);
  const tree = path.join(cluster.folder, application);
  await cp(path.join(corpus, application), tree, { recursive: true });
  const git = (...words: string[]) =>
    run('git', ['-C', tree, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words]);
  await git('init', '-q', '-b', 'main');
  await git('add', '--all', '--force');
  await git('commit', '-q', '-m', application);
  await git('push', '-q', repository.folder, 'main');
  return repository.url;
}

test('every directory is complete by itself, or left out for a reason that is written down', (context) => {
  skipWithoutCorpus(context);
  console.log(describe());
  expect(Object.fromEntries(leftOut.map(({ directory, reason }) => [directory, reason]))).toEqual(LEFT_OUT_DIRECTORIES);
  const counts = complete.map(({ directory, objects }) => [directory, objects.length]);
  expect(Object.fromEntries(counts)).toEqual(COMPLETE_DIRECTORIES);
  expect(planRounds(complete).length).toBe(ROUNDS.length);
});

test.for(ROUNDS)(
  'round %i of the others syncs to Ready, and a second sync writes nothing',
  { timeout: ROUND_MS },
  async (round, context) => {
    skipWithoutCorpus(context);
    const directories = (planRounds(complete)[round - 1] ?? []).filter(canBeBuilt);
    let nodes: SimulatedNodes | null = null;
    // Whatever comes of it: what is left of one round would fail the next.
    onTestFinished(async () => {
      nodes ??= await startSimulatedNodes(client);
      await cleanUp(directories);
      await nodes.stop();
    }, ROUND_MS);
    for (const name of namespacesOf(directories)) await makeNamespace(name);
    await Promise.all(directories.map(createGitSync));
    await untilReady(directories, verdictWithoutNodes);
    nodes = await startSimulatedNodes(client);
    await untilReady(directories, () => 'True Applied');
    for (const directory of directories) expect(await inventoryKeys(directory)).toEqual(directory.keys.toSorted());
    await untilQuiet();

    const [writes, versions] = [await countServerWrites(client), await liveVersions(directories)];
    await Promise.all(directories.map(reconcile));
    await untilQuiet();
    const requests = directories.length;
    expect(writesSince(writes, await countServerWrites(client))).toEqual({
      'PATCH gitsyncs': requests,
      'PATCH gitsyncs/status': requests,
    });
    expect(await liveVersions(directories)).toEqual(versions);
  },
);

function skipWithoutCorpus(context: TestContext): void {
  context.skip(!existsSync(corpus), 'the corpus of real applications is not here');
}

/** A machine without Go has no kustomize. */
function canBeBuilt({ form }: PlacedDirectory): boolean {
  return form === 'plain' || kustomize.path !== undefined;
}

function describe(): string {
  const unbuilt = complete.filter((directory) => !canBeBuilt(directory));
  const lines = [
    ...leftOut.map(({ directory, reason }) => `left out: ${directory} (${reason})`),
    ...unbuilt.map(({ directory }) => `left out on this machine: ${directory} (${kustomize.missing})`),
  ];
  const counts = `${complete.length - unbuilt.length} directories are synced, ${lines.length} are left out`;
  return [...lines, counts].join('\n');
}

function namespacesOf(directories: readonly PlacedDirectory[]): readonly string[] {
  return [...new Set(directories.flatMap(({ namespace, missingNamespaces }) => [namespace, ...missingNamespaces]))];
}

async function makeNamespace(name: string): Promise<void> {
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
}

async function remove(type: ResourceType, name: string): Promise<void> {
  if ((await client.delete(type, { name })) === 'absent') return;
  await eventually(async () => expect(await client.get(type, { name })).toBe(null), { timeoutMs: STEP_MS });
}

async function createGitSync({ directory, namespace }: PlacedDirectory): Promise<void> {
  const [application = '', ...rest] = directory.split('/');
  const source = { url: urls.get(application), path: rest.join('/') };
  await client.create(GIT_SYNCS, {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace, name: namespace },
    spec: { source, interval: '1h', prune: true, wait: true },
  });
}

async function readGitSync({ namespace }: PlacedDirectory): Promise<GitSync | null> {
  return (await client.get(GIT_SYNCS, { namespace, name: namespace })) as GitSync | null;
}

/** Nobody writes the statuses of workloads yet. */
function verdictWithoutNodes({ objects }: PlacedDirectory): string {
  const hasWorkloads = objects.some(({ identity }) => KINDS_THAT_NEED_NODES.has(identity.kind));
  return hasWorkloads ? 'Unknown WaitingForHealth' : 'True Applied';
}

async function untilReady(
  directories: readonly PlacedDirectory[],
  verdictOf: (directory: PlacedDirectory) => string,
): Promise<void> {
  const probe = async () => {
    const found = await Promise.all(
      directories.map(async (directory) => {
        const ready = (await readGitSync(directory))?.status?.conditions?.find(({ type }) => type === 'Ready');
        const verdict = `${ready?.status} ${ready?.reason}`;
        return [directory.directory, verdict === verdictOf(directory) ? verdict : `${verdict}: ${ready?.message}`];
      }),
    );
    const wanted = directories.map((directory) => [directory.directory, verdictOf(directory)]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
  };
  await eventually(probe, { timeoutMs: STEP_MS, everyMs: 250 });
}

async function readInventory({ namespace }: PlacedDirectory): Promise<Inventory> {
  return (await client.get(INVENTORIES, { namespace, name: namespace })) as Inventory;
}

async function inventoryKeys(directory: PlacedDirectory): Promise<readonly string[]> {
  return (await readInventory(directory)).spec.entries.map(objectKey).toSorted();
}

/** Key and live resourceVersion of everything that the GitSyncs own. */
async function liveVersions(directories: readonly PlacedDirectory[]): Promise<readonly string[]> {
  const inventories = await Promise.all(directories.map(readInventory));
  const entries = inventories.flatMap(({ spec }) => spec.entries);
  return Promise.all(
    entries.map(async (entry) => {
      const type = await client.findTypeOfGroup(entry.group, entry.kind);
      if (!type) throw new Error(`${entry.kind} is not served`);
      const reference = { namespace: type.namespaced ? entry.namespace : undefined, name: entry.name };
      const live = await client.get(type, reference, { metadataOnly: true });
      return `${objectKey(entry)} ${live?.metadata.resourceVersion}`;
    }),
  );
}

async function reconcile(directory: PlacedDirectory): Promise<void> {
  const { namespace } = directory;
  const metadata = { annotations: { [RECONCILE_REQUESTED_ANNOTATION]: 'again' } };
  await client.mergePatch(GIT_SYNCS, { namespace, name: namespace }, { metadata });
  await eventually(
    async () => {
      expect((await readGitSync(directory))?.status?.lastHandledReconcileAt).toBe('again');
    },
    { timeoutMs: STEP_MS, everyMs: 250 },
  );
}

/** Until nobody writes anything for two seconds: what is on its way is told once a second. */
async function untilQuiet(): Promise<void> {
  await eventually(
    async () => {
      const before = await countServerWrites(client);
      await delay(2_000);
      expect(writesSince(before, await countServerWrites(client))).toEqual({});
    },
    { timeoutMs: STEP_MS },
  );
}

/** The next round finds nothing of this one, of what the guards of a GitSync keep neither: volumes, and namespaces that others use. */
async function cleanUp(directories: readonly PlacedDirectory[]): Promise<void> {
  await Promise.all(directories.map(removeGitSync));
  await Promise.all(namespacesOf(directories).map((name) => remove(NAMESPACES, name)));
  for (const { identity, isNamespaced } of directories.flatMap(({ objects }) => objects)) {
    const type = isNamespaced ? null : await client.findTypeOfGroup(identity.group, identity.kind);
    if (type !== null) await remove(type, identity.name);
  }
}

/** Deletes the GitSync, which prunes all that it owns. */
async function removeGitSync(directory: PlacedDirectory): Promise<void> {
  const { namespace } = directory;
  await client.delete(GIT_SYNCS, { namespace, name: namespace });
  await eventually(async () => expect(await readGitSync(directory)).toBe(null), { timeoutMs: STEP_MS });
}
