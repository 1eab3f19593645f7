import { expect, test } from 'vitest';
import { DriftWatch } from '../../../../controller/sync/drift-watch.ts';
import { SyncState } from '../../../../controller/sync/sync-state.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { readLiveObject } from '../../../../shared/sync/live-object.ts';
import { createServedKinds } from '../../../../shared/sync/served-kinds.ts';
import { type DesiredObject, toPlacedObject } from '../../../../shared/sync-plan/desired-object.ts';
import { provenEntry } from '../../../../shared/sync-plan/inventory.ts';
import type { LiveLookup } from '../../../../shared/sync-plan/live-object.ts';
import { eventually } from '../../../support/eventually.ts';

const origin = { file: 'a.yaml', line: 1, document: 1 };

function desiredOf(kind: string): DesiredObject {
  const metadata = { name: 'a', ...(kind === 'Namespace' ? {} : { namespace: 'n' }) };
  return { ...toPlacedObject({ apiVersion: 'v1', kind, metadata }, origin), digest: 'd' };
}

function live(desired: DesiredObject, resourceVersion: string, managedFields: readonly unknown[] = []): KubeObject {
  const own = { manager: 'signet-sync', operation: 'Apply', fieldsV1: { 'f:data': {} } };
  const metadata = { ...desired.object.metadata, uid: 'u', resourceVersion, managedFields: [own, ...managedFields] };
  return { ...desired.object, metadata };
}

/** A GitSync that wants one object, which is in place at version 1. */
function createWatch(kind = 'ConfigMap') {
  const desired = desiredOf(kind);
  const world = {
    lookup: readLiveObject(live(desired, '1')) as LiveLookup,
    isEnforcing: true,
    applied: 0,
    failure: null as Error | null,
    enqueued: [] as (number | undefined)[],
  };
  const hub = { find: () => world.lookup, learn: () => undefined, problemOf: () => undefined };
  const find = async () => null;
  const state = new SyncState(
    {
      owner: 'n/app',
      uid: 'u',
      request: { namespace: 'n', name: 'app' },
      hub,
      isOwnedBy: () => true,
      isEnforcing: () => world.isEnforcing,
      nowMs: () => 0,
      apply: async () => {
        world.applied += 1;
        if (world.failure) throw world.failure;
        world.lookup = readLiveObject(live(desired, '50'));
        return live(desired, '50');
      },
      read: async () => null,
      onHealth: () => undefined,
      findDrift: async () => ({ live: null, changes: [] }),
      now: () => new Date(0),
      onDrifted: () => undefined,
      onSettled: () => undefined,
      onTaken: () => undefined,
      onRepaired: () => undefined,
      onDeferred: () => undefined,
      onUnsettled: () => undefined,
    },
    createServedKinds({ findType: find, findTypeOfGroup: find, refresh: () => undefined }),
  );
  state.enforced = {
    revision: 'r',
    commit: 'c',
    generation: 1,
    wanted: new Map([[desired.key, desired]]),
    unplaced: [],
    rendered: [],
    skipped: [],
  };
  state.book.set(desired.key, provenEntry(desired, readLiveObject(live(desired, '1'))));
  const quiet = () => undefined;
  const watch = new DriftWatch({
    hub,
    states: () => [state],
    enqueue: (_, delayMs) => world.enqueued.push(delayMs),
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => expect.unreachable() },
  });
  return { watch, world, state, desired };
}

test('a write of others that took nothing from us is remembered, and not answered', () => {
  const { watch, world, state, desired } = createWatch();
  world.lookup = readLiveObject(live(desired, '2', [{ manager: 'other', fieldsV1: {} }]));
  watch.onChange(desired.identity);
  expect(world.applied).toBe(0);
  expect(state.book.entries.get(desired.key)).toMatchObject({ resourceVersion: '2' });
});

test('a deleted object is applied at once', async () => {
  const { watch, world, desired } = createWatch();
  world.lookup = 'absent';
  watch.onChange(desired.identity);
  expect(world.applied).toBe(1);
  await eventually(() => expect(world.lookup).toMatchObject({ resourceVersion: '50' }));
  expect(world.enqueued).toEqual([]);
});

test('a namespace that is back asks for a look at what was in it', async () => {
  const { watch, world, desired } = createWatch('Namespace');
  world.lookup = 'absent';
  watch.onChange(desired.identity);
  await eventually(() => expect(world.enqueued).toEqual([undefined]));
});

test('a repair that fails is left to the reconcile, which keeps its backoff', async () => {
  const { watch, world, desired } = createWatch();
  world.failure = new KubeError('KUBE_FORBIDDEN', 'cannot apply');
  world.lookup = 'absent';
  watch.onChange(desired.identity);
  await eventually(() => expect(world.enqueued).toEqual([500]));
  expect(world.applied).toBe(1);
});

