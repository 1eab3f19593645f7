/** @module The namespace of the kubeconfig's context, for objects that name none. Nothing is sent to the cluster. */
import { isKubeError } from '../../shared/kube/errors.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import type { Io } from '../terminal/io.ts';

/** A namespace and where it stands. */
export interface ContextNamespace {
  readonly namespace: string;
  /** For messages: address, context and file. */
  readonly origin: string;
}

/**
 * The namespace of the chosen context, `default` when it names none; null when there is no kubeconfig and none was named.
 * @throws KubeError `KUBE_KUBECONFIG_INVALID`, and `KUBE_KUBECONFIG_MISSING` for one that was named.
 */
export async function readContextNamespace(
  io: Pick<Io, 'env' | 'cwd'>,
  choice: { readonly kubeconfig?: string; readonly context?: string },
): Promise<ContextNamespace | null> {
  const { kubeconfig: path, context } = choice;
  try {
    const connection = await loadKubeconfig({
      env: io.env,
      cwd: io.cwd,
      ...(path === undefined ? {} : { path }),
      ...(context === undefined ? {} : { context }),
    });
    return { namespace: connection.namespace, origin: connection.describe() };
  } catch (error) {
    const isAbsent = isKubeError(error, 'KUBE_KUBECONFIG_MISSING') && path === undefined && context === undefined;
    if (isAbsent) return null;
    throw error;
  }
}
