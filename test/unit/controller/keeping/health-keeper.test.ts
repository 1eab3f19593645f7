import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HealthKeeper } from '../../../../controller/keeping/health-keeper.ts';
import { HealthWait } from '../../../../controller/keeping/health-wait.ts';
import type { GitSync } from '../../../../shared/resources/git-sync.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { type DesiredObject, toPlacedObject } from '../../../../shared/sync-plan/desired-object.ts';
import type { LiveLookup, LiveObject } from '../../../../shared/sync-plan/live-object.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function claim(name: string): DesiredObject {
  const origin = { file: `${name}.yaml`, line: 1, document: 1 };
  const object = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace: 'shop' } };
  return { ...toPlacedObject(object, origin), digest: 'd' };
}

function live(resourceVersion: string): LiveObject {
  const parts = { fields: 'f', foreignFields: 'o', generation: 1, metadataDigest: 'm', owner: undefined };
  return {
    ...parts,
    uid: 'u',
    resourceVersion,
    isPruneDisabled: false,
    isTerminating: false,
    lastForeignManager: undefined,
  };
}

function bench() {
  const lookups = new Map<string, LiveLookup>();
  const answers = new Map<string, KubeObject | Error>();
  const reads: string[] = [];
  const world = { news: 0 };
  const keeper = new HealthKeeper({
    hub: { find: ({ name }) => lookups.get(name) ?? 'absent' },
    read: async ({ identity: { name } }) => {
      reads.push(name);
      const answer = answers.get(name);
      if (answer instanceof Error) throw answer;
      return answer ?? null;
    },
    nowMs: () => performance.now(),
    onChange: () => {
      world.news += 1;
    },
  });
  const put = (name: string, resourceVersion: string, phase: string): KubeObject => {
    const object = { ...claim(name).object, metadata: { name, namespace: 'shop', resourceVersion }, status: { phase } };
    lookups.set(name, live(resourceVersion));
    answers.set(name, object);
    return object;
  };
  const states = () => keeper.unhealthy().map(({ desired, health }) => `${desired.identity.name} ${health.state}`);
  return { keeper, lookups, answers, reads, world, put, states, signal: new AbortController().signal };
}

test('what is not known is read once, and again only when the watch tells of a newer version', async () => {
  const { keeper, put, reads, states, signal } = bench();
  put('a', '1', 'Pending');
  put('b', '1', 'Bound');
  await keeper.look([claim('a'), claim('b')], signal);
  await keeper.look([claim('a'), claim('b')], signal);
  expect(reads).toEqual(['a', 'b']);
  expect(states()).toEqual(['a progressing']);
  keeper.onWatch(claim('a').key);
  await vi.runAllTimersAsync();
  expect(reads).toHaveLength(2);
});

test('many changes of one object are one read a second, and news only when its health is another', async () => {
  const { keeper, put, reads, world, states, signal } = bench();
  put('a', '1', 'Pending');
  await keeper.look([claim('a')], signal);
  for (let version = 2; version < 50; version += 1) {
    put('a', String(version), 'Pending');
    keeper.onWatch(claim('a').key);
  }
  await vi.runAllTimersAsync();
  expect(reads).toHaveLength(2);
  expect(world.news).toBe(0);
  put('a', '50', 'Bound');
  keeper.onWatch(claim('a').key);
  await vi.runAllTimersAsync();
  expect(world.news).toBe(1);
  expect(states()).toEqual([]);
});

test('the answer to our own write needs no read', async () => {
  const { keeper, put, reads, states, signal } = bench();
  const answered = put('a', '7', 'Pending');
  keeper.learn(claim('a'), answered);
  keeper.listen();
  keeper.learn(claim('a'), answered);
  await keeper.look([claim('a')], signal);
  expect(reads).toEqual([]);
  expect(states()).toEqual(['a progressing']);
});

test('an object that vanishes is news, and so is its return', async () => {
  const { keeper, lookups, put, world, states, signal } = bench();
  put('a', '1', 'Bound');
  await keeper.look([claim('a')], signal);
  lookups.delete('a');
  keeper.onWatch(claim('a').key);
  expect(world.news).toBe(1);
  expect(states()).toEqual(['a progressing']);
  put('a', '2', 'Bound');
  keeper.onWatch(claim('a').key);
  await vi.runAllTimersAsync();
  expect(world.news).toBe(2);
  expect(states()).toEqual([]);
});

test('a read that fails leaves the health unknown, and is tried again', async () => {
  const { keeper, answers, put, reads, states, signal } = bench();
  const object = put('a', '1', 'Bound');
  answers.set('a', new Error('no'));
  await keeper.look([claim('a')], signal);
  expect(states()).toEqual(['a unknown']);
  answers.set('a', object);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads).toHaveLength(2);
  expect(states()).toEqual([]);
});

test('nothing is read for anybody who does not ask any more', async () => {
  const { keeper, put, reads, signal } = bench();
  put('a', '1', 'Pending');
  await keeper.look([claim('a')], signal);
  put('a', '2', 'Pending');
  keeper.onWatch(claim('a').key);
  keeper.release();
  keeper.onWatch(claim('a').key);
  await vi.runAllTimersAsync();
  expect(reads).toHaveLength(1);
});

test('a wait is over after its timeout, and another round begins another wait', async () => {
  const { keeper, put, signal } = bench();
  put('a', '1', 'Pending');
  await keeper.look([claim('a')], signal);
  const wait = new HealthWait(keeper);
  const gitSync = { spec: { timeout: '10s' } } as GitSync;
  const report = (id: string, nowMs: number) => wait.report({ id, objects: 1, gitSync, nowMs });
  expect(report('one', 1_000)).toMatchObject({ isOverdue: false, leftMs: 10_000, failed: 0, timeout: '10s' });
  expect(report('one', 10_999)).toMatchObject({ isOverdue: false, leftMs: 1 });
  expect(report('one', 11_000)).toMatchObject({ isOverdue: true, leftMs: null });
  expect(report('two', 11_000)).toMatchObject({ isOverdue: false, leftMs: 10_000 });
  put('a', '2', 'Bound');
  await keeper.look([claim('a')], signal);
  expect(report('two', 99_000)).toEqual({
    objects: 1,
    unhealthy: [],
    failed: 0,
    isOverdue: false,
    leftMs: null,
    timeout: '10s',
  });
});

test('failed objects are named first', async () => {
  const { keeper, put, signal } = bench();
  put('a', '1', 'Pending');
  put('b', '1', 'Lost');
  await keeper.look([claim('a'), claim('b')], signal);
  const gitSync = { spec: {} } as GitSync;
  const { unhealthy, failed } = new HealthWait(keeper).report({ id: 'one', objects: 2, gitSync, nowMs: 0 });
  expect(failed).toBe(1);
  expect(unhealthy.map(({ name, message }) => `${name}: ${message}`)).toEqual([
    'b: lost its volume',
    'a: is not bound to a volume yet',
  ]);
});
