/** @module Reads the API server's discovery documents, aggregated and plain. */
import { isMap, textOf } from '../encoding/value-kind.ts';
import type { ResourceType } from './resource-type.ts';

/** `Accept` of the documents of all groups; servers that cannot aggregate answer with the plain ones. */
export const ACCEPT_DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** One version of a group. `kinds` is null where the document does not list them. */
export interface ServedVersion {
  readonly group: string;
  readonly version: string;
  readonly kinds: ReadonlyMap<string, ResourceType> | null;
  /** The server behind this version did not answer the API server lately, so `kinds` may lack some. */
  readonly isStale: boolean;
}

/** Versions by group name, each list in the server's order of preference. */
export type ServedGroups = ReadonlyMap<string, readonly ServedVersion[]>;

/** Reads an APIGroupDiscoveryList, APIGroupList or APIVersions document; entries it cannot read are left out. */
export function readGroups(document: Readonly<Record<string, unknown>>): ServedGroups {
  if (Array.isArray(document['versions'])) {
    // The core group's plain document names versions only.
    const versions = document['versions'].filter((version) => typeof version === 'string');
    return new Map([['', versions.map((version) => unlisted('', version))]]);
  }
  const isAggregated = document['kind'] === 'APIGroupDiscoveryList';
  const entries = recordsOf(document[isAggregated ? 'items' : 'groups']);
  return new Map(entries.map((entry) => (isAggregated ? readAggregated(entry) : readPlainGroup(entry))));
}

/** Kinds of a plain APIResourceList, which lists one version; subresources are left out. */
export function readResourceList(
  document: Readonly<Record<string, unknown>>,
  group: string,
  version: string,
): ReadonlyMap<string, ResourceType> {
  const kinds = new Map<string, ResourceType>();
  for (const resource of recordsOf(document['resources'])) {
    const plural = textOf(resource['name']);
    const kind = textOf(resource['kind']);
    if (plural.includes('/') || plural === '' || kind === '' || kinds.has(kind)) continue;
    kinds.set(kind, { group, version, kind, plural, namespaced: resource['namespaced'] === true });
  }
  return kinds;
}

function readAggregated(entry: Record<string, unknown>): [string, readonly ServedVersion[]] {
  const group = isMap(entry['metadata']) ? textOf(entry['metadata']['name']) : '';
  const versions = recordsOf(entry['versions']).map((version) => ({
    group,
    version: textOf(version['version']),
    kinds: readAggregatedKinds(version, group),
    isStale: version['freshness'] === 'Stale',
  }));
  return [group, versions];
}

function readAggregatedKinds(entry: Record<string, unknown>, group: string): ReadonlyMap<string, ResourceType> {
  const version = textOf(entry['version']);
  const kinds = new Map<string, ResourceType>();
  for (const resource of recordsOf(entry['resources'])) {
    const plural = textOf(resource['resource']);
    const kind = isMap(resource['responseKind']) ? textOf(resource['responseKind']['kind']) : '';
    if (plural === '' || kind === '' || kinds.has(kind)) continue;
    kinds.set(kind, { group, version, kind, plural, namespaced: resource['scope'] === 'Namespaced' });
  }
  return kinds;
}

function readPlainGroup(entry: Record<string, unknown>): [string, readonly ServedVersion[]] {
  const group = textOf(entry['name']);
  const preferred = isMap(entry['preferredVersion']) ? textOf(entry['preferredVersion']['version']) : '';
  const versions = recordsOf(entry['versions']).map((version) => textOf(version['version']));
  const ordered = [...versions.filter((name) => name === preferred), ...versions.filter((name) => name !== preferred)];
  return [group, ordered.map((version) => unlisted(group, version))];
}

function unlisted(group: string, version: string): ServedVersion {
  return { group, version, kinds: null, isStale: false };
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isMap) : [];
}
