import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readOwnedObjects, toInventoryEntries } from '../../shared/sync-plan/inventory.ts';
import { planWorlds } from '../support/plan-arbitraries.ts';

function stored(entries: unknown) {
  const object = { apiVersion: 'signet.dev/v1alpha1', kind: 'Inventory', metadata: {}, spec: { entries } };
  return JSON.parse(JSON.stringify(object));
}

test('what is stored is read again, but for what is known in memory alone', () => {
  fc.assert(
    fc.property(planWorlds, ({ input }) => {
      const entries = toInventoryEntries(input.owned);
      const read = readOwnedObjects(stored(entries));
      expect(toInventoryEntries(read)).toEqual(entries);
      expect([...read.keys()].sort()).toEqual([...input.owned.keys()].sort());
      expect(JSON.stringify(entries)).not.toMatch(/generation|metadataDigest|fields/i);
    }),
  );
});

test('an inventory that somebody wrote by hand never breaks reading it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (entries) => {
      for (const entry of readOwnedObjects(stored(entries)).values()) expect(typeof entry.name).toBe('string');
    }),
  );
});
