import { expect, test } from 'vitest';
import { askOf, GitSyncCache } from '../../../../controller/git-syncs/git-sync-cache.ts';
import type { GitSync } from '../../../../shared/resources/git-sync.ts';
import type { ObjectMeta } from '../../../../shared/resources/object-meta.ts';

const request = { namespace: 'n', name: 'app' };

function gitSync(resourceVersion: string, meta: ObjectMeta = {}): GitSync {
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { ...request, uid: 'u', generation: 1, resourceVersion, ...meta },
    spec: { source: { url: 'https://git.example.com/a.git' } },
  };
}

test('a later state is never replaced by an earlier one', () => {
  const cache = new GitSyncCache();
  cache.learn(gitSync('9'));
  cache.learn(gitSync('10'));
  cache.learn(gitSync('8'));
  expect(cache.find(request)?.metadata.resourceVersion).toBe('10');
});

test('another GitSync of the same name replaces the one before', () => {
  const cache = new GitSyncCache();
  cache.learn(gitSync('10'));
  cache.learn(gitSync('9', { uid: 'other' }));
  expect(cache.find(request)?.metadata.uid).toBe('other');
});

test('the answer to our own write does not bring back a GitSync that is gone', () => {
  const cache = new GitSyncCache();
  cache.learn(gitSync('1'));
  cache.forget(gitSync('2'));
  cache.learn(gitSync('2'));
  expect(cache.has('n/app')).toBe(false);
});

test('the end of an earlier GitSync does not hide its successor', () => {
  const cache = new GitSyncCache();
  cache.learn(gitSync('5', { uid: 'new' }));
  cache.forget(gitSync('4'));
  expect(cache.has('n/app')).toBe(true);
});

test('askOf changes with specification, deletion and request, and with nothing else', () => {
  const plain = askOf(gitSync('1'));
  expect(askOf(gitSync('2', { labels: { a: '1' }, finalizers: ['x'] }))).toBe(plain);
  for (const meta of [
    { generation: 2 },
    { deletionTimestamp: '2030-01-01T00:00:00Z' },
    { annotations: { 'signet.dev/reconcile-requested-at': 'now' } },
    { uid: 'other' },
  ]) {
    expect(askOf(gitSync('2', meta))).not.toBe(plain);
  }
});
