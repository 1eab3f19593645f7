import { expect, test } from 'vitest';
import { InventoryBook } from '../../../../controller/sync/inventory-book.ts';
import { ObjectKeeper, type Repair } from '../../../../controller/sync/object-keeper.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { isNewerVersion } from '../../../../shared/resources/resource-version.ts';
import { readLiveObject } from '../../../../shared/sync/live-object.ts';
import { type DesiredObject, toPlacedObject } from '../../../../shared/sync-plan/desired-object.ts';
import { provenEntry } from '../../../../shared/sync-plan/inventory.ts';
import type { LiveLookup } from '../../../../shared/sync-plan/live-object.ts';

const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'n', name: 'a' } };
const desired: DesiredObject = { ...toPlacedObject(object, { file: 'a', line: 1, document: 1 }), digest: 'd' };

function live(resourceVersion: string, owner = 'n/app'): KubeObject {
  const annotations = { 'signet.dev/git-sync': owner };
  return { ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion, annotations } };
}

function createKeeper() {
  const book = new InventoryBook();
  const world = {
    lookup: 'absent' as LiveLookup,
    wanted: desired as DesiredObject | undefined,
    nowMs: 0,
    answers: [] as (() => Promise<KubeObject>)[],
    applied: 0,
    repairs: [] as Repair[],
    deferred: [] as boolean[],
    unsettled: 0,
  };
  const keeper = new ObjectKeeper({
    owner: 'n/app',
    isOwnedBy: () => true,
    hub: {
      find: () => world.lookup,
      learn: (_, seen) => {
        const known = typeof world.lookup === 'object' ? world.lookup.resourceVersion : '0';
        if (isNewerVersion(seen.resourceVersion, known)) world.lookup = seen;
      },
      problemOf: () => 'the server said no',
    },
    findDesired: () => world.wanted,
    book: () => book,
    apply: async () => {
      world.applied += 1;
      const answer = world.answers.shift() ?? (async () => live(String(world.applied)));
      return answer();
    },
    nowMs: () => world.nowMs,
    onRepaired: (repair) => world.repairs.push(repair),
    onDeferred: (_, { isFirst }) => world.deferred.push(isFirst),
    onUnsettled: () => {
      world.unsettled += 1;
    },
  });
  return { keeper, book, world };
}

test('ensure applies a missing object, and then nothing more', async () => {
  const { keeper, book, world } = createKeeper();
  expect(await keeper.ensure(desired.key)).toEqual({ kind: 'applied', cause: 'missing', wasWritten: true });
  expect(book.entries.get(desired.key)).toMatchObject({
    state: 'applied',
    digest: 'd',
    uid: 'u',
    resourceVersion: '1',
  });
  expect(await keeper.ensure(desired.key)).toEqual({ kind: 'unchanged' });
  expect(world.applied).toBe(1);
  expect(world.repairs).toEqual([]);
});

test('two callers at once write an object once', async () => {
  const { keeper, world } = createKeeper();
  const results = await Promise.all([keeper.ensure(desired.key), keeper.ensure(desired.key)]);
  expect(results.map(({ kind }) => kind)).toEqual(['applied', 'unchanged']);
  expect(world.applied).toBe(1);
});

test('a foreign change is undone and told; one that cost no write is not', async () => {
  const { keeper, book, world } = createKeeper();
  book.set(desired.key, provenEntry(desired, readLiveObject(live('1'))));
  const managedFields = [{ manager: 'kubectl-edit', time: '2030-01-01T00:00:00Z' }];
  world.lookup = readLiveObject({ ...live('5'), metadata: { ...live('5').metadata, managedFields } });
  world.answers.push(async () => live('6'));
  expect(await keeper.ensure(desired.key)).toMatchObject({ kind: 'applied', cause: 'drifted', wasWritten: true });
  expect(world.repairs).toMatchObject([{ wasDeleted: false, manager: 'kubectl-edit' }]);
  world.lookup = readLiveObject(live('8'));
  world.answers.push(async () => live('8'));
  expect(await keeper.ensure(desired.key)).toMatchObject({ kind: 'applied', wasWritten: false });
  expect(world.repairs).toHaveLength(1);
});

test('a change that arrives while the object is written is looked at afterwards', async () => {
  const { keeper, world } = createKeeper();
  world.answers.push(async () => {
    world.lookup = readLiveObject(live('9'));
    return live('1');
  });
  await keeper.ensure(desired.key);
  expect(world.unsettled).toBe(1);
});

test('a failed write is no reason to look again at once', async () => {
  const { keeper, book, world } = createKeeper();
  book.set(desired.key, provenEntry(desired, readLiveObject(live('1'))));
  world.answers.push(async () => {
    throw new KubeError('KUBE_FORBIDDEN', 'cannot apply ConfigMap n/a: its namespace is being deleted');
  });
  expect(await keeper.ensure(desired.key)).toEqual({
    kind: 'failed',
    message: 'cannot apply ConfigMap n/a: its namespace is being deleted',
  });
  expect(world.unsettled).toBe(0);
});

test('an object of another GitSync, or one that cannot be seen, is left alone', async () => {
  const { keeper, world } = createKeeper();
  world.lookup = readLiveObject(live('1', 'n/other'));
  expect(await keeper.ensure(desired.key)).toEqual({
    kind: 'blocked',
    reason: 'belongs to GitSync n/other, which applies it, too',
  });
  world.lookup = 'unreadable';
  expect(await keeper.ensure(desired.key)).toMatchObject({ reason: expect.stringContaining('the server said no') });
  world.wanted = undefined;
  expect(await keeper.ensure(desired.key)).toEqual({ kind: 'dropped' });
  expect(world.applied).toBe(0);
});

test('an object that keeps drifting has to wait, and the first wait is told as such', async () => {
  const { keeper, book, world } = createKeeper();
  book.set(desired.key, provenEntry(desired, readLiveObject(live('1'))));
  for (let round = 0; round < 7; round += 1) {
    world.lookup = 'absent';
    world.nowMs += 10;
    await keeper.ensure(desired.key);
  }
  expect(world.applied).toBe(5);
  expect(world.deferred).toEqual([true, false]);
});
