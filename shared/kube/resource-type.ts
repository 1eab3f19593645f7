/** @module Which path of the API an object lives under, and the kinds whose path is known beforehand. */
import { groupOf, versionOf } from '../resources/object-meta.ts';

/** One served kind. `group` is empty for the core group; `plural` is the path segment. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The `apiVersion` text of objects of `type`. */
export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

function define(apiVersion: string, kind: string, plural: string, namespaced: boolean): ResourceType {
  return Object.freeze({ group: groupOf(apiVersion), version: versionOf(apiVersion), kind, plural, namespaced });
}

/** core/v1 Secret. */
export const SECRETS = define('v1', 'Secret', 'secrets', true);
/** core/v1 ConfigMap. */
export const CONFIG_MAPS = define('v1', 'ConfigMap', 'configmaps', true);
/** core/v1 Event. */
export const EVENTS = define('v1', 'Event', 'events', true);
/** core/v1 Namespace. */
export const NAMESPACES = define('v1', 'Namespace', 'namespaces', false);
/** core/v1 ServiceAccount. */
export const SERVICE_ACCOUNTS = define('v1', 'ServiceAccount', 'serviceaccounts', true);
/** core/v1 Service. */
export const SERVICES = define('v1', 'Service', 'services', true);
/** apiextensions.k8s.io/v1 CustomResourceDefinition. */
export const CUSTOM_RESOURCE_DEFINITIONS = define(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  false,
);
/** bitnami.com/v1alpha1 SealedSecret. */
export const SEALED_SECRETS = define('bitnami.com/v1alpha1', 'SealedSecret', 'sealedsecrets', true);
/** signet.dev/v1alpha1 GitSync. */
export const GIT_SYNCS = define('signet.dev/v1alpha1', 'GitSync', 'gitsyncs', true);
/** signet.dev/v1alpha1 Inventory. */
export const INVENTORIES = define('signet.dev/v1alpha1', 'Inventory', 'inventories', true);
