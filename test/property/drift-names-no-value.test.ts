import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeDrift } from '../../controller/sealed-secrets/drift.ts';
import { desiredSecret, liveSealed, liveSecret, OWNER } from '../support/live-objects.ts';

const CANARY = 'canary';
const names = fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor'), fc.stringMatching(/^[-._a-z]{1,80}$/));
const maps = fc
  .array(fc.tuple(names, fc.stringMatching(/^[0-9]{0,4}$/)), { maxLength: 15 })
  .map(
    (entries): Record<string, string> =>
      Object.fromEntries(new Map(entries.map(([key, value]) => [key, CANARY + value]))),
  );
const sides = fc.record({ values: maps, labels: maps, annotations: maps });
const modes = fc.constantFrom('owned' as const, 'shared' as const, 'patched' as const);

/** The canary as a value of `data` stands in an object. */
const encodedCanary = btoa(CANARY).slice(0, 8);

test('what is told of an edit names what differs, quotes no value, and is silent exactly when nothing differs', () => {
  fc.assert(
    fc.property(sides, sides, modes, fc.jsonValue(), (wanted, found, mode, managedFields) => {
      const template = { metadata: { labels: wanted.labels, annotations: wanted.annotations } };
      const sealed = liveSealed({ template });
      const desired = desiredSecret(wanted.values, template.metadata);
      const { values, labels, annotations } = found;
      const ownerReferences = [OWNER];
      const live = liveSecret(values, { labels, annotations, ownerReferences, managedFields });
      const text = describeDrift(sealed, desired, { live, mode }) ?? '';
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain(encodedCanary);
      expect(text.length).toBeLessThan(2_000);
      const same = liveSecret(wanted.values, { ...template.metadata, ownerReferences, managedFields });
      expect(describeDrift(sealed, desired, { live: same, mode })).toBeNull();
    }),
  );
});
