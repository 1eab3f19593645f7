/** @module What one GitSync owns, in memory, and how far the stored Inventory lags behind. Storing is left to inventory-store.ts. */
import type { ObjectKey } from '../resources/object-meta.ts';
import type { OwnedEntry, OwnedObjects } from '../sync-plan/inventory.ts';

/**
 * How the stored Inventory differs, the worst last. `versions` only saves a restart a few requests. `proofs`: the same objects are in it, and what is
 * wanted or known of some is older. `membership`: it lists other objects.
 */
export type InventoryLag = 'none' | 'versions' | 'proofs' | 'membership';

const LAGS: readonly InventoryLag[] = ['none', 'versions', 'proofs', 'membership'];

/** The entries of one inventory. */
export class InventoryBook {
  readonly #entries: Map<ObjectKey, OwnedEntry>;
  /** Since the last store. */
  readonly #removed = new Set<ObjectKey>();
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
    this.#removed.delete(key);
    if (before !== undefined && isStoredSame(before, entry)) return;
    const isSame = before?.state === entry.state && before.digest === entry.digest && before.version === entry.version;
    // What is on its way out is not forgotten for anything.
    const isListed = before !== undefined && entry.state !== 'terminating';
    this.#mark(isSame ? 'versions' : isListed ? 'proofs' : 'membership');
  }

  /** Removes the entry; only for objects that are gone or not ours. */
  delete(key: ObjectKey): void {
    if (!this.#entries.delete(key)) return;
    this.#removed.add(key);
    this.#mark('membership');
  }

  /** The stored Inventory may be gone, and has to be written again. */
  doubtStored(): void {
    this.#mark('membership');
  }

  /** Adds what others have stored and this book neither has nor has removed since it was stored last. */
  adopt(stored: OwnedObjects): void {
    for (const [key, entry] of stored) if (!this.#entries.has(key) && !this.#removed.has(key)) this.set(key, entry);
  }

  /** A mark of this moment, for {@link markStored}. */
  get changes(): number {
    return this.#changes;
  }

  /** The entries as they were at `changes` are stored now. */
  markStored(changes: number): void {
    if (changes !== this.#changes) return;
    this.#lag = 'none';
    this.#removed.clear();
  }

  #mark(lag: InventoryLag): void {
    this.#changes += 1;
    if (LAGS.indexOf(lag) > LAGS.indexOf(this.#lag)) this.#lag = lag;
  }
}

/** What is different beside this is memory alone. */
function isStoredSame(a: OwnedEntry, b: OwnedEntry): boolean {
  const names = ['state', 'digest', 'version', 'uid', 'resourceVersion'] as const;
  return names.every((name) => a[name] === b[name]);
}
