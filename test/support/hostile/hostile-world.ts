/** @module A cluster with a controller as the Deployment runs it, a well-behaved GitSync, things to steal, and the hosts of hostile repositories. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { KubeClient } from '../../../shared/kube/client.ts';
import { GIT_SYNCS, NAMESPACES, type ResourceType } from '../../../shared/kube/resource-type.ts';
import type { GitSync, GitSyncSpec } from '../../../shared/resources/git-sync.ts';
import type { ControllerProcess } from '../controller-process.ts';
import { eventually } from '../eventually.ts';
import { GitTestRepository } from '../git-repository.ts';
import { configMap } from '../manifests.ts';
import { type SignetCluster, startSignetCluster } from '../signet-cluster.ts';
import { type HostileHost, hostileHosts } from './hostile-hosts.ts';
import { CANARY, NEIGHBOUR_OWNED, TENANT, VICTIM } from './hostile-powers.ts';
import { type HostileRemote, startHostileRemote } from './hostile-remote.ts';

/** Where all hostile GitSyncs are. */
export const HOSTILE_NAMESPACE = 'hostile';

/** One world; `stop` ends everything in it. */
export interface HostileSite {
  readonly cluster: SignetCluster;
  readonly client: KubeClient;
  readonly controller: ControllerProcess;
  readonly neighbour: GitTestRepository;
  readonly hosts: readonly HostileHost[];
  readonly remote: HostileRemote;
  /** Nobody may ask it anything. */
  readonly forbidden: HostileRemote;
  /** Nobody may write to it. */
  readonly forbiddenFolder: string;
  createGitSync(namespace: string, name: string, spec: GitSyncSpec): Promise<void>;
  /** The GitSync once its Ready condition has `reason` at its present generation; `timeoutMs` is 30 s by default. */
  untilReason(namespace: string, name: string, reason: string, timeoutMs?: number): Promise<ReadyGitSync>;
  stop(): Promise<void>;
}

/** A GitSync, and what its Ready condition says. */
export interface ReadyGitSync {
  readonly gitSync: GitSync;
  readonly message: string;
}

/** Starts the world; the neighbour is applied when it resolves. */
export async function startHostileSite(kustomize: string): Promise<HostileSite> {
  const cluster = await startSignetCluster();
  const { client } = cluster;
  const forbidden = await startHostileRemote({});
  const hosts = hostileHosts(forbidden.url);
  const remote = await startHostileRemote(Object.fromEntries(hosts.map(({ name, answers }) => [name, answers])));
  const forbiddenFolder = path.join(cluster.folder, 'forbidden');
  await mkdir(forbiddenFolder);
  await makeVictims(client);
  const controller = await cluster.startController({
    // As the Deployment has it.
    nodeFlags: ['--max-semi-space-size=2', '--max-old-space-size=300'],
    flags: ['--kustomize', kustomize],
  });
  await controller.ready();
  const served = await cluster.git.createRepository('neighbour');
  const site = {
    ...{ cluster, client, controller, hosts, remote, forbidden, forbiddenFolder },
    neighbour: new GitTestRepository(served.folder),
    createGitSync: async (namespace: string, name: string, spec: GitSyncSpec) => {
      const metadata = { namespace, name };
      await client.create(GIT_SYNCS, { apiVersion: 'signet.dev/v1alpha1', kind: 'GitSync', metadata, spec });
    },
    untilReason: (namespace: string, name: string, reason: string, timeoutMs = 30_000) =>
      untilReason(client, { namespace, name }, reason, timeoutMs),
    stop: async () => {
      await cluster.stop();
      await remote.stop();
      await forbidden.stop();
    },
  };
  await site.neighbour.commit({ 'a.yaml': configMap(NEIGHBOUR_OWNED.name, '0') });
  await site.createGitSync(NEIGHBOUR_OWNED.namespace, 'neighbour', { source: { url: served.url }, interval: '1s' });
  await site.untilReason(NEIGHBOUR_OWNED.namespace, 'neighbour', 'Applied');
  return site;
}

async function untilReason(
  client: KubeClient,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  reason: string,
  timeoutMs: number,
): Promise<ReadyGitSync> {
  return eventually(
    async () => {
      const gitSync = (await client.get(GIT_SYNCS, { namespace, name })) as GitSync;
      const { status = {}, metadata } = gitSync;
      const ready = status.conditions?.find(({ type }) => type === 'Ready');
      if (status.observedGeneration === metadata.generation && ready?.reason === reason)
        return { gitSync, message: ready.message };
      throw new Error(`${name} is ${ready?.reason ?? 'not looked at'}: ${ready?.message ?? ''}`);
    },
    { timeoutMs, everyMs: 15 },
  );
}

async function makeVictims(client: KubeClient): Promise<void> {
  for (const name of [HOSTILE_NAMESPACE, NEIGHBOUR_OWNED.namespace])
    await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const rbac = 'rbac.authorization.k8s.io';
  await create(client, 'v1', 'Secret', { metadata: { name: VICTIM.name }, stringData: { [VICTIM.key]: CANARY } });
  await create(client, 'v1', 'ServiceAccount', { metadata: { name: TENANT } });
  const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['*'] }];
  await create(client, `${rbac}/v1`, 'Role', { metadata: { name: TENANT }, rules });
  await create(client, `${rbac}/v1`, 'RoleBinding', {
    metadata: { name: TENANT },
    roleRef: { apiGroup: rbac, kind: 'Role', name: TENANT },
    subjects: [{ kind: 'ServiceAccount', name: TENANT, namespace: HOSTILE_NAMESPACE }],
  });
}

async function create(
  client: KubeClient,
  apiVersion: string,
  kind: string,
  rest: { readonly metadata: { readonly name: string }; readonly [field: string]: unknown },
): Promise<void> {
  const type = (await client.findType(apiVersion, kind)) as ResourceType;
  const metadata = { namespace: HOSTILE_NAMESPACE, ...rest.metadata };
  await client.create(type, { ...rest, apiVersion, kind, metadata });
}
