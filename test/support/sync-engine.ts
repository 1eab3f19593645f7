/** @module The sync engine inside a test: the real part on a real client, with its own Git repository and only its own GitSyncs in sight. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { createClientFactory } from '../../controller/clusters/open-client.ts';
import type { EventNote } from '../../controller/events/event-recorder.ts';
import type { ReconcileMetrics } from '../../controller/metrics/reconcile-metrics.ts';
import type { SyncMetrics } from '../../controller/metrics/sync-metrics.ts';
import { createSyncPart, type SyncPart } from '../../controller/sync/sync-part.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { openRepository } from '../../shared/git/open-repository.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/connect.ts';
import { isKubeError, KubeError } from '../../shared/kube/errors.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { GIT_SYNCS, INVENTORIES, type ResourceType } from '../../shared/kube/resource-type.ts';
import { createKustomizeBuilder } from '../../shared/kustomize/kustomize-builder.ts';
import type { GitSync, GitSyncSpec, Inventory } from '../../shared/resources/git-sync.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { collectingLogger } from './collecting-logger.ts';
import { eventually } from './eventually.ts';
import { createGitRepository, type GitTestRepository, makeTemporaryFolder } from './git-repository.ts';
import { freshNamespace } from './namespace.ts';

/** Parts that share an API server tell their GitSyncs apart by this label. */
const SCOPE_LABEL = 'test.signet.dev/scope';
const digestKey = SecretBytes.fromText('a digest key that only tests use');

/** A sync engine that was started, and what it said. */
export interface RunningEngine {
  readonly part: SyncPart;
  readonly events: readonly EventNote[];
  readonly logs: readonly string[];
  /** How often it ran kustomize. */
  buildCount(): number;
  /** How often it asked a remote what a reference names. */
  askCount(): number;
  /** How many revisions it rendered from their files. */
  renderCount(): number;
  /** Number of requests that it sent so far, watches included. */
  requestCount(): number;
  stop(): Promise<void>;
}

/** How an engine differs from the usual one. */
export interface EngineOptions {
  /** Path of the kustomize program; without it there is none. */
  readonly kustomize?: string;
  /** After this many applied objects the API server is out of its reach for ever, as if it had been killed. */
  readonly diesAfterApplies?: number;
  /** Of the identity that the engine itself has; default: the run's administrator. */
  readonly kubeconfig?: string;
  /** As the controller's flag. */
  readonly defaultServiceAccount?: string;
}

/** One test's world: a namespace, a repository, and engines that see only this test's GitSyncs. */
export interface SyncWorld {
  /** The administrator's own client, for looking and meddling. */
  readonly client: KubeClient;
  readonly namespace: string;
  readonly repository: GitTestRepository;
  startEngine(options?: EngineOptions): Promise<RunningEngine>;
  createGitSync(name: string, spec?: Partial<GitSyncSpec>): Promise<GitSync>;
  /** Deletes the GitSync, and waits until it is gone. */
  deleteGitSync(name: string): Promise<void>;
  gitSync(name: string): Promise<GitSync>;
  inventory(name: string): Promise<Inventory | null>;
  /** Waits until the GitSync's Ready condition has `reason` for its present generation and, if given, revision. */
  untilReason(name: string, reason: string, commit?: string): Promise<GitSync>;
  /** Asks for a reconcile, and waits until it was acknowledged. */
  reconcile(name: string): Promise<GitSync>;
  get(type: ResourceType, name: string, namespace?: string): Promise<KubeObject | null>;
  patchSpec(name: string, spec: Partial<GitSyncSpec>): Promise<void>;
  annotate(type: ResourceType, name: string, annotations: Readonly<Record<string, string | null>>): Promise<void>;
}

/** A world that vanishes with the test. */
export async function createSyncWorld(prefix = 'sync'): Promise<SyncWorld> {
  const client = await connect();
  onTestFinished(() => client.close());
  const folder = await makeTemporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const namespace = await freshNamespace(client, prefix);
  const scope = randomBytes(4).toString('hex');
  const repository = await createGitRepository(path.join(folder.path, 'repository.git'));
  const gitSync = async (name: string): Promise<GitSync> => {
    const object = await client.get(GIT_SYNCS, { namespace, name });
    if (object === null) throw new Error(`there is no GitSync ${name}`);
    return object as GitSync;
  };
  const untilReason = (name: string, reason: string, commit?: string): Promise<GitSync> =>
    eventually(async () => {
      const object = await gitSync(name);
      const { status = {} } = object;
      const ready = status.conditions?.find(({ type }) => type === 'Ready');
      const isCurrent = status.observedGeneration === object.metadata.generation;
      const isRevision = commit === undefined || status.lastAttemptedRevision?.endsWith(commit) === true;
      if (!isCurrent || !isRevision || ready?.reason !== reason) throw new Error(JSON.stringify(status, null, 1));
      return object;
    });
  return {
    client,
    namespace,
    repository,
    gitSync,
    untilReason,
    startEngine: (options) => startEngine({ ...options, scope, cacheDirectory: path.join(folder.path, 'cache') }),
    createGitSync: async (name, spec = {}) => {
      const { source, ...rest } = spec;
      const created = await client.create(GIT_SYNCS, {
        apiVersion: 'signet.dev/v1alpha1',
        kind: 'GitSync',
        metadata: { namespace, name, labels: { [SCOPE_LABEL]: scope } },
        spec: { source: { url: repository.url, ...source }, interval: '10m', ...rest },
      });
      onTestFinished(() => releaseGitSync(client, namespace, name));
      return created as GitSync;
    },
    deleteGitSync: async (name) => {
      await client.delete(GIT_SYNCS, { namespace, name });
      // The cluster's own controllers take their time with namespaces and definitions.
      await eventually(
        async () => {
          const left = await client.get(GIT_SYNCS, { namespace, name });
          if (left !== null) throw new Error(JSON.stringify((left as GitSync).status, null, 1));
        },
        { timeoutMs: 90_000 },
      );
    },
    inventory: async (name) => (await client.get(INVENTORIES, { namespace, name })) as Inventory | null,
    reconcile: async (name) => {
      const at = randomBytes(6).toString('hex');
      const annotations = { 'signet.dev/reconcile-requested-at': at };
      await client.mergePatch(GIT_SYNCS, { namespace, name }, { metadata: { annotations } });
      return eventually(async () => {
        const object = await gitSync(name);
        if (object.status?.lastHandledReconcileAt !== at) throw new Error('not acknowledged');
        return object;
      });
    },
    patchSpec: async (name, spec) => {
      await client.mergePatch(GIT_SYNCS, { namespace, name }, { spec });
    },
    annotate: async (type, name, annotations) => {
      await client.mergePatch(type, { namespace, name }, { metadata: { annotations } });
    },
    get: (type, name, inNamespace = namespace) =>
      client.get(type, { name, namespace: type.namespaced ? inNamespace : undefined }),
  };
}

