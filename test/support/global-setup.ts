/** @module One control plane for a whole run of the integration tests, with Signet's own manifests installed. */
import type { TestProject } from 'vitest/node';
import { startControlPlane } from '../control-plane/control-plane.ts';
import { installManifests } from './signet-cluster.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Path of the run's admin kubeconfig. */
    kubeconfig: string;
    /** Path of the pinned kubectl. */
    kubectl: string;
  }
}

/** Starts the control plane, installs `manifests/`, and gives back what stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const controlPlane = await startControlPlane({ report: (line) => process.stderr.write(`${line}\n`) });
  await installManifests(controlPlane);
  project.provide('kubeconfig', controlPlane.kubeconfigPath);
  project.provide('kubectl', controlPlane.kubectlPath);
  return () => controlPlane.stop();
}
