/** @module Where a controller may be: the namespaces and Services that are looked at, the likeliest first. */
import { DEFAULT_CONTROLLER_NAMESPACES } from '../../shared/resources/names.ts';
import type { ControllerPlace } from './controller-service.ts';

/** Where the controller is; what is absent is looked for. */
export interface ControllerChoice {
  readonly controllerNamespace?: string;
  readonly controllerName?: string;
}

/** Signet's own Service, in its own namespace and where it has taken over from sealed-secrets. */
export const SIGNET_SERVICES: readonly ControllerPlace[] = DEFAULT_CONTROLLER_NAMESPACES.map((namespace) => ({
  namespace,
  name: 'signet-controller',
}));

/** Those of sealed-secrets, by its manifest and by its Helm chart unless told otherwise. */
export const SEALED_SECRETS_SERVICES: readonly ControllerPlace[] = [
  { namespace: 'kube-system', name: 'sealed-secrets-controller' },
  { namespace: 'kube-system', name: 'sealed-secrets' },
];

const SERVICES = [...SIGNET_SERVICES, ...SEALED_SECRETS_SERVICES];

/** The namespaces that the chosen controller may be in. */
export function namespacesOf({ controllerNamespace }: ControllerChoice): readonly string[] {
  return controllerNamespace === undefined ? DEFAULT_CONTROLLER_NAMESPACES : [controllerNamespace];
}

/** Every Service that may be the chosen controller's. */
export function servicesOf(choice: ControllerChoice): readonly ControllerPlace[] {
  const { controllerNamespace, controllerName } = choice;
  if (controllerNamespace === undefined && controllerName === undefined) return SERVICES;
  const names = new Set(controllerName === undefined ? SERVICES.map(({ name }) => name) : [controllerName]);
  return namespacesOf(choice).flatMap((namespace) => [...names].map((name) => ({ namespace, name })));
}
