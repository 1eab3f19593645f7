/** @module A cluster that sealed-secrets was installed in, into whose namespace Signet moves: one controller at a time. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/connect.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { type PeerController, startPeerController } from '../peers/peer-controller.ts';
import { type ControllerProcess, startControllerProcess } from './controller-process.ts';
import { installPeerDefinition } from './peer-crd.ts';
import { outputOf } from './run-program.ts';

const MANIFESTS = fileURLToPath(new URL('../../manifests', import.meta.url));

/** Where sealed-secrets' own manifests put its controller. */
export const PEER_NAMESPACE = 'kube-system';

/** The cluster, with the definition of SealedSecrets that sealed-secrets brings. */
export interface PeerCluster {
  readonly controlPlane: ControlPlane;
  /** With the rights of the administrator. */
  readonly client: KubeClient;
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Starts the controller of sealed-secrets. It makes keys only when it has none, or when it is told to. */
  startPeer(flags?: readonly string[]): Promise<PeerController>;
  /** Applies `manifests/` to the namespace of sealed-secrets, with its definition of SealedSecrets or with ours. */
  installSignet(definition: 'theirs' | 'ours'): Promise<void>;
  /** Starts our controller there, and resolves when it is ready. */
  startSignet(flags?: readonly string[]): Promise<ControllerProcess>;
  stop(): Promise<void>;
}

/** Starts it. `peerBinary` is the path of the controller of sealed-secrets. */
export async function startPeerCluster(peerBinary: string): Promise<PeerCluster> {
  const folder = await mkdtemp(path.join(tmpdir(), 'signet-peer-cluster-'));
  const controlPlane = await startControlPlane();
  const client = createKubeClient(await loadKubeconfig({ path: controlPlane.kubeconfigPath, env: {} }));
  await installPeerDefinition(controlPlane);
  const kubectl = (args: readonly string[], input = '') =>
    outputOf(controlPlane.kubectlPath, ['--kubeconfig', controlPlane.kubeconfigPath, ...args], { input });
  const stops: (() => Promise<unknown>)[] = [];
  return {
    controlPlane,
    client,
    kubectl,
    startPeer: async (more = []) => {
      const flags = ['--key-size=2048', '--key-renew-period=0', '--kubeclient-qps=-1', ...more];
      const peer = await startPeerController({
        access: controlPlane,
        binary: peerBinary,
        namespace: PEER_NAMESPACE,
        flags,
      });
      stops.push(() => peer.stop());
      return peer;
    },
    installSignet: async (definition) => {
      const overlay = path.join(folder, definition);
      await mkdir(overlay);
      await writeFile(path.join(overlay, 'kustomization.yaml'), overlayText(overlay, definition));
      await kubectl(['apply', '--server-side', '--force-conflicts', '-k', overlay]);
    },
    startSignet: async (more = []) => {
      const kubeconfig = await controlPlane.serviceAccountKubeconfig(PEER_NAMESPACE, 'signet-controller');
      const controller = await startControllerProcess({
        kubeconfig,
        namespace: PEER_NAMESPACE,
        cacheFolder: folder,
        logFile: path.join(folder, 'controller.log'),
        flags: ['--key-size', '2048', ...more],
      });
      stops.push(() => controller.stop());
      await controller.ready();
      return controller;
    },
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
      client.close();
      await controlPlane.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A kustomization of `manifests/` that moves everything into a namespace that exists. */
function overlayText(overlay: string, definition: 'theirs' | 'ours'): string {
  const left = ['{apiVersion: v1, kind: Namespace, metadata: {name: signet-system}, $patch: delete}'];
  const crd = 'apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition';
  if (definition === 'theirs') left.push(`{${crd}, metadata: {name: sealedsecrets.bitnami.com}, $patch: delete}`);
  return [
    `namespace: ${PEER_NAMESPACE}`,
    `resources: [${JSON.stringify(path.relative(overlay, MANIFESTS))}]`,
    'patches:',
    ...left.map((patch) => `  - patch: ${JSON.stringify(patch)}`),
    '',
  ].join('\n');
}
