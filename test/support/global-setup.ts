/** @module One control plane for a whole run of the integration tests, with Signet's own manifests installed. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { startControlPlane } from '../control-plane/control-plane.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Path of the run's admin kubeconfig. */
    kubeconfig: string;
    /** Path of the pinned kubectl. */
    kubectl: string;
  }
}

const manifests = fileURLToPath(new URL('../../manifests', import.meta.url));

/** Starts the control plane, installs `manifests/`, and gives back what stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const controlPlane = await startControlPlane({ report: (line) => process.stderr.write(`${line}\n`) });
  const kubectl = [controlPlane.kubectlPath, '--kubeconfig', controlPlane.kubeconfigPath] as const;
  const [program, ...fixed] = kubectl;
  await promisify(execFile)(program, [...fixed, 'apply', '--server-side', '-k', manifests]);
  project.provide('kubeconfig', controlPlane.kubeconfigPath);
  project.provide('kubectl', controlPlane.kubectlPath);
  return () => controlPlane.stop();
}
