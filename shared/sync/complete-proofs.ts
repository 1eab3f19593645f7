/** @module Makes up for what a restart forgets of objects that have not changed since. */
import type { DesiredObject } from '../sync-plan/desired-object.ts';
import { isProven, withVersionOf } from '../sync-plan/inventory.ts';
import type { LiveView } from '../sync-plan/live-object.ts';
import type { InventoryBook } from './inventory-book.ts';

/**
 * Remembers the metadata of every wanted object that is live in the very version that the stored entry proves, so that later writes of others that
 * touch nothing of ours, such as of its status, are known for what they are and cost no request.
 */
export function completeProofs(book: InventoryBook, wanted: Iterable<DesiredObject>, live: LiveView): void {
  for (const desired of wanted) {
    const entry = book.entries.get(desired.key);
    if (entry === undefined || entry.metadataDigest !== undefined) continue;
    const found = live.find(desired.identity);
    if (typeof found === 'object' && isProven(entry, desired, found))
      book.set(desired.key, withVersionOf(entry, found));
  }
}
