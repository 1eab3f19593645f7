/** @module Keeps each inventory as an object beside its GitSync. The controller is its only author; edits by others are overwritten. */
import { canonicalJson } from '../../shared/encoding/json.ts';
import type { KubeReader, KubeWriter } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { INVENTORIES } from '../../shared/kube/resource-type.ts';
import type { InventoryEntry } from '../../shared/resources/git-sync.ts';
import { CONTROLLER_FIELD_MANAGER, INVENTORY_KIND, SIGNET_API_VERSION } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { readOwnedObjects, toInventoryEntries } from '../../shared/sync-plan/inventory.ts';
import { InventoryBook } from './inventory-book.ts';
import { RefusedError } from './sync-refusal.ts';
import type { SyncState } from './sync-state.ts';

/** The cluster stores objects of at most 1.5 MiB, bookkeeping included. */
const MAX_BYTES = 1_300_000;
/** Digest, uid and resourceVersion of one entry. */
const PROOF_BYTES = 160;
/** How long a difference that only costs a restart some requests may wait. */
const SAVE_VERSIONS_AFTER_MS = 5 * 60_000;

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
  async load(state: SyncState): Promise<void> {
    if (state.isLoaded) return;
    const stored = await this.#client.get(INVENTORIES, state.request);
    state.book = new InventoryBook(readOwnedObjects(stored));
    state.inventoryVersion = stored?.metadata.resourceVersion ?? null;
    state.inventorySavedAtMs = this.#nowMs();
    state.isLoaded = true;
  }

  /** Stores what cannot wait: objects that came, went or are wanted differently. @throws RefusedError `TooManyObjects` */
  async save(state: SyncState): Promise<void> {
    if (state.book.lag === 'membership') await this.#write(state);
  }

  /** Stores what has waited long enough, too. */
  async saveDue(state: SyncState): Promise<void> {
    const isDue = this.#nowMs() - state.inventorySavedAtMs >= SAVE_VERSIONS_AFTER_MS;
    if (state.book.lag === 'membership' || (state.book.lag === 'versions' && isDue)) await this.#write(state);
  }

  /** Stores everything, as before a shutdown. */
  async flush(state: SyncState): Promise<void> {
    if (state.isLoaded && state.book.lag !== 'none') await this.#write(state);
  }

  /** Deletes the stored Inventory. */
  async remove(state: SyncState): Promise<void> {
    await this.#client.delete(INVENTORIES, state.request);
    state.inventoryVersion = null;
  }

  async #write(state: SyncState): Promise<void> {
    const { changes } = state.book;
    const entries = toInventoryEntries(state.book.entries);
    assertFits(entries);
    try {
      state.inventoryVersion = await this.#put(state, entries);
    } catch (error) {
      if (!isKubeError(error, 'KUBE_CONFLICT', 'KUBE_NOT_FOUND', 'KUBE_ALREADY_EXISTS')) throw error;
      state.inventoryVersion = await this.#putOverOthers(state);
    }
    state.book.markStored(changes);
    state.inventorySavedAtMs = this.#nowMs();
  }

  /** Somebody else wrote or deleted it. Entries that only they have are kept: they may be from another controller of ours. */
  async #putOverOthers(state: SyncState): Promise<string> {
    const stored = await this.#client.get(INVENTORIES, state.request);
    state.inventoryVersion = stored?.metadata.resourceVersion ?? null;
    const entries = new Map([...readOwnedObjects(stored), ...state.book.entries]);
    return this.#put(state, toInventoryEntries(entries));
  }

  async #put(state: SyncState, entries: readonly InventoryEntry[]): Promise<string> {
    const { namespace, name } = state.request;
    const version = state.inventoryVersion;
    const object: KubeObject = {
      apiVersion: SIGNET_API_VERSION,
      kind: INVENTORY_KIND,
      metadata: { namespace, name, ...(version === null ? {} : { resourceVersion: version }) },
      spec: { entries },
    };
    const options = { fieldManager: CONTROLLER_FIELD_MANAGER };
    const written =
      version === null
        ? await this.#client.create(INVENTORIES, object, options)
        : await this.#client.replace(INVENTORIES, object, options);
    return written.metadata.resourceVersion ?? '';
  }
}

/** Entries that are pending grow once their objects are in place: what is begun must be possible to finish. */
function assertFits(entries: readonly InventoryEntry[]): void {
  const pending = entries.filter(({ digest }) => digest === undefined).length;
  const bytes = canonicalJson(entries).length + pending * PROOF_BYTES;
  if (bytes <= MAX_BYTES) return;
  const message = `the inventory of ${entries.length} objects would take ${bytes} bytes, more than the cluster can store; split the source into several GitSyncs`;
  throw new RefusedError({ reason: 'TooManyObjects', outlook: 'poll', message, failures: [] });
}
