import { expect, test } from 'vitest';
import type { DeleteOptions } from '../../../../shared/kube/client.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { CONFIG_MAPS, type ResourceType } from '../../../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { deleteOwned, type PruneDependencies, releaseOwned } from '../../../../shared/sync/prune.ts';
import { createServedKinds } from '../../../../shared/sync/served-kinds.ts';

const entry = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'n', name: 'a', state: 'applied' as const };

function dependencies(
  answer: () => 'deleted' | 'terminating' | 'absent',
  type: ResourceType | null = CONFIG_MAPS,
): PruneDependencies & { asked: (DeleteOptions | undefined)[]; patches: unknown[] } {
  const asked: (DeleteOptions | undefined)[] = [];
  const patches: unknown[] = [];
  const find = async () => type;
  return {
    asked,
    patches,
    kinds: createServedKinds({ findType: find, findTypeOfGroup: find, refresh: () => undefined }),
    client: {
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

test('deleteOwned deletes the object of this uid in the background', async () => {
  const world = dependencies(() => 'deleted');
  expect(await deleteOwned(world, entry, 'u')).toBe('gone');
  expect(world.asked).toEqual([{ uid: 'u', propagation: 'Background' }]);
});

test.each([
  ['absent', 'gone'],
  ['terminating', 'terminating'],
] as const)('an object that is %s is %s', async (answer, result) => {
  expect(
    await deleteOwned(
      dependencies(() => answer),
      entry,
      'u',
    ),
  ).toBe(result);
});

test('another object of the same name is not touched', async () => {
  expect(await deleteOwned(dependencies(refuse('KUBE_CONFLICT')), entry, 'u')).toBe('replaced');
});

test('a kind that nobody serves is left', async () => {
  const world = dependencies(() => 'deleted', null);
  expect(await deleteOwned(world, entry, 'u')).toBe('unserved');
  await releaseOwned(world, entry);
  expect([...world.asked, ...world.patches]).toEqual([]);
});

test('a refusal of the server is thrown', async () => {
  await expect(deleteOwned(dependencies(refuse('KUBE_FORBIDDEN')), entry, 'u')).rejects.toMatchObject({
    code: 'KUBE_FORBIDDEN',
  });
});

test('releaseOwned takes off the owner annotation, and minds no object that is gone', async () => {
  const world = dependencies(() => 'deleted');
  await releaseOwned(world, entry);
  expect(world.patches).toEqual([{ metadata: { annotations: { 'signet.dev/git-sync': null } } }]);
  await expect(releaseOwned(dependencies(refuse('KUBE_NOT_FOUND')), entry)).resolves.toBeUndefined();
});
