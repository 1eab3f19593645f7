import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DriftDamper } from '../../controller/keeping/drift-damper.ts';
import type { ObjectKey } from '../../shared/resources/object-meta.ts';

const key = '/ConfigMap/a/b' as ObjectKey;

/** Asks after each pause and repairs whenever that is allowed; the moments of the repairs. */
function repairs(pausesMs: readonly number[]): { readonly at: number[]; readonly deferrals: number } {
  const damper = new DriftDamper();
  const at: number[] = [];
  let deferrals = 0;
  let nowMs = 1_000;
  for (const pause of pausesMs) {
    nowMs += pause;
    const admission = damper.admit(key, nowMs);
    if (admission.kind === 'now') {
      at.push(nowMs);
      damper.repaired(key, nowMs);
    } else {
      deferrals += 1;
      expect(admission.afterMs).toBeGreaterThan(0);
      expect(admission.afterMs).toBeLessThanOrEqual(10_000);
    }
  }
  return { at, deferrals };
}

test('no object is repaired more than five times in ten seconds', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4_000), { maxLength: 80 }), (pauses) => {
      const { at } = repairs(pauses);
      for (const start of at) {
        expect(at.filter((time) => time >= start && time < start + 10_000).length).toBeLessThanOrEqual(5);
      }
    }),
  );
});

test('an object that is changed back without a pause is repaired once in ten seconds from then on', () => {
  const { at } = repairs(Array.from({ length: 600 }, () => 100));
  const fast = at.slice(0, 5);
  expect(fast.at(-1)! - fast[0]!).toBe(400);
  const gaps = at.slice(5).map((time, index) => time - at[index + 4]!);
  expect(gaps.length).toBeGreaterThanOrEqual(4);
  expect(gaps.every((gap) => gap === 10_000)).toBe(true);
});

test('repairs that are seldom enough never wait', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 2_500, max: 60_000 }), { maxLength: 50 }), (pauses) => {
      expect(repairs(pauses).deferrals).toBe(0);
    }),
  );
});

test('an object that was left alone for twenty seconds starts afresh', () => {
  const pauses = [...Array.from({ length: 8 }, () => 10), 20_000, ...Array.from({ length: 4 }, () => 10)];
  expect(repairs(pauses).at).toHaveLength(10);
});
