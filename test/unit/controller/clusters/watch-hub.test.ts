import { expect, test } from 'vitest';
import { WatchHub } from '../../../../controller/clusters/watch-hub.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { CONFIG_MAPS, type ResourceType, SECRETS } from '../../../../shared/kube/resource-type.ts';
import { readLiveObject } from '../../../../shared/sync/live-object.ts';
import { createDrivenWatcher } from '../../../support/driven-watcher.ts';

const configMap = { group: '', version: 'v1', kind: 'ConfigMap', namespaces: ['n'] };
const secret = { group: '', version: 'v1', kind: 'Secret', namespaces: ['n'] };
const identity = { group: '', kind: 'ConfigMap', namespace: 'n', name: 'a' };

function createHub(types: ResourceType[] = [CONFIG_MAPS, SECRETS]) {
  const watcher = createDrivenWatcher({ isImmediate: true });
  const unserved: string[][] = [];
  const find = async (kind: string) => types.find((type) => type.kind === kind) ?? null;
  const hub = new WatchHub({
    client: {
      watch: watcher.watch,
      get: async () => null,
      list: async () => ({ items: [], resourceVersion: '1' }),
      findType: (_, kind) => find(kind),
      findTypeOfGroup: (_, kind) => find(kind),
      refresh: () => undefined,
    },
    nowMs: () => 0,
    onChange: () => undefined,
    onUnserved: (owners) => unserved.push([...owners]),
  });
  return { hub, watches: watcher.watches, unserved, types };
}

test('a kind is watched once for all who follow it, and until the last one lets go', async () => {
  const { hub, watches } = createHub();
  await Promise.all([hub.follow('a/a', [configMap, secret]), hub.follow('b/b', [configMap])]);
  expect(watches.map(({ type }) => type.kind).toSorted()).toEqual(['ConfigMap', 'Secret']);
  hub.release('a/a');
  expect(watches.map(({ type, isStopped }) => `${type.kind} ${isStopped}`).toSorted()).toEqual([
    'ConfigMap false',
    'Secret true',
  ]);
  await hub.follow('b/b', []);
  expect(watches.every(({ isStopped }) => isStopped)).toBe(true);
});

test('absence is certain only for a kind that was listed', async () => {
  const { hub } = createHub();
  expect(hub.find(identity)).toBe('unreadable');
  await hub.follow('a/a', [configMap]);
  expect(hub.find(identity)).toBe('absent');
});

test('a kind that nobody serves is unserved, and followed as soon as it is', async () => {
  const { hub, types, watches } = createHub([]);
  await hub.follow('a/a', [configMap]);
  expect(hub.find(identity)).toBe('unserved');
  expect(watches).toEqual([]);
  types.push(CONFIG_MAPS);
  await hub.follow('a/a', [configMap]);
  expect(hub.find(identity)).toBe('absent');
});

test('a kind that nobody serves is forgotten with the last one who wants it', async () => {
  const { hub } = createHub([]);
  await Promise.all([hub.follow('a/a', [configMap, secret]), hub.follow('b/b', [configMap])]);
  await hub.follow('a/a', [secret]);
  expect([hub.find(identity), hub.find({ ...identity, kind: 'Secret' })]).toEqual(['unserved', 'unserved']);
  hub.release('b/b');
  hub.release('a/a');
  expect([hub.find(identity), hub.find({ ...identity, kind: 'Secret' })]).toEqual(['unreadable', 'unreadable']);
});

test('a kind that vanishes is unserved, and its followers are told', async () => {
  const { hub, watches, unserved } = createHub();
  await hub.follow('a/a', [configMap]);
  watches[0]!.fail(new KubeError('KUBE_NOT_FOUND', 'cannot list: not found', { status: 404 }));
  expect(hub.find(identity)).toBe('unserved');
  expect(unserved).toEqual([['a/a']]);
  expect(watches[0]!.isStopped).toBe(true);
});

test('a kind that cannot be looked up is unreadable, with the reason', async () => {
  const { hub } = createHub();
  const broken = new WatchHub({
    client: {
      watch: createDrivenWatcher().watch,
      get: async () => null,
      list: async () => ({ items: [], resourceVersion: '1' }),
      findType: async () => {
        throw new KubeError('KUBE_SERVER_ERROR', 'cannot find the kinds of metrics.example.com/v1');
      },
      findTypeOfGroup: async () => null,
      refresh: () => undefined,
    },
    nowMs: () => 0,
    onChange: () => undefined,
    onUnserved: () => undefined,
  });
  await broken.follow('a/a', [configMap]);
  expect(broken.find(identity)).toBe('unreadable');
  expect(broken.problemOf(identity)).toContain('cannot find the kinds');
  expect(hub.problemOf(identity)).toBeUndefined();
});

test('an API that does not answer holds up only those who follow its kinds', async () => {
  let nowMs = 0;
  const failure = new KubeError('KUBE_SERVER_ERROR', 'cannot get: the API is down', { status: 503 });
  const hub = new WatchHub({
    client: {
      watch: createDrivenWatcher({ isImmediate: true }).watch,
      get: () => Promise.reject(failure),
      list: async () => ({ items: [], resourceVersion: '1' }),
      findType: async (_, kind) => (kind === 'Secret' ? SECRETS : CONFIG_MAPS),
      findTypeOfGroup: async () => null,
      refresh: () => undefined,
    },
    nowMs: () => nowMs,
    onChange: () => undefined,
    onUnserved: () => undefined,
  });
  await Promise.all([hub.follow('a/a', [configMap]), hub.follow('b/b', [secret])]);
  const metadata = { namespace: 'n', name: 'a', uid: 'u', resourceVersion: '7' };
  hub.learn({ ...identity, kind: 'Secret' }, readLiveObject({ apiVersion: 'v1', kind: 'Secret', metadata }));
  nowMs = 60_000;
  await expect(hub.confirm('b/b')).rejects.toBe(failure);
  await hub.confirm('a/a');
});
