/**
 * @module Credentials from the programs and providers that a kubeconfig names (`exec`, `auth-provider`). Running them is
 * left to @kubernetes/client-node, which is loaded here and nowhere else.
 */
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Credentials } from './connection.ts';
import { KubeError } from './errors.ts';
import { execInfo, readExec } from './exec-plugin.ts';
import type { ClusterFacts } from './kubeconfig-cluster.ts';
import type { KubeconfigEntry } from './kubeconfig-entry.ts';

/** The package decides whether a credential has expired; asking it for every request would be dear. */
const MAX_AGE_MS = 10_000;
const MAX_MESSAGE = 300;

/** A source of `user`'s credentials. Calls at the same time share one run. */
export function createPluginCredentials(
  user: KubeconfigEntry,
  cluster: ClusterFacts,
  now: () => number,
): (renew: boolean) => Promise<Credentials> {
  const options = toOptions(user, cluster);
  let config: Promise<KubeConfig> | undefined;
  let latest: { readonly credentials: Promise<Credentials>; readonly atMs: number } | undefined;
  const fetchCredentials = async (renew: boolean): Promise<Credentials> => {
    // What the package remembers lives in its object.
    if (renew) config = undefined;
    config ??= loadClientNode(options);
    return askPlugin(await config, user);
  };
  return (renew) => {
    if (latest && !renew && now() - latest.atMs < MAX_AGE_MS) return latest.credentials;
    const current = { credentials: fetchCredentials(renew), atMs: now() };
    latest = current;
    current.credentials.catch(() => {
      if (latest === current) latest = undefined;
    });
    return current.credentials;
  };
}

async function loadClientNode(options: unknown): Promise<KubeConfig> {
  const { KubeConfig: Loaded } = await import('@kubernetes/client-node');
  const config = new Loaded();
  config.loadFromOptions(options);
  return config;
}

/** Cluster and user in the package's shape; the user's other fields are ours. */
function toOptions(user: KubeconfigEntry, cluster: ClusterFacts): unknown {
  const provider = user.record('auth-provider');
  const exec = readExec(user);
  return {
    clusters: [{ name: 'cluster', server: cluster.server, skipTLSVerify: cluster.insecureSkipTlsVerify === true }],
    users: [
      {
        name: 'user',
        ...(provider ? { authProvider: structuredClone(provider) } : {}),
        ...(exec
          ? { exec: { ...exec, env: [...exec.env, { name: 'KUBERNETES_EXEC_INFO', value: execInfo(exec, cluster) }] } }
          : {}),
      },
    ],
    contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
    currentContext: 'context',
  };
}

async function askPlugin(config: KubeConfig, user: KubeconfigEntry): Promise<Credentials> {
  const options: RequestOptions = { headers: {} };
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw pluginError(user, error);
  }
  const headers = options.headers as Record<string, unknown>;
  const authorization = headers['Authorization'];
  const { cert, key } = options;
  return {
    headers: typeof authorization === 'string' ? { authorization } : {},
    ...(cert && key ? { clientCertPem: String(cert), clientKeyPem: String(key) } : {}),
  };
}

/** A failed parse quotes what the program printed, which is a credential: only what it wrote to stderr may be shown. */
function pluginError(user: KubeconfigEntry, error: unknown): KubeError {
  const exec = readExec(user);
  const from = `cannot get credentials of user ${JSON.stringify(user.name)} of ${user.file}`;
  if (!exec) return new KubeError('KUBE_UNAUTHORIZED', `${from}: its auth-provider failed`);
  const command = JSON.stringify(exec.command);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'EACCES') {
    const hint = exec.installHint ?? `install the program ${command}`;
    return new KubeError('KUBE_KUBECONFIG_INVALID', `${from}: the program ${command} cannot be run`, { hint });
  }
  const isOwnWords = error instanceof Error && error.constructor === Error;
  const said = isOwnWords ? error.message.replace(/\s+/g, ' ').trim().slice(0, MAX_MESSAGE) : '';
  const problem = isOwnWords ? `failed${said === '' ? '' : `: ${said}`}` : 'gave no credential';
  return new KubeError('KUBE_UNAUTHORIZED', `${from}: the program ${command} ${problem}`);
}
