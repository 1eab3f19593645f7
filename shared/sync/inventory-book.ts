/** @module What one GitSync owns, in memory, and how far the stored Inventory lags behind. Storing is left to inventory-store.ts. */
import type { ObjectKey } from '../resources/object-meta.ts';
import type { OwnedEntry, OwnedObjects } from '../sync-plan/inventory.ts';

/**
 * How the stored Inventory differs: `membership` must be stored at once; `versions` alone only saves a restart a few requests.
 */
export type InventoryLag = 'none' | 'versions' | 'membership';

/** The entries of one inventory. */
export class InventoryBook {
  readonly #entries: Map<ObjectKey, OwnedEntry>;
  #lag: InventoryLag = 'none';
  #changes = 0;

  constructor(entries: Map<ObjectKey, OwnedEntry> = new Map()) {
    this.#entries = entries;
  }

  /** The entries as they are now; changes show. */
  get entries(): OwnedObjects {
    return this.#entries;
  }

  /** How far the stored Inventory lags behind. */
  get lag(): InventoryLag {
    return this.#lag;
  }

  /** Puts `entry` in the place of one of the same key, or adds it. */
  set(key: ObjectKey, entry: OwnedEntry): void {
    const before = this.#entries.get(key);
    this.#entries.set(key, entry);
    const isSame = before?.state === entry.state && before.digest === entry.digest && before.version === entry.version;
    this.#mark(isSame ? 'versions' : 'membership');
  }

  /** Removes the entry; only for objects that are gone or not ours. */
  delete(key: ObjectKey): void {
    if (this.#entries.delete(key)) this.#mark('membership');
  }

  /** A mark of this moment, for {@link markStored}. */
  get changes(): number {
    return this.#changes;
  }

  /** The entries as they were at `changes` are stored now. */
  markStored(changes: number): void {
    if (changes === this.#changes) this.#lag = 'none';
  }

  #mark(lag: 'versions' | 'membership'): void {
    this.#changes += 1;
    if (this.#lag !== 'membership') this.#lag = lag;
  }
}
