/**
 * @module Starts a real Kubernetes control plane for tests, demos and benchmarks: etcd, kube-apiserver and
 * kube-controller-manager on loopback, in a private folder, under a supervisor that outlives nobody.
 */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { type ApiAccess, callApi } from './api-request.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { startControllerManager } from './controller-manager.ts';
import { makeCredentials } from './credentials.ts';
import { type MachineEnvironment, readEnvironment } from './environment.ts';
import { ControlPlaneError } from './errors.ts';
import { dumpEtcd, startEtcd } from './etcd.ts';
import { type ControlPlanePaths, findControlPlaneBinaries } from './find-binary.ts';
import { writeKubeconfig } from './kubeconfig-file.ts';
import { type Supervisor, startSupervisor } from './supervisor.ts';
import { sweepLeftovers } from './sweep-leftovers.ts';

/** A running control plane. */
export interface ControlPlane extends ApiAccess {
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** PEM of the API server's serving certificate and the authority that signed it. */
  readonly caPem: string;
  /** Bearer token of the administrator (`system:masters`). */
  readonly adminToken: string;
  /** Private folder (mode 0700) with state, logs (`<program>.log`) and kubeconfigs; `stop` removes it. */
  readonly directory: string;
  /** Kubeconfig of the administrator, with everything embedded. */
  readonly kubeconfigPath: string;
  /** A kubectl of the same version as the server. */
  readonly kubectlPath: string;
  /** Path of a new kubeconfig that acts as ServiceAccount `name` through a token valid for a week; it must exist. */
  serviceAccountKubeconfig(namespace: string, name: string): Promise<string>;
  /** The API server alone, to take it away for a while. */
  readonly apiServer: Pick<ApiServer, 'stop' | 'start'>;
  /** Every key and value that etcd holds now, as they are stored. */
  etcdDump(): Promise<Map<string, Buffer>>;
  /** Kills everything and removes the folder; may be called twice. Not calling it only delays that to our own end. */
  stop(): Promise<void>;
}

/** How to start one. */
export interface ControlPlaneOptions {
  /** Receives one line for each download, build and fallback; default: nobody. */
  readonly report?: (line: string) => void;
  /** Default: that of this process. */
  readonly environment?: MachineEnvironment;
}

const ATTEMPTS = 5;
const TOKEN_SECONDS = 7 * 24 * 60 * 60;

/**
 * Brings the programs if they are missing (minutes, once) and starts them (seconds). Any number may run at once.
 * @throws ControlPlaneError with one sentence of what is missing or failed.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { report = () => undefined, environment = readEnvironment() } = options;
  const paths = await findControlPlaneBinaries({ environment, report });
  await sweepLeftovers(environment.temporaryFolder);
  for (let attempt = 1; ; attempt += 1) {
    const supervisor = await startSupervisor(environment);
    try {
      return await startPrograms(supervisor, paths);
    } catch (error) {
      await supervisor.end();
      const portTaken = error instanceof ControlPlaneError && error.code === 'CONTROL_PLANE_PORT_TAKEN';
      if (!portTaken || attempt === ATTEMPTS) throw error;
    }
  }
}

async function startPrograms(supervisor: Supervisor, paths: ControlPlanePaths): Promise<ControlPlane> {
  const { directory } = supervisor;
  const credentials = await makeCredentials(directory);
  const etcdUrl = await startEtcd(supervisor, paths.etcd);
  const apiServer = await startApiServer(supervisor, { binary: paths['kube-apiserver'], etcdUrl, credentials });
  const { access } = apiServer;
  const kubeconfigPath = path.join(directory, 'admin.kubeconfig');
  await writeKubeconfig(kubeconfigPath, { ...access, token: access.adminToken });
  await startControllerManager(supervisor, {
    binary: paths['kube-controller-manager'],
    access,
    kubeconfigPath,
    serviceAccountKeyFile: credentials.serviceAccountKeyFile,
  });
  return {
    ...access,
    apiServer,
    directory,
    kubeconfigPath,
    kubectlPath: paths.kubectl,
    serviceAccountKubeconfig: async (namespace, name) => {
      const token = await requestToken(access, namespace, name);
      const file = path.join(directory, `service-account-${randomUUID()}.kubeconfig`);
      await writeKubeconfig(file, { ...access, token, namespace });
      return file;
    },
    etcdDump: () => dumpEtcd(etcdUrl),
    stop: () => supervisor.end(),
  };
}

/** A token of ServiceAccount `namespace`/`name` that is valid for a week. */
export async function requestToken(access: ApiAccess, namespace: string, name: string): Promise<string> {
  const { body } = await callApi(access, {
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    body: { spec: { expirationSeconds: TOKEN_SECONDS } },
  });
  return body.status.token;
}
