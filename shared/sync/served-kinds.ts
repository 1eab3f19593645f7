/** @module Finds the types of kinds, asking discovery once per kind for the time of one piece of work. */
import type { KubeDiscovery } from '../kube/client.ts';
import type { ResourceType } from '../kube/resource-type.ts';
import type { InventoryEntry } from '../resources/git-sync.ts';
import { kindKey } from '../sync-plan/custom-kinds.ts';
import { kindNotServed } from './errors.ts';

/** What is served now. Answers, absences included, hold until {@link ServedKinds.forget}. */
export interface ServedKinds {
  /** Exactly this version of the kind, or null. */
  find(apiVersion: string, kind: string): Promise<ResourceType | null>;
  /** As {@link find}. @throws SyncError SYNC_KIND_NOT_SERVED */
  get(apiVersion: string, kind: string): Promise<ResourceType>;
  /** The entry's version of its kind, else any served one, or null. */
  findForEntry(entry: Pick<InventoryEntry, 'group' | 'version' | 'kind'>): Promise<ResourceType | null>;
  /** Asks the server again from now on, as after a definition was applied. */
  forget(): void;
}

/** Kinds as `discovery` knows them. */
export function createServedKinds(discovery: KubeDiscovery): ServedKinds {
  const found = new Map<string, Promise<ResourceType | null>>();
  const remember = (key: string, ask: () => Promise<ResourceType | null>): Promise<ResourceType | null> => {
    const known = found.get(key);
    if (known !== undefined) return known;
    const asked = ask();
    found.set(key, asked);
    // A failure is no answer: the next caller asks again.
    asked.catch(() => found.delete(key));
    return asked;
  };
  const find = (apiVersion: string, kind: string): Promise<ResourceType | null> =>
    remember(`${apiVersion} ${kind}`, () => discovery.findType(apiVersion, kind));
  return {
    find,
    async get(apiVersion, kind) {
      const type = await find(apiVersion, kind);
      if (type === null) throw kindNotServed(apiVersion, kind);
      return type;
    },
    async findForEntry({ group, version, kind }) {
      const exact = await find(group === '' ? version : `${group}/${version}`, kind);
      return exact ?? remember(kindKey(group, kind), () => discovery.findTypeOfGroup(group, kind));
    },
    forget() {
      found.clear();
      discovery.refresh();
    },
  };
}
