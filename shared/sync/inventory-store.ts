/** @module Keeps each inventory as an object beside its GitSync. Signet is its only author; edits by others are overwritten. */
import { canonicalJson } from '../encoding/json.ts';
import type { KubeReader, KubeWriter } from '../kube/client.ts';
import { isKubeError } from '../kube/errors.ts';
import { INVENTORIES } from '../kube/resource-type.ts';
import type { Inventory, InventoryEntry } from '../resources/git-sync.ts';
import { CONTROLLER_FIELD_MANAGER, INVENTORY_KIND, SIGNET_API_VERSION } from '../resources/names.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import { readOwnedObjects, toInventoryEntries } from '../sync-plan/inventory.ts';
import { SyncError } from './errors.ts';
import { InventoryBook } from './inventory-book.ts';

/** The cluster stores objects of at most 1.5 MiB, bookkeeping included. */
const MAX_BYTES = 1_300_000;
/** Digest, uid and resourceVersion of one entry. */
const PROOF_BYTES = 160;
/** A thousand take the server a quarter of a second. */
const QUICK_ENTRIES = 200;
/** How long a difference that only costs a restart some requests may wait. */
const SAVE_VERSIONS_AFTER_MS = 5 * 60_000;

/** One inventory in memory, and what is known of the object that holds it. */
export interface StoredInventory {
  /** Of the GitSync, and of its Inventory. */
  readonly request: { readonly namespace: string; readonly name: string };
  book: InventoryBook;
  /** False until the stored Inventory was read. */
  isLoaded: boolean;
  /** resourceVersion of the stored Inventory; null when there is none. */
  inventoryVersion: string | null;
  inventorySavedAtMs: number;
  /** Address of the API server that has the objects; empty for the one that has the Inventory. */
  cluster: string;
}

/** The Inventory of `request`, before it is loaded. */
export function unloadedInventory(request: StoredInventory['request']): StoredInventory {
  return {
    request,
    book: new InventoryBook(),
    isLoaded: false,
    inventoryVersion: null,
    inventorySavedAtMs: 0,
    cluster: '',
  };
}

/** Reads and writes Inventories. Each method throws KubeError. */
export class InventoryStore {
  readonly #client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'create' | 'replace' | 'delete'>;
  readonly #nowMs: () => number;

  constructor(
    client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'create' | 'replace' | 'delete'>,
    nowMs: () => number,
  ) {
    this.#client = client;
    this.#nowMs = nowMs;
  }

  /** Reads the stored Inventory into `state`, once. */
  async load(state: StoredInventory): Promise<void> {
    if (state.isLoaded) return;
    const stored = (await this.#client.get(INVENTORIES, state.request)) as Inventory | null;
    state.book = new InventoryBook(readOwnedObjects(stored));
    state.inventoryVersion = stored?.metadata.resourceVersion ?? null;
    state.cluster = clusterOf(stored);
    state.inventorySavedAtMs = this.#nowMs();
    state.isLoaded = true;
  }

  /** Stores which objects there are, when that is different, and the rest where it takes no time. @throws KubeError; SyncError `SYNC_TOO_MANY_OBJECTS` */
  async saveQuickly(state: StoredInventory): Promise<void> {
    if (state.book.lag === 'membership') await this.#write(state);
    else if (state.book.entries.size <= QUICK_ENTRIES) await this.saveDue(state);
  }

  /** Stores what is wanted or known differently, too. @throws KubeError; SyncError `SYNC_TOO_MANY_OBJECTS` */
  async save(state: StoredInventory): Promise<void> {
    if (state.book.lag === 'membership' || state.book.lag === 'proofs') await this.#write(state);
  }

  /** Stores what has waited long enough, too. */
  async saveDue(state: StoredInventory): Promise<void> {
    const isDue = this.#nowMs() - state.inventorySavedAtMs >= SAVE_VERSIONS_AFTER_MS;
    if (isDue) await this.flush(state);
    else await this.save(state);
  }

  /** Stores everything, as before a shutdown. */
  async flush(state: StoredInventory): Promise<void> {
    if (state.isLoaded && state.book.lag !== 'none') await this.#write(state);
  }

  /** Deletes the stored Inventory. */
  async remove(state: StoredInventory): Promise<void> {
    await this.#client.delete(INVENTORIES, state.request);
    state.inventoryVersion = null;
  }

  async #write(state: StoredInventory): Promise<void> {
    try {
      await this.#put(state);
    } catch (error) {
      if (!isKubeError(error, 'KUBE_CONFLICT', 'KUBE_NOT_FOUND', 'KUBE_ALREADY_EXISTS')) throw error;
      await this.#takeIn(state);
      await this.#put(state);
    }
  }

  /** Somebody else wrote or deleted it. Entries that only they have are kept from now on: they may be from another process of ours. */
  async #takeIn(state: StoredInventory): Promise<void> {
    const stored = (await this.#client.get(INVENTORIES, state.request)) as Inventory | null;
    state.inventoryVersion = stored?.metadata.resourceVersion ?? null;
    if (clusterOf(stored) === state.cluster) state.book.adopt(readOwnedObjects(stored));
  }

  async #put(state: StoredInventory): Promise<void> {
    const { changes } = state.book;
    const entries = toInventoryEntries(state.book.entries);
    assertFits(entries);
    const { namespace, name } = state.request;
    const version = state.inventoryVersion;
    const object: KubeObject = {
      apiVersion: SIGNET_API_VERSION,
      kind: INVENTORY_KIND,
      metadata: { namespace, name, ...(version === null ? {} : { resourceVersion: version }) },
      spec: { entries, ...(state.cluster !== '' && { cluster: state.cluster }) },
    };
    const options = { fieldManager: CONTROLLER_FIELD_MANAGER };
    const written =
      version === null
        ? await this.#client.create(INVENTORIES, object, options)
        : await this.#client.replace(INVENTORIES, object, options);
    state.inventoryVersion = written.metadata.resourceVersion ?? '';
    state.book.markStored(changes);
    state.inventorySavedAtMs = this.#nowMs();
  }
}

function clusterOf(inventory: Inventory | null): string {
  return inventory?.spec.cluster ?? '';
}

/** Entries that are pending grow once their objects are in place: what is begun must be possible to finish. */
function assertFits(entries: readonly InventoryEntry[]): void {
  const pending = entries.filter(({ digest }) => digest === undefined).length;
  const bytes = canonicalJson(entries).length + pending * PROOF_BYTES;
  if (bytes <= MAX_BYTES) return;
  const message = `the inventory of ${entries.length} objects would take ${bytes} bytes, more than the cluster can store; split the source into several GitSyncs`;
  throw new SyncError('SYNC_TOO_MANY_OBJECTS', message);
}
