/** @module A control plane of its own with Signet's manifests in it, a Git remote, and controllers that run with their ServiceAccount's token. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/connect.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { type ControllerProcess, startControllerProcess } from './controller-process.ts';
import { type GitServer, startGitServer } from './git-server.ts';

const manifests = fileURLToPath(new URL('../../manifests', import.meta.url));
const CONTROLLER_NAMESPACE = 'signet-system';

/** What a controller is started with beyond its place. */
export interface ControllerOptions {
  readonly flags?: readonly string[];
  readonly program?: string;
  readonly nodeFlags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A cluster that one test file, the demo or a benchmark has for itself. */
export interface SignetCluster {
  readonly controlPlane: ControlPlane;
  /** With the rights of an administrator. */
  readonly client: KubeClient;
  readonly git: GitServer;
  /** Private folder, removed by `stop`. */
  readonly folder: string;
  /** Everything that controllers of this cluster have printed. */
  readonly controllerLog: string;
  /** Starts a controller; the caller awaits `ready()` if it matters. */
  startController(options?: ControllerOptions): Promise<ControllerProcess>;
  /** Ends the controllers that still run, then everything else. */
  stop(): Promise<void>;
}

/** Starts control plane and Git remote and installs `manifests/`; `report` receives a line for each. */
export async function startSignetCluster(report: (line: string) => void = () => undefined): Promise<SignetCluster> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    while (undo.length > 0) await undo.pop()?.();
  };
  try {
    return { ...(await startParts(report, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Each part adds to `undo` what ends it; the last one that was started ends first. */
async function startParts(
  report: (line: string) => void,
  undo: (() => Promise<unknown>)[],
): Promise<Omit<SignetCluster, 'stop'>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'signet-cluster-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  report('starting etcd, kube-apiserver and kube-controller-manager');
  const controlPlane = await startControlPlane({ report });
  undo.push(() => controlPlane.stop());
  const client = createKubeClient(await loadKubeconfig({ path: controlPlane.kubeconfigPath, env: {} }));
  undo.push(async () => client.close());
  report(`the API server answers at ${controlPlane.server}`);
  await installManifests(controlPlane);
  report('manifests/ is installed: resource definitions, roles, ServiceAccount, Deployment, Service');
  const git = await startGitServer(path.join(folder, 'remotes'));
  undo.push(() => git.stop());
  const cacheFolder = path.join(folder, 'cache');
  await mkdir(cacheFolder);
  const kubeconfig = await controlPlane.serviceAccountKubeconfig(CONTROLLER_NAMESPACE, 'signet-controller');
  const controllerLog = path.join(folder, 'controller.log');
  return {
    controlPlane,
    client,
    git,
    folder,
    controllerLog,
    startController: async (options = {}) => {
      const place = { kubeconfig, namespace: CONTROLLER_NAMESPACE, cacheFolder, logFile: controllerLog };
      const controller = await startControllerProcess({ ...place, ...options });
      undo.push(() => controller.stop());
      return controller;
    },
  };
}

/** Applies `manifests/` as its readers are told to, and waits until its kinds are served. */
export async function installManifests(
  controlPlane: Pick<ControlPlane, 'kubectlPath' | 'kubeconfigPath'>,
): Promise<void> {
  const kubectl = (...words: readonly string[]) =>
    promisify(execFile)(controlPlane.kubectlPath, ['--kubeconfig', controlPlane.kubeconfigPath, ...words]);
  await kubectl('apply', '--server-side', '-k', manifests);
  await kubectl('wait', '--for=condition=Established', '--timeout=90s', 'crd', '--all');
}
