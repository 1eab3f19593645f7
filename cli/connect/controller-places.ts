/** @module Where a controller may be: the namespaces and Services that are looked at, the likeliest first. */
import { DEFAULT_CONTROLLER_NAMESPACES } from '../../shared/resources/names.ts';
import type { ControllerPlace } from './controller-service.ts';

/** Where the controller is; what is absent is looked for. */
export interface ControllerChoice {
  readonly controllerNamespace?: string;
  readonly controllerName?: string;
}

const SERVICES: readonly ControllerPlace[] = [
  { namespace: 'signet-system', name: 'signet-controller' },
  { namespace: 'kube-system', name: 'sealed-secrets-controller' },
  // The name that sealed-secrets' Helm chart gives unless told otherwise.
  { namespace: 'kube-system', name: 'sealed-secrets' },
];

/** The namespaces that the chosen controller may be in. */
export function namespacesOf({ controllerNamespace }: ControllerChoice): readonly string[] {
  return controllerNamespace === undefined ? DEFAULT_CONTROLLER_NAMESPACES : [controllerNamespace];
}

/** Every Service that may be the chosen controller's. */
export function servicesOf(choice: ControllerChoice): readonly ControllerPlace[] {
  const { controllerNamespace, controllerName } = choice;
  if (controllerNamespace === undefined && controllerName === undefined) return SERVICES;
  const names = controllerName === undefined ? SERVICES.map(({ name }) => name) : [controllerName];
  return namespacesOf(choice).flatMap((namespace) => names.map((name) => ({ namespace, name })));
}
