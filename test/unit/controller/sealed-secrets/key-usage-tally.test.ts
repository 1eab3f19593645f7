import { expect, test } from 'vitest';
import { KeyUsageTally } from '../../../../controller/sealed-secrets/key-usage-tally.ts';

const a = { namespace: 'ns', name: 'a' };
const b = { namespace: 'ns', name: 'b' };
const countsOf = (tally: KeyUsageTally) => {
  const usage = tally.usage();
  return usage === null ? null : { ...Object.fromEntries(usage.objects), unknown: usage.unknown };
};

test('nothing is said before every object was looked at', () => {
  const tally = new KeyUsageTally();
  tally.note(a, ['k1']);
  expect(tally.usage()).toBeNull();
  tally.begin([a, b]);
  expect(tally.usage()).toBeNull();
  tally.forget(b);
  expect(countsOf(tally)).toEqual({ k1: 1, unknown: 0 });
});

test('a cluster without objects needs no key', () => {
  const tally = new KeyUsageTally();
  tally.begin([]);
  expect(countsOf(tally)).toEqual({ unknown: 0 });
});

test('an object counts once for each of its keys, and those that do not open count by themselves', () => {
  const tally = new KeyUsageTally();
  tally.begin([a, b]);
  tally.note(a, ['k1', 'k2']);
  tally.note(b, null);
  expect(countsOf(tally)).toEqual({ k1: 1, k2: 1, unknown: 1 });
  tally.note(b, ['k2']);
  expect(countsOf(tally)).toEqual({ k1: 1, k2: 2, unknown: 0 });
  tally.note(a, ['k2']);
  expect(countsOf(tally)).toEqual({ k2: 2, unknown: 0 });
  tally.forget(a);
  tally.forget(a);
  tally.forget(b);
  expect(countsOf(tally)).toEqual({ unknown: 0 });
});

test('an object that appears later takes nothing away from what is known', () => {
  const tally = new KeyUsageTally();
  tally.begin([]);
  tally.note(a, ['k1']);
  expect(countsOf(tally)).toEqual({ k1: 1, unknown: 0 });
});

test('listeners hear of every change and of nothing else', () => {
  const tally = new KeyUsageTally();
  const heard: unknown[] = [];
  tally.onUsageChange(() => heard.push(countsOf(tally)));
  tally.note(a, ['k1']);
  tally.begin([a, b]);
  expect(heard).toEqual([]);
  tally.note(b, ['k1']);
  tally.note(b, ['k1']);
  tally.note(b, null);
  tally.forget(b);
  tally.forget(b);
  expect(heard).toEqual([
    { k1: 2, unknown: 0 },
    { k1: 1, unknown: 1 },
    { k1: 1, unknown: 0 },
  ]);
});

test('nothing is said while not all objects are known, and the end of that is told', () => {
  let isComplete = false;
  const tally = new KeyUsageTally(() => isComplete);
  let told = 0;
  tally.onUsageChange(() => {
    told += 1;
  });
  tally.begin([a]);
  tally.note(a, ['k1']);
  expect([tally.usage(), told]).toEqual([null, 0]);
  isComplete = true;
  tally.note(a, ['k1']);
  expect([countsOf(tally), told]).toEqual([{ k1: 1, unknown: 0 }, 1]);
});