async function connect(): Promise<KubeClient> {
  return createKubeClient(await loadKubeconfig({ path: inject('kubeconfig'), env: {} }));
}

async function startEngine(
  options: EngineOptions & { readonly scope: string; readonly cacheDirectory: string },
): Promise<RunningEngine> {
  const connection = await loadKubeconfig({ path: options.kubeconfig ?? inject('kubeconfig'), env: {} });
  const client = createKubeClient(connection);
  const clients = createClientFactory(connection, {});
  const events: EventNote[] = [];
  const logs: string[] = [];
  let builds = 0;
  let asks = 0;
  let renders = 0;
  const rendered = (): void => {
    renders += 1;
  };
  const part = createSyncPart({
    client: mortal(onlyScope(client, options.scope), options.diesAfterApplies ?? Number.POSITIVE_INFINITY),
    openClient: (...words) => clients.open(...words),
    defaultServiceAccount: options.defaultServiceAccount,
    openRepository: (request) => {
      const repository = openRepository({
        ...request,
        cacheDirectory: options.cacheDirectory,
        environment: { PATH: process.env['PATH'] },
        allowFile: true,
      });
      const resolve = repository.resolve.bind(repository);
      repository.resolve = (...words) => {
        asks += 1;
        return resolve(...words);
      };
      return repository;
    },
    build: createKustomizeBuilder({
      program: options.kustomize,
      searchPath: undefined,
      privateDirectory: path.join(options.cacheDirectory, 'kustomize'),
      onRun: () => {
        builds += 1;
      },
    }),
    controllerNamespace: 'signet-system',
    loadDigestKey: async () => digestKey,
    events: { record: (note) => events.push(note) },
    now: () => new Date(),
    nowMs: () => performance.now(),
    random: Math.random,
    logger: collectingLogger(logs),
    metrics: { reconcile: quietReconcileMetrics, sync: { ...quietSyncMetrics, rendered } },
    concurrency: 4,
  });
  await part.start();
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    await part.stop();
    client.close();
  };
  onTestFinished(stop);
  await eventually(() => {
    if (!part.isReady()) throw new Error('not ready');
  });
  return {
    part,
    events,
    logs,
    requestCount: () => client.requestCount() + clients.requestCount(),
    buildCount: () => builds,
    askCount: () => asks,
    renderCount: () => renders,
    stop,
  };
}

/** The client, blind for GitSyncs of other tests. */
function onlyScope(client: KubeClient, scope: string): KubeClient {
  return new Proxy(client, {
    get(target, property) {
      if (property === 'watch') {
        const watch: KubeClient['watch'] = (type, watchOptions, handler) => {
          const labelSelector =
            type.kind === 'GitSync' && !watchOptions.metadataOnly ? `${SCOPE_LABEL}=${scope}` : undefined;
          return target.watch(type, { ...watchOptions, labelSelector }, handler);
        };
        return watch;
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** The client, cut off from the server for good after so many applied objects. */
function mortal(client: KubeClient, applies: number): KubeClient {
  let left = applies;
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function' || property === 'watch') return value;
      return (...words: unknown[]) => {
        if (property === 'apply') left -= 1;
        if (left < 0)
          return Promise.reject(new KubeError('KUBE_UNREACHABLE', 'cannot reach the API server: it is dead'));
        return value.apply(target, words);
      };
    },
  });
}

/** Makes a GitSync disappear, whether or not an engine still looks after it: one that is being deleted gets no new finalizer. */
async function releaseGitSync(client: KubeClient, namespace: string, name: string): Promise<void> {
  await client.delete(GIT_SYNCS, { namespace, name });
  if ((await client.get(GIT_SYNCS, { namespace, name })) === null) return;
  const patch = { metadata: { finalizers: null } };
  await client.mergePatch(GIT_SYNCS, { namespace, name }, patch).catch((error: unknown) => {
    if (!isKubeError(error, 'KUBE_NOT_FOUND')) throw error;
  });
}

const quietReconcileMetrics: ReconcileMetrics = { reconciled: () => undefined, queueDepth: () => undefined };
const quietSyncMetrics: SyncMetrics = {
  synced: () => undefined,
  rendered: () => undefined,
  written: () => undefined,
  driftRepaired: () => undefined,
  driftReported: () => undefined,
  driftContested: () => undefined,
};
