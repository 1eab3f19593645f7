import { execFile } from 'node:child_process';
import { cp, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/connect.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { GIT_SYNCS, INVENTORIES, NAMESPACES } from '../../shared/kube/resource-type.ts';
import type { GitSync, Inventory } from '../../shared/resources/git-sync.ts';
import { RECONCILE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import { eventually } from '../support/eventually.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';

const run = promisify(execFile);
const corpus = fileURLToPath(new URL('../../../shared/corpus/apps', import.meta.url));

/** Directories that are complete by themselves, and the number of objects in each. */
const APPS = [
  ['argocd-example-apps/guestbook', 2],
  ['argocd-example-apps/sock-shop', 29],
  ['open-cluster-management-api', 10],
  ['microservices-demo/kubernetes-manifests', 35],
  ['tektoncd-pipeline/config', 76],
] as const;

let cluster: SignetCluster;
let client: KubeClient;

beforeAll(async () => {
  cluster = await startSignetCluster();
  client = createKubeClient(await loadKubeconfig({ path: cluster.controlPlane.kubeconfigPath, env: {} }));
  await (await cluster.startController({ flags: ['--no-unseal'] })).ready();
});

afterAll(async () => {
  client?.close();
  await cluster?.stop();
});

async function publish(app: string, name: string): Promise<string> {
  const repository = await cluster.git.createRepository(name);
  const tree = path.join(cluster.folder, name);
  await mkdir(tree);
  await cp(path.join(corpus, app), tree, { recursive: true });
  const git = (...words: string[]) =>
    run('git', ['-C', tree, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words]);
  await git('init', '-q', '-b', 'main');
  await git('add', '--all', '--force');
  await git('commit', '-q', '-m', app);
  await git('push', '-q', repository.folder, 'main');
  return repository.url;
}

async function readGitSync(name: string): Promise<GitSync> {
  return (await client.get(GIT_SYNCS, { namespace: name, name })) as GitSync;
}

/** Group, kind, namespace, name and live resourceVersion of everything that the GitSync owns. */
async function liveVersions(name: string): Promise<readonly string[]> {
  const inventory = (await client.get(INVENTORIES, { namespace: name, name })) as Inventory;
  return Promise.all(
    inventory.spec.entries.map(async (entry) => {
      const type = await client.findTypeOfGroup(entry.group, entry.kind);
      if (!type) throw new Error(`${entry.kind} is not served`);
      const reference = { namespace: type.namespaced ? entry.namespace : undefined, name: entry.name };
      const live = await client.get(type, reference, { metadataOnly: true });
      return `${entry.group}/${entry.kind} ${entry.namespace}/${entry.name} ${live?.metadata.resourceVersion}`;
    }),
  );
}

test.for(APPS)('%s syncs to Ready, and a second sync writes nothing', async ([app, count], context) => {
  if (!(await stat(path.join(corpus, app)).catch(() => null)))
    context.skip('the corpus of real applications is not here');
  const name = app.replaceAll('/', '-');
  const url = await publish(app, name);
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const spec = { source: { url }, interval: '1h', prune: true };
  const metadata = { namespace: name, name };
  await client.create(GIT_SYNCS, { apiVersion: 'signet.dev/v1alpha1', kind: 'GitSync', metadata, spec });
  await eventually(
    async () => {
      const ready = (await readGitSync(name)).status?.conditions?.find(({ type }) => type === 'Ready');
      expect(`${ready?.status} ${ready?.message}`).toMatch(/^True /);
    },
    { timeoutMs: 50_000 },
  );
  const before = await liveVersions(name);
  expect(before).toHaveLength(count);

  await client.mergePatch(GIT_SYNCS, metadata, {
    metadata: { annotations: { [RECONCILE_REQUESTED_ANNOTATION]: 'again' } },
  });
  await eventually(async () => {
    expect((await readGitSync(name)).status?.lastHandledReconcileAt).toBe('again');
  });

  expect(await liveVersions(name)).toEqual(before);
});
