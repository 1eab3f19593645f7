import { expect, test } from 'vitest';
import type { ObjectKey } from '../../../../shared/resources/object-meta.ts';
import { InventoryBook } from '../../../../shared/sync/inventory-book.ts';
import type { OwnedEntry } from '../../../../shared/sync-plan/inventory.ts';

const key = '/ConfigMap/n/a' as ObjectKey;
const entry: OwnedEntry = {
  group: '',
  kind: 'ConfigMap',
  namespace: 'n',
  name: 'a',
  version: 'v1',
  state: 'applied',
  digest: 'd',
  resourceVersion: '1',
};

test('new, removed and leaving objects must be stored, what is known of the others can wait', () => {
  const book = new InventoryBook(new Map([[key, entry]]));
  expect(book.lag).toBe('none');
  book.set(key, { ...entry, resourceVersion: '2' });
  expect(book.lag).toBe('versions');
  book.set(key, { ...entry, digest: 'e' });
  expect(book.lag).toBe('proofs');
  book.set(key, { ...entry, digest: 'e', resourceVersion: '3' });
  expect(book.lag).toBe('proofs');
  book.set(key, { ...entry, state: 'terminating' });
  expect(book.lag).toBe('membership');
  book.markStored(book.changes);
  book.set('/ConfigMap/n/b' as ObjectKey, { ...entry, name: 'b', state: 'pending' });
  expect(book.lag).toBe('membership');
  book.markStored(book.changes);
  book.delete(key);
  expect(book.lag).toBe('membership');
});

test('storing settles the difference unless more has changed meanwhile', () => {
  const book = new InventoryBook();
  book.set(key, entry);
  const { changes } = book;
  book.set(key, { ...entry, resourceVersion: '2' });
  book.markStored(changes);
  expect(book.lag).not.toBe('none');
  book.markStored(book.changes);
  expect(book.lag).toBe('none');
});

test('removing what was not there is no difference', () => {
  const book = new InventoryBook();
  book.delete(key);
  expect(book.lag).toBe('none');
});
