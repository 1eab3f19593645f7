/** @module What a kubeconfig says of a credential program, and what that program is told. */
import path from 'node:path';
import { encodeBase64 } from '../encoding/base64.ts';
import { encodeUtf8 } from '../encoding/bytes.ts';
import { isMap } from '../encoding/value-kind.ts';
import type { ClusterFacts } from './kubeconfig-cluster.ts';
import { KubeconfigEntry } from './kubeconfig-entry.ts';

/** One credential program. */
export interface ExecPlugin {
  readonly apiVersion: string;
  /** A path that contains a separator is relative to the kubeconfig's folder; a bare name is looked for in PATH. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint: string | undefined;
  readonly provideClusterInfo: boolean;
}

/** The program of `user`; undefined when it has none. Throws `KUBE_KUBECONFIG_INVALID`. */
export function readExec(user: KubeconfigEntry): ExecPlugin | undefined {
  const fields = user.record('exec');
  if (!fields) return undefined;
  const exec = new KubeconfigEntry('user', user.name, user.file, fields);
  const command = exec.text('command');
  if (command === undefined) throw user.invalid('exec has no command');
  if (exec.text('interactiveMode') === 'Always') {
    throw user.invalid(
      'its program wants a terminal, which it cannot be given',
      'log in with the program by hand first',
    );
  }
  return {
    apiVersion: exec.text('apiVersion') ?? 'client.authentication.k8s.io/v1',
    command: /[/\\]/.test(command) ? path.resolve(path.dirname(user.file), command) : command,
    args: exec.texts('args'),
    env: readEnv(user, fields['env']),
    installHint: exec.text('installHint'),
    provideClusterInfo: exec.flag('provideClusterInfo'),
  };
}

/** The text of KUBERNETES_EXEC_INFO, which tells the program what it is asked for. */
export function execInfo(exec: ExecPlugin, cluster: ClusterFacts): string {
  const about = exec.provideClusterInfo ? { cluster: clusterInfo(cluster) } : {};
  return JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion,
    spec: { ...about, interactive: false },
  });
}

function clusterInfo(cluster: ClusterFacts): Record<string, unknown> {
  return {
    server: cluster.server,
    ...(cluster.tlsServerName === undefined ? {} : { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.insecureSkipTlsVerify === true ? { 'insecure-skip-tls-verify': true } : {}),
    ...(cluster.caPem === undefined ? {} : { 'certificate-authority-data': encodeBase64(encodeUtf8(cluster.caPem)) }),
    ...(cluster.proxyUrl === undefined ? {} : { 'proxy-url': cluster.proxyUrl }),
  };
}

function readEnv(user: KubeconfigEntry, value: unknown): ExecPlugin['env'] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw user.invalid('exec.env is not a list');
  return value.map((entry: unknown) => {
    if (!isMap(entry) || typeof entry['name'] !== 'string' || typeof entry['value'] !== 'string') {
      throw user.invalid('exec.env has an entry without name and value');
    }
    return { name: entry['name'], value: entry['value'] };
  });
}
