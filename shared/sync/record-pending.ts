/** @module Writes down what is about to be made. */
import { pendingEntry } from '../sync-plan/inventory.ts';
import type { SyncPlan } from '../sync-plan/plan.ts';
import type { InventoryStore, StoredInventory } from './inventory-store.ts';

/**
 * Invariant: an object is in the stored Inventory before it is first written, so that whatever moment a process dies at, what it
 * made can be found again. @throws KubeError; SyncError `SYNC_TOO_MANY_OBJECTS`
 */
export async function recordPending(
  store: InventoryStore,
  inventory: StoredInventory,
  plan: Pick<SyncPlan, 'apply'>,
): Promise<void> {
  const { book } = inventory;
  const added = plan.apply.filter(({ desired }) => !book.entries.has(desired.key));
  for (const { desired } of added) book.set(desired.key, pendingEntry(desired));
  try {
    await store.save(inventory);
  } catch (error) {
    for (const { desired } of added) book.delete(desired.key);
    throw error;
  }
}
