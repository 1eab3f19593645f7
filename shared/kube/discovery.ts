/** @module Finds the path and scope of kinds, asking the API server as rarely as the answer stays true. */
import { groupOf, versionOf } from '../resources/object-meta.ts';
import type { KubeDiscovery, KubeKindList } from './client.ts';
import {
  ACCEPT_DISCOVERY,
  readGroups,
  readResourceList,
  type ServedGroups,
  type ServedVersion,
} from './discovery-document.ts';
import { isKubeError, KubeError } from './errors.ts';
import { decodeBody } from './object-json.ts';
import { apiVersionOf, type ResourceType } from './resource-type.ts';
import type { Sender } from './sender.ts';

/** After this time even a known kind is asked for again: a CRD may have been replaced by one of another scope. */
const MAX_AGE_MS = 5 * 60_000;
/** An unknown kind is asked for at most this often, however many objects name it. */
const MISS_INTERVAL_MS = 1_000;
/** A document of all kinds has some KiB for each. */
const MAX_BYTES = 64 * 1024 * 1024;

interface Fetched {
  readonly groups: ServedGroups;
  readonly atMs: number;
  /** Plain documents list kinds version by version; filled as they are asked for. */
  readonly listed: Map<string, Promise<ReadonlyMap<string, ResourceType>>>;
}

/** The core group and the named groups are two documents of the server; each is fetched when a kind of it is asked for. */
export class Discovery implements KubeDiscovery, KubeKindList {
  readonly #sender: Sender;
  readonly #now: () => number;
  readonly #documents = new Map<'/api' | '/apis', Promise<Fetched>>();

  constructor(sender: Sender, now: () => number) {
    this.#sender = sender;
    this.#now = now;
  }

  findType(apiVersion: string, kind: string): Promise<ResourceType | null> {
    const group = groupOf(apiVersion);
    const version = versionOf(apiVersion);
    return this.#find(group, kind, (served) => served.version === version);
  }

  findTypeOfGroup(group: string, kind: string): Promise<ResourceType | null> {
    return this.#find(group, kind, () => true);
  }

  async listNamespacedTypes(): Promise<readonly ResourceType[]> {
    const fetched = await Promise.all([this.#fetch('/api', MISS_INTERVAL_MS), this.#fetch('/apis', MISS_INTERVAL_MS)]);
    const types = new Map<string, ResourceType>();
    for (const document of fetched) {
      for (const served of [...document.groups.values()].flat()) {
        assertComplete([served]);
        const kinds = served.kinds ?? (await this.#listKinds(document, served));
        for (const type of kinds.values()) {
          const key = `${type.group}/${type.kind}`;
          if (type.namespaced && !types.has(key)) types.set(key, type);
        }
      }
    }
    return [...types.values()];
  }

  refresh(): void {
    this.#documents.clear();
  }

  /** A hit stands until it is old; a miss is believed only when the server was asked a moment ago. */
  async #find(group: string, kind: string, isWanted: (served: ServedVersion) => boolean): Promise<ResourceType | null> {
    const path = group === '' ? '/api' : '/apis';
    const known = await this.#fetch(path, MAX_AGE_MS);
    const hit = await this.#lookUp(known, group, kind, isWanted);
    if (hit) return hit;
    const fresh = await this.#fetch(path, MISS_INTERVAL_MS);
    const found = fresh === known ? null : await this.#lookUp(fresh, group, kind, isWanted);
    if (found) return found;
    assertComplete((fresh.groups.get(group) ?? []).filter(isWanted));
    return null;
  }

  async #lookUp(
    fetched: Fetched,
    group: string,
    kind: string,
    isWanted: (served: ServedVersion) => boolean,
  ): Promise<ResourceType | null> {
    for (const served of (fetched.groups.get(group) ?? []).filter(isWanted)) {
      const kinds = served.kinds ?? (await this.#listKinds(fetched, served));
      const type = kinds.get(kind);
      if (type) return type;
    }
    return null;
  }

  /** The document, fetched anew when it is older than `maxAgeMs`; callers at the same time share one request. */
  async #fetch(path: '/api' | '/apis', maxAgeMs: number): Promise<Fetched> {
    const pending = this.#documents.get(path);
    const fetched = await pending;
    if (fetched && this.#now() - fetched.atMs < maxAgeMs) return fetched;
    const current = this.#documents.get(path);
    if (current !== undefined && current !== pending) return current;
    const request = this.#request(path);
    this.#documents.set(path, request);
    // A failure is not kept: the next caller asks again.
    request.catch(() => this.#documents.get(path) === request && this.#documents.delete(path));
    return request;
  }

  async #request(path: string): Promise<Fetched> {
    const atMs = this.#now();
    const document = await this.#get(path, ACCEPT_DISCOVERY);
    return { groups: readGroups(document), atMs, listed: new Map() };
  }

  #listKinds(fetched: Fetched, served: ServedVersion): Promise<ReadonlyMap<string, ResourceType>> {
    const { group, version } = served;
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const known = fetched.listed.get(path);
    if (known !== undefined) return known;
    const listing = this.#get(path, 'application/json').then(
      (document) => readResourceList(document, group, version),
      (error) => {
        fetched.listed.delete(path);
        if (isKubeError(error, 'KUBE_NOT_FOUND')) return new Map<string, ResourceType>();
        throw error;
      },
    );
    fetched.listed.set(path, listing);
    return listing;
  }

  async #get(path: string, accept: string): Promise<Record<string, unknown>> {
    const headers = { accept };
    const request = { method: 'GET', path, headers, replay: 'read', large: true, maxBytes: MAX_BYTES } as const;
    return decodeBody((await this.#sender.send({ verb: 'discover' }, request)).body);
  }
}

/** "Not served" would be a guess while the server behind a version is down. */
function assertComplete(served: readonly ServedVersion[]): void {
  const stale = served.find((version) => version.isStale);
  if (!stale) return;
  const apiVersion = apiVersionOf({ ...stale, kind: '', plural: '', namespaced: false });
  throw new KubeError('KUBE_SERVER_ERROR', `cannot find the kinds of ${apiVersion}: its server does not answer`);
}
