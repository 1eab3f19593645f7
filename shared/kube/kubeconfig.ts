/** @module Finds the cluster and identity that kubectl would use, by kubectl's rules. */
import path from 'node:path';
import type { ClusterConnection } from './connection.ts';
import { KubeError } from './errors.ts';
import { clusterFacts, type ProxyEnv } from './kubeconfig-cluster.ts';
import type { KubeconfigEntry } from './kubeconfig-entry.ts';
import { type Kubeconfig, mergeKubeconfigs, readKubeconfigFile } from './kubeconfig-file.ts';
import { emptyEntry, type KubeconfigOverrides, overrideCluster, overrideUser } from './kubeconfig-overrides.ts';
import { createUserCredentials } from './kubeconfig-user.ts';

/** The variables that are looked at. */
export interface KubeconfigEnv extends ProxyEnv {
  readonly KUBECONFIG?: string | undefined;
  readonly HOME?: string | undefined;
  readonly USERPROFILE?: string | undefined;
}

/** Where to look; everything but `env` has a default. */
export interface KubeconfigOptions {
  /** The one file to read, as of `--kubeconfig`; default: those of KUBECONFIG, else `~/.kube/config`. */
  readonly path?: string;
  readonly env: KubeconfigEnv;
  /** Default: the current context. */
  readonly context?: string;
  /** What the command line lays over the kubeconfig; with a server there, no kubeconfig is needed. */
  readonly overrides?: KubeconfigOverrides;
  /** What relative paths on the command line and in KUBECONFIG start from; default: the process's own. */
  readonly cwd?: string;
  /** Milliseconds since the epoch; default `Date.now`. */
  readonly now?: () => number;
}

/**
 * The connection of the chosen context. Nothing is sent and no credential is fetched yet. Throws `KUBE_KUBECONFIG_MISSING`
 * when there is no kubeconfig at all and `KUBE_KUBECONFIG_INVALID` when it cannot be used as it stands.
 */
export async function loadKubeconfig(options: KubeconfigOptions): Promise<ClusterConnection> {
  const { overrides = {}, cwd = '.' } = options;
  const { config, files } = await readKubeconfigs(options);
  const context = chooseContext(config, options, files);
  const cluster = overrideCluster(
    findEntry(config.clusters, context, { kind: 'cluster', name: overrides.cluster }),
    overrides,
    cwd,
  );
  if (!cluster) throw context.invalid('it names no cluster');
  const user = overrideUser(findEntry(config.users, context, { kind: 'user', name: overrides.user }), overrides, cwd);
  const facts = await clusterFacts(cluster, user, options.env);
  const credentials = await createUserCredentials(user, facts, options.now ?? Date.now);
  return {
    ...facts,
    namespace: overrides.namespace || (context.text('namespace') ?? 'default'),
    credentials,
    describe: () => `${facts.server} (context ${JSON.stringify(context.name)} of ${context.file})`,
  };
}

async function readKubeconfigs(options: KubeconfigOptions): Promise<{ config: Kubeconfig; files: string }> {
  const paths = candidatePaths(options);
  const files = paths.join(path.delimiter);
  const configs: Kubeconfig[] = [];
  for (const file of paths) {
    const config = await readKubeconfigFile(file);
    if (config) configs.push(config);
    else if (options.path !== undefined) {
      throw new KubeError('KUBE_KUBECONFIG_MISSING', `cannot read kubeconfig ${file}: there is no such file`);
    }
  }
  if (configs.length === 0 && !options.overrides?.server) throw missingError(paths);
  return { config: mergeKubeconfigs(configs), files };
}

/** A file named twice counts once. */
function candidatePaths({ path: only, env, cwd = '.' }: KubeconfigOptions): readonly string[] {
  if (only !== undefined) return [path.resolve(cwd, only)];
  const listed = (env.KUBECONFIG ?? '').split(path.delimiter).filter((file) => file !== '');
  if (listed.length > 0) return [...new Set(listed.map((file) => path.resolve(cwd, file)))];
  const home = env.HOME || env.USERPROFILE;
  return home ? [path.join(home, '.kube', 'config')] : [];
}

function chooseContext(
  config: Kubeconfig,
  { context: wanted, overrides }: KubeconfigOptions,
  files: string,
): KubeconfigEntry {
  const name = wanted ?? config.currentContext;
  // Whoever names a server or an entry by flag needs no context.
  if (name === undefined && (overrides?.server || overrides?.cluster)) return emptyEntry('context');
  const hint = contextHint(config);
  if (name === undefined) {
    throw new KubeError('KUBE_KUBECONFIG_INVALID', `cannot choose a cluster: ${files} names no current context`, {
      hint,
    });
  }
  const context = config.contexts.get(name);
  if (context) return context;
  const message = `cannot use context ${JSON.stringify(name)}: ${files} has none of that name`;
  throw new KubeError('KUBE_KUBECONFIG_INVALID', message, { hint });
}

function contextHint(config: Kubeconfig): string {
  const names = [...config.contexts.keys()].slice(0, 10).map((name) => JSON.stringify(name));
  return names.length === 0 ? 'use a kubeconfig that has a context' : `name one of the contexts ${names.join(', ')}`;
}

/** The entry that the command line names, else the context; undefined when neither does. */
function findEntry(
  entries: ReadonlyMap<string, KubeconfigEntry>,
  context: KubeconfigEntry,
  { kind, name: wanted }: { readonly kind: 'cluster' | 'user'; readonly name: string | undefined },
): KubeconfigEntry | undefined {
  const name = wanted || context.text(kind);
  if (name === undefined) return undefined;
  const entry = entries.get(name);
  if (!entry) throw context.invalid(`there is no ${kind} ${JSON.stringify(name)}`);
  return entry;
}

function missingError(paths: readonly string[]): KubeError {
  const where = paths.length === 0 ? 'neither KUBECONFIG nor HOME is set' : `no file at ${paths.join(' or ')}`;
  return new KubeError('KUBE_KUBECONFIG_MISSING', `cannot find a kubeconfig: ${where}`, {
    hint: 'name one with --kubeconfig or the variable KUBECONFIG',
  });
}
