import { expect, test } from 'vitest';
import type { Cluster } from '../../../../cli/connect/cluster.ts';
import { type RestoreTarget, restoreKey } from '../../../../cli/connect/restore-key.ts';
import { inspectKeys } from '../../../../shared/key-backup/collect-backup.ts';
import { SECRETS } from '../../../../shared/kube/resource-type.ts';
import { KEY_FINGERPRINT_ANNOTATION, KEY_LABEL } from '../../../../shared/resources/names.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { keySecret } from '../../../support/key-secret.ts';
import { MemoryObjects } from '../../../support/memory-objects.ts';
import { FIRST_KEY, SECOND_KEY } from '../../../support/test-keys.ts';

const NAMESPACE = 'signet-system';
const OWN = 'sealed-secrets-key-first';
const target: RestoreTarget = { namespace: NAMESPACE, present: new Map(), isDryRun: false };

async function createWorld(object: KubeObject = keySecret(NAMESPACE, OWN, FIRST_KEY)) {
  const objects = new MemoryObjects();
  const { keys } = await inspectKeys([object]);
  const cluster = { client: objects, namespace: 'default', description: 'memory' } as unknown as Cluster;
  const [key] = keys;
  return {
    objects,
    key: key!,
    restore: (more: Partial<RestoreTarget> = {}) => restoreKey(cluster, key!, { ...target, ...more }),
  };
}

const named = (objects: MemoryObjects, name: string) => objects.get(SECRETS, { namespace: NAMESPACE, name });

test('a key goes to its own name when that is free, without the annotation of the backup', async () => {
  const object = keySecret('elsewhere', OWN, FIRST_KEY);
  const { fingerprint } = (await inspectKeys([object])).keys[0]!.facts;
  const annotations = { note: 'kept', [KEY_FINGERPRINT_ANNOTATION]: fingerprint };
  const { objects, restore } = await createWorld({ ...object, metadata: { ...object.metadata, annotations } });
  expect(await restore()).toEqual({ result: 'created', secret: OWN });
  const made = await named(objects, OWN);
  expect(made?.metadata).toMatchObject({ namespace: NAMESPACE, labels: { [KEY_LABEL]: 'active' } });
  expect(made?.metadata.annotations).toEqual({ note: 'kept' });
});

test('a key that is there is not created again', async () => {
  const { objects, key, restore } = await createWorld();
  const present = new Map([[key.facts.fingerprint as string, { ...key.facts, secret: 'other' }]]);
  expect(await restore({ present })).toEqual({ result: 'present', secret: 'other' });
  expect(objects.calls).toEqual([]);
});

test('a dry run asks and writes nothing', async () => {
  const { objects, restore } = await createWorld();
  expect(await restore({ isDryRun: true })).toEqual({ result: 'created', secret: OWN });
  objects.put(keySecret(NAMESPACE, OWN, SECOND_KEY));
  expect(await restore({ isDryRun: true })).toMatchObject({ result: 'renamed' });
  expect(objects.calls).not.toContain('create');
});

test('a name that the first start of a controller takes in this moment is left to it', async () => {
  const { objects, restore } = await createWorld();
  objects.before = (verb) => {
    if (verb !== 'create') return;
    objects.before = () => undefined;
    objects.put(keySecret(NAMESPACE, OWN, SECOND_KEY));
  };
  const { result, secret } = await restore();
  expect(result).toBe('renamed');
  expect((await named(objects, OWN))?.['data']).toEqual(keySecret(NAMESPACE, OWN, SECOND_KEY).data);
  expect((await named(objects, secret))?.['data']).toEqual(keySecret(NAMESPACE, OWN, FIRST_KEY).data);
});

test('the same key that somebody else restores in this moment is one key', async () => {
  const { objects, restore } = await createWorld();
  objects.before = (verb) => {
    if (verb !== 'create') return;
    objects.before = () => undefined;
    objects.put(keySecret(NAMESPACE, OWN, FIRST_KEY));
  };
  expect(await restore()).toEqual({ result: 'present', secret: OWN });
});

test('a Secret with the key and without the label is not in use, so the key goes to another one', async () => {
  const { objects, restore } = await createWorld();
  const standing = keySecret(NAMESPACE, OWN, FIRST_KEY);
  objects.put({ ...standing, metadata: { ...standing.metadata, labels: {} } });
  expect(await restore()).toMatchObject({ result: 'renamed' });
});

test('a key that is known by its name alone gets the label with another name', async () => {
  const old = keySecret(NAMESPACE, 'sealed-secrets-key', FIRST_KEY);
  const { objects, restore } = await createWorld({
    ...old,
    metadata: { namespace: NAMESPACE, name: 'sealed-secrets-key' },
  });
  objects.put(keySecret(NAMESPACE, 'sealed-secrets-key', SECOND_KEY));
  const { secret } = await restore();
  expect((await named(objects, secret))?.metadata.labels).toEqual({ [KEY_LABEL]: 'active' });
  objects.remove({ namespace: NAMESPACE, name: 'sealed-secrets-key' });
  objects.remove({ namespace: NAMESPACE, name: secret });
  expect((await restore()).secret).toBe('sealed-secrets-key');
  expect((await named(objects, 'sealed-secrets-key'))?.metadata.labels).toEqual({});
});

test('when both names are taken nothing is overwritten', async () => {
  const { objects, restore } = await createWorld();
  objects.put(keySecret(NAMESPACE, OWN, SECOND_KEY));
  const { secret } = await restore();
  objects.put(keySecret(NAMESPACE, secret, SECOND_KEY));
  await expect(restore()).rejects.toMatchObject({ code: 'CLI_OUTPUT_FAILED' });
});

test('a name of any length has another one that a Secret can have', async () => {
  const long = `${'a'.repeat(199)}.${'b'.repeat(53)}`;
  const { objects, restore } = await createWorld(keySecret(NAMESPACE, long, FIRST_KEY));
  objects.put(keySecret(NAMESPACE, long, SECOND_KEY));
  const { secret } = await restore();
  expect(secret).toMatch(/^a{199}-restored-[0-9a-f]{8}$/);
});
