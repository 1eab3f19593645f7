import { expect, test } from 'vitest';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { INVENTORIES } from '../../../../shared/kube/resource-type.ts';
import { INVENTORY_KIND, SIGNET_API_VERSION } from '../../../../shared/resources/names.ts';
import { objectKey } from '../../../../shared/resources/object-meta.ts';
import { InventoryStore, type StoredInventory, unloadedInventory } from '../../../../shared/sync/inventory-store.ts';
import { type OwnedEntry, readOwnedObjects } from '../../../../shared/sync-plan/inventory.ts';
import { MemoryObjects } from '../../../support/memory-objects.ts';

const request = { namespace: 'shop', name: 'app' };

function entryOf(name: string): OwnedEntry {
  return { group: '', kind: 'ConfigMap', namespace: 'shop', name, version: 'v1', state: 'applied', digest: name };
}

function add({ book }: StoredInventory, name: string): void {
  book.set(objectKey(entryOf(name)), entryOf(name));
}

function namesIn({ book }: StoredInventory): readonly string[] {
  return Array.from(book.entries.values(), ({ name }) => name).sort();
}

/** A store over memory, a loaded inventory of `a`, and what is stored of it. */
async function open() {
  const objects = new MemoryObjects();
  const client = Object.assign(objects, { delete: async () => 'deleted' as const });
  const store = new InventoryStore(client, () => 0);
  const state = unloadedInventory(request);
  await store.load(state);
  add(state, 'a');
  await store.save(state);
  const stored = async (): Promise<readonly string[]> =>
    Array.from(readOwnedObjects(await objects.get(INVENTORIES, request)).values(), ({ name }) => name).sort();
  /** Somebody else writes the stored Inventory. */
  const write = (entries: readonly OwnedEntry[], cluster?: string): void => {
    const spec = { entries, ...(cluster !== undefined && { cluster }) };
    objects.put({ apiVersion: SIGNET_API_VERSION, kind: INVENTORY_KIND, metadata: request, spec });
  };
  return { objects, store, state, stored, write };
}

test('what somebody else wrote into the Inventory meanwhile stays in it, also with later writes', async () => {
  const { store, state, stored, write } = await open();
  write([entryOf('a'), entryOf('theirs')]);
  add(state, 'b');
  await store.save(state);
  expect(await stored()).toEqual(['a', 'b', 'theirs']);
  expect(namesIn(state)).toEqual(['a', 'b', 'theirs']);
  add(state, 'c');
  await store.save(state);
  expect(await stored()).toEqual(['a', 'b', 'c', 'theirs']);
});

test('what left the inventory does not come back with what somebody else wrote', async () => {
  const { store, state, stored, write } = await open();
  write([entryOf('a'), entryOf('theirs')]);
  state.book.delete(objectKey(entryOf('a')));
  await store.save(state);
  expect(await stored()).toEqual(['theirs']);
  expect(namesIn(state)).toEqual(['theirs']);
});

test('what somebody else wrote about the objects of another cluster is not taken for this one', async () => {
  const { store, state, stored, write } = await open();
  write([entryOf('theirs')], 'https://elsewhere.example.com');
  add(state, 'b');
  await store.save(state);
  expect(await stored()).toEqual(['a', 'b']);
});

test('an Inventory that somebody deleted is written again whole, also when that is said while it is being written', async () => {
  const { objects, store, state, stored } = await open();
  const remove = (): void => {
    objects.remove(request);
    state.book.doubtStored();
  };
  remove();
  objects.before = (verb) => {
    if (verb !== 'create') return;
    objects.before = () => undefined;
    queueMicrotask(remove);
  };
  await store.save(state);
  expect(await stored()).toEqual([]);
  await store.save(state);
  expect(await stored()).toEqual(['a']);
});

test('what changes while the Inventory is being written is stored by the next write', async () => {
  const { objects, store, state, stored } = await open();
  objects.before = () => {
    objects.before = () => undefined;
    add(state, 'meanwhile');
  };
  add(state, 'b');
  await store.save(state);
  expect(await stored()).toEqual(['a', 'b']);
  await store.save(state);
  expect(await stored()).toEqual(['a', 'b', 'meanwhile']);
});

test('a write that fails for another reason is not taken for done', async () => {
  const { objects, store, state, stored } = await open();
  objects.before = (verb) => {
    if (verb === 'replace') throw new KubeError('KUBE_FORBIDDEN', 'may not');
  };
  add(state, 'b');
  await expect(store.save(state)).rejects.toMatchObject({ code: 'KUBE_FORBIDDEN' });
  objects.before = () => undefined;
  await store.save(state);
  expect(await stored()).toEqual(['a', 'b']);
});
