import { expect, test } from 'vitest';
import { ObjectKeeper, type Repair } from '../../../../controller/keeping/object-keeper.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { isNewerVersion } from '../../../../shared/resources/resource-version.ts';
import type { ObjectDrift } from '../../../../shared/sync/find-drift.ts';
import { InventoryBook } from '../../../../shared/sync/inventory-book.ts';
import { readLiveObject } from '../../../../shared/sync/live-object.ts';
import { type DesiredObject, toPlacedObject } from '../../../../shared/sync-plan/desired-object.ts';
import { provenEntry } from '../../../../shared/sync-plan/inventory.ts';
import type { LiveLookup } from '../../../../shared/sync-plan/live-object.ts';
import { PLAIN_RULES } from '../../../../shared/sync-plan/object-rules.ts';

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
    examined: 0,
    drift: { live: null, changes: [] } as ObjectDrift,
    told: [] as string[],
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
    findDrift: async () => {
      world.examined += 1;
      return world.drift;
    },
    now: () => new Date(world.nowMs),
    onDrifted: ({ state, message }) => world.told.push(`${state}: ${message}`),
    onSettled: () => world.told.push('settled'),
    onTaken: (_, managers) => world.told.push(`taken from ${managers.join()}`),
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

const reported: DesiredObject = { ...desired, rules: { ...PLAIN_RULES, drift: 'report' } };
const meddled = { live: live('5'), changes: [{ manager: 'meddler', paths: ['/data/a'] }] };

test('drift that is only reported is looked at once for each version, and never written', async () => {
  const { keeper, book, world } = createKeeper();
  world.wanted = reported;
  book.set(desired.key, provenEntry(reported, readLiveObject(live('1'))));
  world.lookup = readLiveObject(live('5'));
  world.drift = meddled;
  for (let round = 0; round < 3; round += 1) expect(await keeper.ensure(desired.key)).toEqual({ kind: 'drifted' });
  expect([world.examined, world.applied, world.told]).toEqual([1, 0, ['Reported: was changed: /data/a by meddler']]);
  world.lookup = 'absent';
  expect(await keeper.ensure(desired.key)).toEqual({ kind: 'drifted' });
  expect(world.told.at(-1)).toBe('Reported: was deleted');
  world.lookup = readLiveObject(live('7'));
  world.drift = { live: live('7'), changes: [] };
  expect(await keeper.ensure(desired.key)).toEqual({ kind: 'unchanged' });
  expect(world.told.at(-1)).toBe('settled');
  expect(await keeper.ensure(desired.key)).toEqual({ kind: 'unchanged' });
  expect(world.examined).toBe(2);
});

test('what happens while drift is looked at is looked at afterwards', async () => {
  const { keeper, book, world } = createKeeper();
  world.wanted = reported;
  book.set(desired.key, provenEntry(reported, readLiveObject(live('1'))));
  world.lookup = readLiveObject(live('5'));
  world.drift = meddled;
  const looking = keeper.ensure(desired.key);
  world.lookup = readLiveObject(live('6'));
  await looking;
  expect(world.unsettled).toBe(1);
});

test('a new version in Git ends what was reported', async () => {
  const { keeper, book, world } = createKeeper();
  world.wanted = reported;
  book.set(desired.key, provenEntry(reported, readLiveObject(live('1'))));
  world.lookup = readLiveObject(live('5'));
  world.drift = meddled;
  await keeper.ensure(desired.key);
  world.wanted = { ...reported, digest: 'next' };
  expect(await keeper.ensure(desired.key)).toMatchObject({ kind: 'applied', cause: 'changed' });
  expect(world.told.at(-1)).toBe('settled');
});

test('a fight is told once it slows down, and settled when the other one stops', async () => {
  const { keeper, book, world } = createKeeper();
  book.set(desired.key, provenEntry(desired, readLiveObject(live('1'))));
  world.drift = meddled;
  for (let round = 0; round < 6; round += 1) {
    world.lookup = readLiveObject(live(String(100 + round)));
    world.answers.push(async () => live(String(200 + round)));
    world.nowMs += 10;
    await keeper.ensure(desired.key);
  }
  expect(world.told).toEqual([
    'Contested: is changed back again and again: /data/a by meddler: it was put right 5 times, and is looked after once in ten seconds at most',
  ]);
  expect(keeper.settleDrifts()).toBeGreaterThan(0);
  world.nowMs += 60_000;
  expect(keeper.settleDrifts()).toBeNull();
  expect(world.told.at(-1)).toBe('settled');
});

test('others that lose fields by force are told of', async () => {
  const { keeper, world } = createKeeper();
  const managedFields = [{ manager: 'other', operation: 'Apply', fieldsV1: { 'f:data': { 'f:a': {} } } }];
  world.lookup = readLiveObject({ ...live('1'), metadata: { ...live('1').metadata, managedFields } });
  world.answers.push(async () => live('2'));
  await keeper.ensure(desired.key);
  expect(world.told).toEqual(['taken from other']);
});
