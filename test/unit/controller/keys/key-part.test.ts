import { expect, test } from 'vitest';
import { KeyPart } from '../../../../controller/keys/key-part.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { KEYS_CONFIG_MAP } from '../../../../shared/resources/names.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { collectingLogger } from '../../../support/collecting-logger.ts';
import { controllerConfig } from '../../../support/controller-config.ts';
import { createDrivenWatcher } from '../../../support/driven-watcher.ts';
import { eventually } from '../../../support/eventually.ts';
import { keySecret } from '../../../support/key-secret.ts';
import { MemoryObjects } from '../../../support/memory-objects.ts';
import { FIRST_KEY } from '../../../support/test-keys.ts';

const NAMESPACE = 'signet-system';

/** A part that was started beside one key Secret; the answer to the first write of `signet-keys` is `published`. */
async function startedPart(published: Promise<void>) {
  const objects = new MemoryObjects();
  const asked: string[] = [];
  const watcher = createDrivenWatcher();
  const part = new KeyPart({
    client: {
      ...watcher,
      get: (type, reference) => objects.get(type, reference),
      list: () => Promise.reject(new TypeError('nobody lists')),
      create: async (type, object) => {
        asked.push(object.metadata.name ?? '');
        if (object.metadata.name === KEYS_CONFIG_MAP) await published;
        return objects.create(type, object);
      },
      replace: (type, object) => objects.replace(type, object),
      apply: () => Promise.reject(new TypeError('nobody applies')),
      mergePatch: (type, reference, patch) => objects.mergePatch(type, reference, patch),
      delete: () => Promise.reject(new TypeError('nobody deletes')),
    },
    namespace: NAMESPACE,
    config: { ...controllerConfig(NAMESPACE).keys, renewPeriodMs: 0 },
    lanes: 1,
    now: () => new Date(),
    random: () => 0,
    logger: collectingLogger([]),
    metrics: { keys: () => undefined, issued: () => undefined, listed: () => undefined },
    report: () => undefined,
  });
  await part.start();
  const secret = keySecret(NAMESPACE, 'sealed-secrets-key-0', FIRST_KEY);
  const metadata = { ...secret.metadata, uid: 'a', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' };
  watcher.watches[0]?.tell('added', { ...secret, metadata } as KubeObject);
  for (const watch of watcher.watches) watch.sync();
  await part.ready;
  await eventually(() => expect(asked).toContain(KEYS_CONFIG_MAP));
  return { part, objects };
}

test('keys open Secrets as soon as they are loaded, and the controller is ready when people can read them', async () => {
  const published = Promise.withResolvers<void>();
  const { part, objects } = await startedPart(published.promise);
  expect(part.isReady()).toBe(false);
  expect(part.waitingFor()).toBe('keys: waits until they are published');
  published.resolve();
  await eventually(() => expect(part.waitingFor()).toBeNull());
  expect(objects.calls).toContain('create');
  await part.stop();
});

test('keys that cannot be published do not keep the controller from being ready', async () => {
  const published = Promise.withResolvers<void>();
  const { part } = await startedPart(published.promise);
  published.reject(new KubeError('KUBE_FORBIDDEN', 'no'));
  await eventually(() => expect(part.isReady()).toBe(true));
  await part.stop();
});
