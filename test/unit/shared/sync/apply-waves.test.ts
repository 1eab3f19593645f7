import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONFIG_MAPS } from '../../../../shared/kube/resource-type.ts';
import { applyWaves } from '../../../../shared/sync/apply-waves.ts';
import { createServedKinds } from '../../../../shared/sync/served-kinds.ts';
import { type DesiredObject, toPlacedObject } from '../../../../shared/sync-plan/desired-object.ts';

interface Item {
  readonly name: string;
  readonly wave: number;
  readonly isPlanned?: boolean;
  readonly isRefused?: boolean;
  readonly isDropped?: boolean;
  readonly isHealthy?: boolean;
}

function desired({ name, wave }: Item): DesiredObject {
  const annotations = { 'signet.dev/wave': String(wave) };
  const origin = { file: 'a.yaml', line: 1, document: 1 };
  return {
    ...toPlacedObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations } }, origin),
    digest: 'd',
  };
}

async function apply(items: readonly Item[]) {
  const order: string[] = [];
  const asked: string[][] = [];
  const byKey = new Map(items.map((item) => [desired(item).key, item]));
  const wanted = new Map(items.map((item) => [desired(item).key, desired(item)]));
  const planned = items.filter(({ isPlanned = true }) => isPlanned).map(desired);
  const find = async () => CONFIG_MAPS;
  const report = await applyWaves(
    {
      state: {
        owner: 'n/app',
        kinds: createServedKinds({ findType: find, findTypeOfGroup: find, refresh: () => undefined }),
        keeper: {
          ensure: async (key) => {
            order.push(byKey.get(key)?.name ?? '');
            if (byKey.get(key)?.isRefused) return { kind: 'failed', message: 'no' };
            if (byKey.get(key)?.isDropped) return { kind: 'dropped' };
            return { kind: 'applied', cause: 'missing', wasWritten: true };
          },
        },
      },
      client: { get: async () => null },
      hub: { find: () => 'absent', follow: async () => undefined },
      kinds: [],
      wanted,
      revision: { wanted, unplaced: [] },
      areHealthy: async (objects) => {
        asked.push(objects.map(({ identity }) => identity.name));
        return objects.every(({ key }) => byKey.get(key)?.isHealthy !== false);
      },
      nowMs: () => 0,
      signal: new AbortController().signal,
    },
    {
      apply: planned.map((one) => ({ identity: one.identity, desired: one, cause: 'missing' as const })),
      unchanged: [],
      blocked: [],
      drifted: [],
      kept: [],
      prune: [],
    },
  );
  return { order, asked, report };
}

test('health is asked for only when something waits for it, and of all waves so far', async () => {
  const items = [
    { name: 'a', wave: 0, isPlanned: false },
    { name: 'b', wave: 1 },
    { name: 'c', wave: 2 },
  ];
  const { order, asked, report } = await apply(items);
  expect(order).toEqual(['b', 'c']);
  expect(asked).toEqual([['a'], ['a', 'b']]);
  expect(report.hold).toBeNull();
  expect((await apply(items.map((item) => ({ ...item, isPlanned: false })))).asked).toEqual([]);
});

test('an unhealthy wave holds back what is to be done in later ones', async () => {
  const { order, report } = await apply([
    { name: 'a', wave: 0, isHealthy: false },
    { name: 'b', wave: 1 },
    { name: 'c', wave: 2 },
    { name: 'd', wave: 2, isPlanned: false },
  ]);
  expect(order).toEqual(['a']);
  expect(report).toMatchObject({ created: 1, failures: [], hold: { wave: 0, cause: 'unhealthy', later: 2 } });
});

test('a failure lets its wave go on, and holds back later ones', async () => {
  const { order, report } = await apply([
    { name: 'a', wave: 0, isRefused: true },
    { name: 'b', wave: 0 },
    { name: 'c', wave: 1 },
  ]);
  expect(order).toEqual(['a', 'b']);
  expect(report.hold).toEqual({ wave: 0, cause: 'failed', later: 1 });
  expect(report.failures.map(({ name }) => name)).toEqual(['a']);
});

test('what nobody wants any more is no failure, and ends the waves', async () => {
  const { order, asked, report } = await apply([
    { name: 'a', wave: 0, isDropped: true },
    { name: 'b', wave: 1 },
  ]);
  expect([order, asked]).toEqual([['a'], []]);
  expect(report).toMatchObject({ created: 0, failures: [], dropped: 1, hold: null });
});

test('whatever the waves are, none is begun before all below it are applied, healthy and without a failure', async () => {
  const arbitrary = fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z]{1,3}$/),
      wave: fc.integer({ min: -2, max: 2 }),
      isPlanned: fc.boolean(),
      isRefused: fc.boolean(),
      isHealthy: fc.boolean(),
    }),
    { selector: ({ name }) => name, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(arbitrary, async (items) => {
      const { order, report } = await apply(items);
      const applied = order.map((name) => items.find((item) => item.name === name)!);
      expect(applied.map(({ wave }) => wave)).toEqual(applied.map(({ wave }) => wave).toSorted((a, b) => a - b));
      const last = applied.at(-1)?.wave ?? Number.NEGATIVE_INFINITY;
      const below = items.filter(({ wave }) => wave < last);
      expect(below.every(({ isPlanned, isRefused, isHealthy }) => isHealthy && !(isPlanned && isRefused))).toBe(true);
      const left = items.filter(({ name, isPlanned }) => isPlanned && !order.includes(name));
      expect(report.hold?.later ?? 0).toBe(left.length);
    }),
  );
});
