/** @module The connection that a Pod has: its service account's token and the cluster's own address. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { bearerHeaders } from './bearer-token.ts';
import type { ClusterConnection } from './connection.ts';
import { KubeError } from './errors.ts';
import { FileText, fileProblem } from './file-text.ts';

/** The variables that the kubelet sets. */
export interface InClusterEnv {
  readonly KUBERNETES_SERVICE_HOST?: string | undefined;
  readonly KUBERNETES_SERVICE_PORT?: string | undefined;
}

const ACCOUNT_FOLDER = 'var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The Pod's connection; null when this is no Pod with a service account. The token is read again each minute. `fsRoot` is
 * what stands for `/`. Throws `KUBE_KUBECONFIG_INVALID` when the account's CA is missing.
 */
export async function inClusterConnection(
  env: InClusterEnv,
  fsRoot = '/',
  now: () => number = Date.now,
): Promise<ClusterConnection | null> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) return null;
  const folder = path.join(fsRoot, ACCOUNT_FOLDER);
  const token = new FileText(path.join(folder, 'token'), now);
  const hasToken = await token.read().then(
    () => true,
    () => false,
  );
  if (!hasToken) return null;
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const namespace = await readFile(path.join(folder, 'namespace'), 'utf8').catch(() => '');
  return {
    server,
    caPem: await readAuthority(path.join(folder, 'ca.crt')),
    namespace: namespace.trim() || 'default',
    credentials: async (options = {}) => {
      const headers = bearerHeaders(await token.read(options.renew === true));
      if (headers) return { headers };
      throw new KubeError('KUBE_KUBECONFIG_INVALID', `cannot use the service account: ${token.path} holds no token`);
    },
    describe: () => `${server} (in-cluster service account)`,
  };
}

async function readAuthority(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const message = `cannot use the service account: ${file}: ${fileProblem(error)}`;
    throw new KubeError('KUBE_KUBECONFIG_INVALID', message);
  }
}
