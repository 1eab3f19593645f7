/**
 * @module Runs a program against a control plane of the tests as if it ran in a Pod: with the variables and the files of a
 * service account, which lie at fixed paths and so get a mount namespace of their own.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ApiAccess } from '../control-plane/api-request.ts';
import { findOnPath, type MachineEnvironment, readEnvironment } from '../control-plane/environment.ts';
import type { ManagedProcess, Supervisor } from '../control-plane/supervisor.ts';

/** What runs, and as whom. */
export interface InClusterProgram {
  readonly name: string;
  readonly access: ApiAccess;
  /** Namespace of the service account. */
  readonly namespace: string;
  /** The account's token. */
  readonly token: string;
  /** Path of the program, and its arguments. */
  readonly words: readonly string[];
  /** Beside those of every Pod. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Default: that of this process. */
  readonly environment?: MachineEnvironment;
}

/**
 * The folder that holds the fixed paths is covered by a tmpfs which only this process sees. Arguments: folder with the
 * files, program, flags of the program.
 */
const ENTER_CLUSTER = `
set -eu
token=$(cat "$1/token"); ca=$(cat "$1/ca.crt"); namespace=$(cat "$1/namespace"); shift
run=$(readlink -f /var/run)
mount -t tmpfs -o mode=700 tmpfs "$run"
account="$run/secrets/kubernetes.io/serviceaccount"
mkdir -p "$account"
printf %s "$token" > "$account/token"
printf '%s\\n' "$ca" > "$account/ca.crt"
printf %s "$namespace" > "$account/namespace"
if command -v setpriv > /dev/null; then exec setpriv --pdeathsig KILL -- "$@"; fi
exec "$@"
`;

/** Starts it under `supervisor`. */
export async function runInCluster(supervisor: Supervisor, program: InClusterProgram): Promise<ManagedProcess> {
  const { name, access, words, variables, environment = readEnvironment() } = program;
  const server = new URL(access.server);
  const account = path.join(supervisor.directory, `account-${name}`);
  await mkdir(account, { mode: 0o700, recursive: true });
  await writeFile(path.join(account, 'token'), program.token, { mode: 0o600 });
  await writeFile(path.join(account, 'ca.crt'), access.caPem);
  await writeFile(path.join(account, 'namespace'), program.namespace);
  return supervisor.run({
    name,
    command: 'unshare',
    args: ['-rm', 'sh', '-c', ENTER_CLUSTER, 'sh', account, ...words],
    env: {
      PATH: environment.variables['PATH'],
      KUBERNETES_SERVICE_HOST: server.hostname,
      KUBERNETES_SERVICE_PORT: server.port,
      ...variables,
    },
  });
}

/** Why this machine cannot run `what` as if in a Pod; undefined when it can. */
export async function findNamespaceObstacle(
  environment: MachineEnvironment,
  what: string,
): Promise<string | undefined> {
  const unshare = findOnPath('unshare', environment.variables);
  if (unshare === undefined) return `${what} runs outside a cluster only with unshare, of util-linux`;
  try {
    await promisify(execFile)(unshare, ['-rm', 'true']);
    return undefined;
  } catch {
    return `this machine does not let its users make mount namespaces (unshare -rm), which ${what} needs`;
  }
}
