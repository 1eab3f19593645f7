import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyUsageTally } from '../../controller/sealed-secrets/key-usage-tally.ts';

const requests = fc.nat({ max: 4 }).map((index) => ({ namespace: 'ns', name: `object-${index}` }));
const keys = fc.option(fc.subarray(['k1', 'k2', 'k3']), { nil: null });
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('note' as const), request: requests, keys }),
    fc.record({ kind: fc.constant('forget' as const), request: requests }),
  ),
);

test('after any notes the counts are those of a recount, and every change of them was told', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const tally = new KeyUsageTally();
      const known = new Map<string, readonly string[] | null>();
      let heard: unknown;
      tally.onUsageChange(() => {
        heard = tally.usage();
      });
      tally.begin([]);
      for (const step of script) {
        if (step.kind === 'note') {
          tally.note(step.request, step.keys);
          known.set(step.request.name, step.keys);
        } else {
          tally.forget(step.request);
          known.delete(step.request.name);
        }
      }
      const lists = [...known.values()];
      const all = lists.flatMap((list) => list ?? []);
      const objects = new Map([...new Set(all)].map((key) => [key, all.filter((other) => other === key).length]));
      const expected = { objects, unknown: lists.filter((list) => list === null).length };
      expect(tally.usage()).toEqual(expected);
      expect(heard).toEqual(expected);
    }),
  );
});
