import { expect, test } from 'vitest';
import { KeyObjects } from '../../../../controller/keys/key-objects.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { KEYS_CONFIG_MAP } from '../../../../shared/resources/names.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { createDrivenWatcher } from '../../../support/driven-watcher.ts';

function bench() {
  const client = createDrivenWatcher();
  let changes = 0;
  const problems: unknown[] = [];
  const refusals: unknown[] = [];
  const objects = new KeyObjects({
    client,
    namespace: 'keys',
    prefix: 'sealed-secrets-key',
    onChange: () => {
      changes += 1;
    },
    onProblem: (error) => problems.push(error),
    onConfigMapsRefused: (error) => refusals.push(error),
  });
  objects.start();
  const [labelled, legacy, keys, requests] = client.watches;
  return {
    objects,
    labelled: labelled!,
    legacy: legacy!,
    keys: keys!,
    requests: requests!,
    problems,
    refusals,
    changes: () => changes,
  };
}

const configMap = (resourceVersion: string, uid = 'u'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: KEYS_CONFIG_MAP, namespace: 'keys', uid, resourceVersion },
});
const secret = (uid: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'sealed-secrets-key', namespace: 'keys', uid, resourceVersion: '1' },
});

test('a write is seen before its event, and the event of an earlier write is believed', () => {
  const { objects, keys } = bench();
  objects.noteConfigMap(configMap('5'));
  expect(objects.configMap(KEYS_CONFIG_MAP)?.metadata.resourceVersion).toBe('5');
  keys.tell('changed', configMap('6'));
  objects.noteConfigMap(configMap('5'));
  expect(objects.configMap(KEYS_CONFIG_MAP)?.metadata.resourceVersion).toBe('6');
});

test('an object that was removed before the answer to its write arrived stays removed', () => {
  const { objects, keys, labelled } = bench();
  keys.tell('added', configMap('4'));
  keys.tell('removed', configMap('6'));
  objects.noteConfigMap(configMap('5'));
  expect(objects.configMap(KEYS_CONFIG_MAP)).toBeNull();
  objects.noteConfigMap(configMap('7', 'other'));
  expect(objects.configMap(KEYS_CONFIG_MAP)?.metadata.uid).toBe('other');
  labelled.tell('removed', secret('s'));
  objects.noteSecret(secret('s'));
  expect(objects.secrets()).toEqual([]);
});

test('a Secret that both watches see is there once', () => {
  const { objects, labelled, legacy } = bench();
  legacy.tell('added', secret('s'));
  labelled.tell('added', secret('s'));
  expect(objects.secrets()).toHaveLength(1);
  labelled.tell('removed', secret('s'));
  expect(objects.secrets()).toHaveLength(1);
});

test('everything is known when every watch is, or when ConfigMaps may not be read at all', () => {
  const { objects, labelled, legacy, keys, requests, problems, refusals, changes } = bench();
  labelled.sync();
  legacy.sync();
  expect(objects.isSynced()).toBe(false);
  const refused = new KubeError('KUBE_FORBIDDEN', 'cannot list ConfigMaps');
  const before = changes();
  keys.fail(refused);
  requests.fail(refused);
  expect([refusals.length, problems.length, changes() - before]).toEqual([1, 0, 1]);
  expect([objects.isSynced(), objects.mayPublish()]).toEqual([true, false]);
  keys.sync();
  requests.sync();
  expect(objects.mayPublish()).toBe(true);
  labelled.fail(refused);
  expect(problems).toEqual([refused]);
  objects.stop();
  expect([labelled, legacy, keys, requests].every((watch) => watch.isStopped)).toBe(true);
});
