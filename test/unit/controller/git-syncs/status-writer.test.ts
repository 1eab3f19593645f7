import { expect, test } from 'vitest';
import { GitSyncCache } from '../../../../controller/git-syncs/git-sync-cache.ts';
import { StatusWriter } from '../../../../controller/git-syncs/status-writer.ts';
import type { KubeWriter } from '../../../../shared/kube/client.ts';
import type { GitSync } from '../../../../shared/resources/git-sync.ts';
import type { ObjectMeta } from '../../../../shared/resources/object-meta.ts';

const before = gitSync({ uid: 'before', resourceVersion: '1' });

function gitSync(metadata: ObjectMeta): GitSync {
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace: 'n', name: 'app', generation: 1, ...metadata },
    spec: { source: { url: 'https://git.example.com/a.git' } },
  };
}

function bench(known: GitSync | null) {
  const cache = new GitSyncCache();
  if (known !== null) cache.learn(known);
  const patches: unknown[] = [];
  const mergePatch: KubeWriter['mergePatch'] = async (_type, _reference, patch) => {
    patches.push(patch);
    return { ...before, ...patch, metadata: { ...before.metadata, resourceVersion: '2' } };
  };
  return { writer: new StatusWriter({ mergePatch }, cache), patches, cache };
}

test('a status that says something new is written, and known at once', async () => {
  const { writer, patches, cache } = bench(before);
  expect(await writer.write(before, { observedGeneration: 1 })).toBe(true);
  expect(patches).toEqual([{ status: { observedGeneration: 1 } }]);
  expect(cache.find({ namespace: 'n', name: 'app' })?.status?.observedGeneration).toBe(1);
});

test('a status that is there already is not written', async () => {
  const { writer, patches } = bench(before);
  expect(await writer.write({ ...before, status: { observedGeneration: 1 } }, { observedGeneration: 1 })).toBe(false);
  expect(patches).toEqual([]);
});

test.each([
  ['made again under its name', gitSync({ uid: 'after', resourceVersion: '9' })],
  ['deleted', null],
])('the status of a GitSync that was %s meanwhile is written nowhere', async (_what, known) => {
  const { writer, patches } = bench(known);
  expect(await writer.write(before, { observedGeneration: 1 })).toBe(false);
  expect(patches).toEqual([]);
});

test('a request that was handled is written down, and is no news', async () => {
  const status = { observedGeneration: 1, lastHandledReconcileAt: 'first' };
  const { writer, patches } = bench(before);
  expect(await writer.write({ ...before, status }, { ...status, lastHandledReconcileAt: 'again' })).toBe(false);
  expect(patches).toEqual([{ status: { ...status, lastHandledReconcileAt: 'again' } }]);
});
