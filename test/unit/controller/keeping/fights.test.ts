import { expect, test } from 'vitest';
import { Fights } from '../../../../controller/keeping/fights.ts';
import type { ObjectKey } from '../../../../shared/resources/object-meta.ts';

const key = '/ConfigMap/n/a' as ObjectKey;
const live = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

test('a fight is told with its fields, managers and repairs, and is over when the object is left alone', () => {
  const fights = new Fights();
  expect(fights.describe(key)).toBeNull();
  fights.begin(key);
  fights.learn(key, { live, changes: [{ manager: 'rival', paths: ['/data/a', '/data/b'] }] });
  fights.repaired(key);
  expect(fights.describe(key)).toBe(
    'is changed back again and again: /data/a, /data/b by rival: it was put right 6 times, and is looked after once in ten seconds at most',
  );
  expect(fights.settle(() => 300)).toBe(300);
  expect(fights.has(key)).toBe(true);
  expect(fights.settle(() => 0)).toBeNull();
  expect(fights.describe(key)).toBeNull();
});

test('what is deleted again and again is told so, and what cannot be read is told all the same', () => {
  const fights = new Fights();
  fights.begin(key);
  expect(fights.describe(key)).toMatch(/^is changed back again and again: it was put right 5 times/);
  fights.learn(key, { live: null, changes: [] });
  expect(fights.describe(key)).toMatch(/^is deleted again and again: /);
});

test('nothing is learned of an object that nobody fights over', () => {
  const fights = new Fights();
  fights.learn(key, { live, changes: [] });
  fights.repaired(key);
  expect(fights.has(key)).toBe(false);
});
