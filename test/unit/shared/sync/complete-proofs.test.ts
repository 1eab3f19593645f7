import { expect, test } from 'vitest';
import { objectKey } from '../../../../shared/resources/object-meta.ts';
import { completeProofs } from '../../../../shared/sync/complete-proofs.ts';
import { InventoryBook } from '../../../../shared/sync/inventory-book.ts';
import type { DesiredObject } from '../../../../shared/sync-plan/desired-object.ts';
import type { OwnedEntry } from '../../../../shared/sync-plan/inventory.ts';
import type { LiveObject } from '../../../../shared/sync-plan/live-object.ts';

const identity = { group: '', kind: 'ConfigMap', namespace: 'n', name: 'a' };
const key = objectKey(identity);
const desired = { key, identity, digest: 'd' } as DesiredObject;
const stored: OwnedEntry = {
  ...identity,
  version: 'v1',
  state: 'applied',
  digest: 'd',
  uid: 'u',
  resourceVersion: '7',
};
const live: LiveObject = {
  uid: 'u',
  resourceVersion: '7',
  fields: 'f',
  foreignFields: 'g',
  generation: 1,
  metadataDigest: 'm',
  owner: 'n/app',
  isPruneDisabled: false,
  isTerminating: false,
  lastForeignManager: undefined,
};

test('an object in the version that is stored gets its metadata remembered, and nothing has to be stored for that', () => {
  const book = new InventoryBook(new Map([[key, stored]]));
  completeProofs(book, [desired], { find: () => live });
  expect(book.entries.get(key)).toMatchObject({ fields: 'f', foreignFields: 'g', metadataDigest: 'm', generation: 1 });
  expect(book.lag).toBe('none');
});

test.each([{ ...live, resourceVersion: '8' }, { ...live, uid: 'another' }, 'absent' as const])(
  'what is not in that version stays unproven',
  (found) => {
    const book = new InventoryBook(new Map([[key, stored]]));
    completeProofs(book, [desired], { find: () => found });
    expect(book.entries.get(key)).toBe(stored);
  },
);

test('what Git wants differently by now stays unproven', () => {
  const book = new InventoryBook(new Map([[key, stored]]));
  completeProofs(book, [{ ...desired, digest: 'e' }], { find: () => live });
  expect(book.entries.get(key)).toBe(stored);
});
