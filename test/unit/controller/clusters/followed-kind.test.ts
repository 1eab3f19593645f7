import { expect, test } from 'vitest';
import { FollowedKind } from '../../../../controller/clusters/followed-kind.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { CONFIG_MAPS } from '../../../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { readLiveObject } from '../../../../shared/sync/live-object.ts';
import { createDrivenWatcher } from '../../../support/driven-watcher.ts';
import { eventually } from '../../../support/eventually.ts';

const identity = { group: '', kind: 'ConfigMap', namespace: 'n', name: 'a' };

function object(resourceVersion: string, uid = 'u'): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'n', name: 'a', uid, resourceVersion } };
}

function follow() {
  const watcher = createDrivenWatcher();
  const changes: string[] = [];
  const world = { stored: null as KubeObject | null, nowMs: 0, unserved: 0, reads: 0 };
  const followed = new FollowedKind({
    client: {
      watch: watcher.watch,
      get: async () => {
        world.reads += 1;
        return world.stored;
      },
    },
    type: CONFIG_MAPS,
    nowMs: () => world.nowMs,
    onChange: ({ name }) => changes.push(name),
    onUnserved: () => {
      world.unserved += 1;
    },
  });
  return { followed, watch: watcher.watches[0]!, changes, world };
}

test('objects of the first list are known and told of by nobody', async () => {
  const { followed, watch, changes } = follow();
  watch.tell('added', object('1'));
  expect(followed.isSynced()).toBe(false);
  watch.sync();
  await followed.firstAnswer;
  expect(followed.find(identity)?.resourceVersion).toBe('1');
  expect(changes).toEqual([]);
});

test('later changes and removals are told, each once', () => {
  const { followed, watch, changes } = follow();
  watch.sync();
  watch.tell('added', object('1'));
  watch.tell('changed', object('2'));
  watch.tell('changed', object('2'));
  watch.tell('removed', object('3'));
  expect(changes).toEqual(['a', 'a', 'a']);
  expect(followed.find(identity)).toBeUndefined();
});

test('an event from before our own write changes nothing', () => {
  const { followed, watch, changes } = follow();
  watch.sync();
  followed.learn(identity, readLiveObject(object('5')));
  watch.tell('changed', object('4'));
  watch.tell('changed', object('5'));
  expect(followed.find(identity)?.resourceVersion).toBe('5');
  expect(changes).toEqual([]);
});

test('the answer to our own write that comes after later news changes nothing', () => {
  const { followed, watch } = follow();
  watch.sync();
  watch.tell('changed', object('7'));
  followed.learn(identity, readLiveObject(object('5')));
  expect(followed.find(identity)?.resourceVersion).toBe('7');
});

test('the removal of an earlier object does not hide the one that we made after it', async () => {
  const { followed, watch, world } = follow();
  watch.sync();
  watch.tell('added', object('1'));
  followed.learn(identity, readLiveObject(object('5', 'new')));
  world.stored = object('5', 'new');
  watch.tell('removed', object('4'));
  await eventually(() => expect(world.reads).toBe(1));
  expect(followed.find(identity)?.uid).toBe('new');
});

test('a list without what we made, after a watch that was cut, has it read again at once', async () => {
  const { followed, watch, changes, world } = follow();
  watch.sync();
  watch.tell('added', object('1'));
  followed.learn(identity, readLiveObject(object('5')));
  // The difference to the list before has the state of then.
  watch.tell('removed', object('1'));
  await eventually(() => expect(followed.find(identity)).toBeUndefined());
  expect(world.reads).toBe(1);
  expect(changes).toEqual(['a', 'a']);
});

test('the removal of what we made is believed even when it comes before the answer to our write', () => {
  const { followed, watch } = follow();
  watch.sync();
  watch.tell('added', object('5'));
  watch.tell('removed', object('6'));
  followed.learn(identity, readLiveObject(object('5')));
  expect(followed.find(identity)).toBeUndefined();
});

test('our own write of which the watch never tells is read again after some seconds', async () => {
  const { followed, watch, changes, world } = follow();
  watch.sync();
  followed.learn(identity, readLiveObject(object('5')));
  await followed.confirm();
  expect(world.reads).toBe(0);
  world.nowMs = 6_000;
  await followed.confirm();
  expect(followed.find(identity)).toBeUndefined();
  expect(changes).toEqual(['a']);
  await followed.confirm();
  expect(world.reads).toBe(1);
});

test('our own write that the watch confirmed is not read again', async () => {
  const { followed, watch, world } = follow();
  watch.sync();
  followed.learn(identity, readLiveObject(object('5')));
  watch.tell('added', object('5'));
  world.nowMs = 60_000;
  await followed.confirm();
  expect(world.reads).toBe(0);
});

test('a kind that cannot be listed says why, until it can', async () => {
  const { followed, watch } = follow();
  watch.fail(new KubeError('KUBE_FORBIDDEN', 'cannot list ConfigMaps: not allowed'));
  await followed.firstAnswer;
  expect(followed.problem).toContain('not allowed');
  watch.sync();
  expect(followed.problem).toBeUndefined();
});

test('a kind that is not served any more is told of', () => {
  const { watch, world } = follow();
  watch.fail(new KubeError('KUBE_NOT_FOUND', 'cannot list ConfigMaps: not found', { status: 404 }));
  expect(world.unserved).toBe(1);
});
