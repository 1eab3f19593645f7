import { expect, test } from 'vitest';
import type { DeleteOptions } from '../../../../shared/kube/client.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { CONFIG_MAPS, type ResourceType } from '../../../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { readLiveObject } from '../../../../shared/sync/live-object.ts';
import { deleteOwned, type PruneDependencies, releaseOwned } from '../../../../shared/sync/prune.ts';
import { createServedKinds } from '../../../../shared/sync/served-kinds.ts';

const entry = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'n', name: 'a', state: 'applied' as const };

/** The object as the server holds it. */
function live(change: Partial<KubeObject['metadata']> = {}): KubeObject {
  const metadata = { namespace: 'n', name: 'a', uid: 'u', resourceVersion: '1', ...change };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
}

const SEEN = readLiveObject(live());

function dependencies(
  answer: () => 'deleted' | 'terminating' | 'absent',
  type: ResourceType | null = CONFIG_MAPS,
  found: () => KubeObject | null = () => null,
): PruneDependencies & { asked: (DeleteOptions | undefined)[]; patches: unknown[] } {
  const asked: (DeleteOptions | undefined)[] = [];
  const patches: unknown[] = [];
  const find = async () => type;
  return {
    asked,
    patches,
    kinds: createServedKinds({ findType: find, findTypeOfGroup: find, refresh: () => undefined }),
    client: {
      get: async () => found(),
      delete: async (_, __, options) => {
        asked.push(options);
        return answer();
      },
      mergePatch: async (_, __, patch) => {
        patches.push(patch);
        answer();
        return {} as KubeObject;
      },
    },
  };
}

function refuse(code: 'KUBE_CONFLICT' | 'KUBE_NOT_FOUND' | 'KUBE_FORBIDDEN'): () => never {
  return () => {
    throw new KubeError(code, 'cannot delete');
  };
}

test('deleteOwned deletes the object of this uid and version in the background', async () => {
  const world = dependencies(() => 'deleted');
  expect(await deleteOwned(world, entry, SEEN)).toBe('gone');
  expect(world.asked).toEqual([{ uid: 'u', resourceVersion: '1', propagation: 'Background' }]);
});

test.each([
  ['absent', 'gone'],
  ['terminating', 'terminating'],
] as const)('an object that is %s is %s', async (answer, result) => {
  expect(
    await deleteOwned(
      dependencies(() => answer),
      entry,
      SEEN,
    ),
  ).toBe(result);
});

/** A server that refuses a deletion in another version than that of the object that it finds, which moves on with each look. */
function moving(...versions: readonly KubeObject[]) {
  const left = [...versions];
  const world: ReturnType<typeof dependencies> = dependencies(
    () => {
      const isCurrent = world.asked.at(-1)?.resourceVersion === '3';
      return isCurrent ? 'deleted' : refuse('KUBE_CONFLICT')();
    },
    CONFIG_MAPS,
    () => left.shift() ?? live({ resourceVersion: '9' }),
  );
  return world;
}

test('an object whose content changes meanwhile is deleted all the same', async () => {
  const world = moving(live({ resourceVersion: '2' }), live({ resourceVersion: '3' }));
  expect(await deleteOwned(world, entry, SEEN)).toBe('gone');
  expect(world.asked.map((options) => options?.resourceVersion)).toEqual(['1', '2', '3']);
});

test.each([
  ['says by now that it is to stay', live({ resourceVersion: '3', annotations: { 'signet.dev/prune': 'disabled' } })],
  ['has another label', live({ resourceVersion: '3', labels: { a: 'b' } })],
  ['was made anew', live({ resourceVersion: '3', uid: 'other' })],
  ['changes all the time', live({ resourceVersion: '2' })],
])('an object that %s is not touched', async (_, found) => {
  const world = moving(found);
  expect(await deleteOwned(world, entry, SEEN)).toBe('changed');
  expect(world.asked.map((options) => options?.resourceVersion)).not.toContain('3');
});

test('an object that has gone meanwhile is looked at afresh', async () => {
  expect(await deleteOwned(dependencies(refuse('KUBE_CONFLICT')), entry, SEEN)).toBe('changed');
});

test('a kind that nobody serves is left', async () => {
  const world = dependencies(() => 'deleted', null);
  expect(await deleteOwned(world, entry, SEEN)).toBe('unserved');
  await releaseOwned(world, entry);
  expect([...world.asked, ...world.patches]).toEqual([]);
});

test('a refusal of the server is thrown', async () => {
  await expect(deleteOwned(dependencies(refuse('KUBE_FORBIDDEN')), entry, SEEN)).rejects.toMatchObject({
    code: 'KUBE_FORBIDDEN',
  });
});

test('releaseOwned takes off the owner annotation, and minds no object that is gone', async () => {
  const world = dependencies(() => 'deleted');
  await releaseOwned(world, entry);
  expect(world.patches).toEqual([{ metadata: { annotations: { 'signet.dev/git-sync': null } } }]);
  await expect(releaseOwned(dependencies(refuse('KUBE_NOT_FOUND')), entry)).resolves.toBeUndefined();
});
