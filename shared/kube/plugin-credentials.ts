/**
 * @module Credentials from the programs and providers that a kubeconfig names (`exec`, `auth-provider`). Running them is
 * left to @kubernetes/client-node, which is loaded here and nowhere else.
 */
import type { RequestOptions } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Credentials } from './connection.ts';
import { KubeError } from './errors.ts';
import { execInfo, readExec } from './exec-plugin.ts';
import type { ClusterFacts } from './kubeconfig-cluster.ts';
import type { KubeconfigEntry } from './kubeconfig-entry.ts';

/** The package decides whether a credential has expired; asking it for every request would be dear. */
const MAX_AGE_MS = 10_000;
/** Some programs wait for a person, and themselves give up after three minutes. */
const MAX_RUN_MS = 200_000;
const MAX_MESSAGE = 300;

/** One answer of the package, or the wait for it. */
interface Run {
  readonly credentials: Promise<Credentials>;
  readonly startedAtMs: number;
  readonly renews: boolean;
  isRunning: boolean;
}

/**
 * A source of `user`'s credentials. Whoever asks during a run shares it, but for who wants fresh ones while it is no renewal. A run that takes
 * longer than `maxRunMs` has failed.
 */
export function createPluginCredentials(
  user: KubeconfigEntry,
  cluster: ClusterFacts,
  now: () => number,
  maxRunMs = MAX_RUN_MS,
): (renew: boolean) => Promise<Credentials> {
  const options = toOptions(user, cluster);
  let config: Promise<KubeConfig> | undefined;
  let latest: Run | undefined;
  const fetchCredentials = async (renew: boolean): Promise<Credentials> => {
    // What the package remembers lives in its object.
    if (renew) config = undefined;
    config ??= loadClientNode(options);
    return withinTime(askPlugin(await config, user), user, maxRunMs);
  };
  return (renew) => {
    if (latest && serves(latest, renew, now())) return latest.credentials;
    const run: Run = { credentials: fetchCredentials(renew), startedAtMs: now(), renews: renew, isRunning: true };
    latest = run;
    run.credentials.then(
      () => {
        run.isRunning = false;
      },
      () => {
        if (latest === run) latest = undefined;
      },
    );
    return run.credentials;
  };
}

function serves(run: Run, renew: boolean, nowMs: number): boolean {
  if (run.isRunning) return run.renews || !renew;
  return !renew && nowMs - run.startedAtMs < MAX_AGE_MS;
}

async function withinTime<T>(run: Promise<T>, user: KubeconfigEntry, maxRunMs: number): Promise<T> {
  const timer = new AbortController();
  const late = delay(maxRunMs, undefined, { signal: timer.signal }).then(() => {
    throw new KubeError('KUBE_UNAUTHORIZED', `${failureOf(user)}: no answer within ${maxRunMs / 1_000} s`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([run, late]);
  } finally {
    timer.abort();
  }
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

function failureOf(user: KubeconfigEntry): string {
  return `cannot get credentials of user ${JSON.stringify(user.name)} of ${user.file}`;
}

/** A failed parse quotes what the program printed, which is a credential: only what it wrote to stderr may be shown. */
function pluginError(user: KubeconfigEntry, error: unknown): KubeError {
  const exec = readExec(user);
  const from = failureOf(user);
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