test('nothing is done for a GitSync that is suspended or deleted', () => {
  const { watch, world, desired } = createWatch();
  world.isEnforcing = false;
  world.lookup = readLiveObject(live(desired, '2', []));
  watch.onChange(desired.identity);
  expect(world.applied).toBe(0);
  expect(world.enqueued).toEqual([]);
});

test('an object of the inventory that Git no longer wants asks for a look when it is gone', () => {
  const { watch, world, state, desired } = createWatch();
  state.enforced = null;
  watch.onChange(desired.identity);
  expect(world.enqueued).toEqual([]);
  world.lookup = 'absent';
  watch.onChange(desired.identity);
  expect(world.enqueued).toEqual([undefined]);
});

/** The object as it is while finalizer `x/y` keeps it. */
function leaving(desired: DesiredObject, resourceVersion: string): LiveLookup {
  const object = live(desired, resourceVersion);
  const annotations = { 'signet.dev/git-sync': 'n/app' };
  const metadata = { annotations, deletionTimestamp: '2030-01-01T00:00:00Z', finalizers: ['x/y'] };
  return readLiveObject({ ...object, metadata: { ...object.metadata, ...metadata } });
}

const HELD = 'since 2030-01-01T00:00:00Z, held by finalizer x/y';

function toldOf(parts: { failure?: string; waiting?: string }, identity: DesiredObject['identity']) {
  const { kind, namespace, name } = identity;
  const failures = parts.failure === undefined ? [] : [{ kind, namespace, name, message: parts.failure }];
  const waiting = parts.waiting === undefined ? [] : [parts.waiting];
  const pruned = { deleted: [], released: [], waiting, failures: [], held: [] };
  const enforced = { applied: { created: 0, changed: 0, failures }, pruned, heldBack: 0 };
  return { ask: '', summary: { revision: 'r', refusal: null, enforced, objects: 1 } };
}

test('an object that somebody deletes and a finalizer keeps asks for a look until that is told', () => {
  const { watch, world, state, desired } = createWatch();
  world.lookup = leaving(desired, '2');
  watch.onChange(desired.identity);
  expect(world.enqueued).toEqual([500]);
  state.look = toldOf({ failure: `is being deleted (${HELD})` }, desired.identity);
  watch.onChange(desired.identity);
  expect(world.enqueued).toEqual([500]);
  expect(world.applied).toBe(0);
});

test('an object that left Git and a finalizer keeps asks for a look until that is told', () => {
  const { watch, world, state, desired } = createWatch();
  state.enforced = null;
  world.lookup = leaving(desired, '2');
  watch.onChange(desired.identity);
  expect(world.enqueued).toEqual([500]);
  state.look = toldOf({ waiting: `ConfigMap n/a (${HELD})` }, desired.identity);
  watch.onChange(desired.identity);
  expect(world.enqueued).toEqual([500]);
});

test('an object that is left alone from the middle of a look on asks for another look, unless that look saw it', () => {
  const { watch, world, state, desired } = createWatch();
  const annotated = live(desired, '2');
  const annotations = { 'signet.dev/reconcile': 'disabled' };
  world.lookup = readLiveObject({ ...annotated, metadata: { ...annotated.metadata, annotations } });
  watch.onChange(desired.identity);
  const unseen = toldOf({}, desired.identity);
  const { summary } = unseen;
  state.look = { ask: '', summary: { ...summary, enforced: { ...summary.enforced, leftAlone: ['ConfigMap n/a'] } } };
  watch.onLooked(state);
  expect(world.enqueued).toEqual([]);
  state.look = null;
  watch.onChange(desired.identity);
  state.look = unseen;
  watch.onLooked(state);
  expect(world.enqueued).toEqual([500]);
  watch.onLooked(state);
  expect(world.enqueued).toEqual([500]);
});

test('the repair of an object that was told to fail asks for a look', async () => {
  const { watch, world, state, desired } = createWatch();
  state.look = toldOf({ failure: `is being deleted (${HELD})` }, desired.identity);
  world.lookup = 'absent';
  watch.onChange(desired.identity);
  await eventually(() => expect(world.enqueued).toEqual([500]));
  expect(world.applied).toBe(1);
});

test('an object that another GitSync took asks for a look, and is not taken back', () => {
  const { watch, world, state, desired } = createWatch();
  const taken = live(desired, '2');
  const annotations = { 'signet.dev/git-sync': 'n/other' };
  world.lookup = readLiveObject({ ...taken, metadata: { ...taken.metadata, annotations } });
  watch.onChange(desired.identity);
  expect(world.applied).toBe(0);
  expect(world.enqueued).toEqual([500]);
  state.book.delete(desired.key);
  watch.onChange(desired.identity);
  expect(world.enqueued).toEqual([500]);
});
