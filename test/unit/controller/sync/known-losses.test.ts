import { expect, test } from 'vitest';
import { KnownLosses } from '../../../../controller/sync/known-losses.ts';
import { objectKey } from '../../../../shared/resources/object-meta.ts';
import type { PlannedPrune } from '../../../../shared/sync-plan/plan.ts';

const SEEN = { resourceVersion: '1', metadataDigest: '' };

function namespaceOf(name: string): PlannedPrune {
  const identity = { group: '', kind: 'Namespace', namespace: '', name };
  const entry = { ...identity, version: 'v1', state: 'applied' as const };
  return { identity, key: objectKey(identity), entry, decision: { kind: 'delete', uid: name, ...SEEN } };
}

/** Losses that are found by looking, and how often that was done. */
function look(losses: Readonly<Record<string, string>>) {
  const world = { count: 0, losses };
  const find = async () => {
    world.count += 1;
    const found = world.losses;
    return (_item: PlannedPrune, uid: string) => found[uid] ?? null;
  };
  return { world, find };
}

const planned = [namespaceOf('shop')];
const full = { shop: 'it holds ConfigMap shop/a, which would go with it' };

test('what would be lost is found out once for the same deletions, until somebody asks, a commit comes, or some minutes pass', async () => {
  const losses = new KnownLosses();
  const { world, find } = look(full);
  const [item] = planned;
  expect((await losses.find({ ask: 'a', planned, nowMs: 0 }, find))(item!, 'shop')).toBe(full.shop);
  await losses.find({ ask: 'a', planned, nowMs: 599_999 }, find);
  expect(world.count).toBe(1);
  await losses.find({ ask: 'a', planned, nowMs: 600_000 }, find);
  expect(world.count).toBe(2);
  await losses.find({ ask: 'b', planned, nowMs: 600_001 }, find);
  expect(world.count).toBe(3);
  await losses.find({ ask: 'b', planned: [...planned, namespaceOf('other')], nowMs: 600_002 }, find);
  expect(world.count).toBe(4);
});

test.each([
  ['that nothing would be lost', {}],
  ['a look that failed', { shop: 'it cannot be told what would go with it: forbidden' }],
])('%s is not remembered', async (_what, found) => {
  const losses = new KnownLosses();
  const { world, find } = look(found);
  await losses.find({ ask: 'a', planned, nowMs: 0 }, find);
  world.losses = full;
  const lossOf = await losses.find({ ask: 'a', planned, nowMs: 1 }, find);
  expect(lossOf(namespaceOf('shop'), 'shop')).toBe(full.shop);
});
