import { expect, test } from 'vitest';
import type { KubeReader } from '../../../../shared/kube/client.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { CONFIG_MAPS, SECRETS } from '../../../../shared/kube/resource-type.ts';
import { type KubeObject, objectKey } from '../../../../shared/resources/object-meta.ts';
import { readLive } from '../../../../shared/sync/read-live.ts';

function clientOf(names: readonly string[]): { client: KubeReader; calls: string[] } {
  const calls: string[] = [];
  const object = (name: string, namespace?: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  });
  return {
    calls,
    client: {
      get: async (type, { namespace, name }) => {
        calls.push(`get ${type.kind} ${namespace}/${name}`);
        if (type === SECRETS) throw new KubeError('KUBE_FORBIDDEN', 'cannot get Secrets: not allowed');
        return names.includes(name) ? object(name, namespace) : null;
      },
      list: async (type, options = {}) => {
        calls.push(`list ${type.kind} ${options.namespace}`);
        return { items: names.map((name) => object(name, options.namespace)), resourceVersion: '1' };
      },
    },
  };
}

function configMap(name: string, namespace = 'n') {
  return { identity: { group: '', kind: 'ConfigMap', namespace, name }, type: CONFIG_MAPS };
}

test('a few objects are read one by one, many by one list for each namespace', async () => {
  const few = clientOf(['a']);
  await readLive(few.client, [configMap('a'), configMap('b'), configMap('a', 'other')]);
  expect(few.calls.toSorted()).toEqual(['get ConfigMap n/a', 'get ConfigMap n/b', 'get ConfigMap other/a']);
  const many = clientOf(['a', 'c', 'unwanted']);
  const found = await readLive(
    many.client,
    ['a', 'b', 'c', 'd'].map((name) => configMap(name)),
  );
  expect(many.calls).toEqual(['list ConfigMap n']);
  expect(['a', 'b', 'c'].map((name) => found.find(objectKey(configMap(name).identity)) !== null)).toEqual([
    true,
    false,
    true,
  ]);
});

test('what could not be read says why, and the rest is there', async () => {
  const secret = { identity: { group: '', kind: 'Secret', namespace: 'n', name: 's' }, type: SECRETS };
  const found = await readLive(clientOf(['a']).client, [configMap('a'), secret]);
  expect(found.find(objectKey(configMap('a').identity))).not.toBeNull();
  expect(found.problemOf(objectKey(secret.identity))).toBe('cannot get Secrets: not allowed');
});

test('a kind that is not served has no objects, and nobody is asked', async () => {
  const { client, calls } = clientOf([]);
  const identity = { group: 'x', kind: 'X', namespace: 'n', name: 'x' };
  const found = await readLive(client, [{ identity, type: null }]);
  expect(found.find(objectKey(identity))).toBeNull();
  expect(found.problemOf(objectKey(identity))).toBeNull();
  expect(calls).toEqual([]);
});
