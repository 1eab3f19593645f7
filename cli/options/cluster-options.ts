/** @module Which cluster a verb talks to, and where its controller is. */
import type { Command } from 'commander';

/** Choice of the cluster; what is absent comes from kubectl's own rules. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Choice of the controller by where it runs; absent: it is looked for. */
export interface ControllerNamespaceOptions extends ClusterOptions {
  readonly controllerNamespace?: string;
}

/** Choice of the controller; absent: it is looked for. */
export interface ControllerOptions extends ControllerNamespaceOptions {
  readonly controllerName?: string;
}

/** Declares `--kubeconfig` and `--context`. */
export function addClusterOptions(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig to use; default: KUBECONFIG, then ~/.kube/config')
    .option('--context <name>', 'context of the kubeconfig; default: its current one');
}

/** Declares `--controller-namespace`, after {@link addClusterOptions}. */
export function addControllerNamespaceOptions(
  command: Command,
  help = 'where the controller runs; default: signet-system, then kube-system',
): Command {
  return addClusterOptions(command).option('--controller-namespace <namespace>', help);
}

/** Declares `--controller-name`, after {@link addControllerNamespaceOptions}. */
export function addControllerOptions(command: Command): Command {
  return addControllerNamespaceOptions(command).option(
    '--controller-name <service>',
    "the controller's Service; default: signet-controller, then those of sealed-secrets",
  );
}
