import { expect, test } from 'vitest';
import { throughController, withPrivateKeys } from '../../../../cli/commands/reseal-roads.ts';
import type { Cluster } from '../../../../cli/connect/cluster.ts';
import type { SealedObject } from '../../../../cli/manifests/sealed-objects.ts';
import type { KubeClient } from '../../../../shared/kube/client.ts';
import type { ClusterConnection } from '../../../../shared/kube/connection.ts';
import { RECEIPT_ANNOTATION } from '../../../../shared/resources/names.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { receiptOf } from '../../../../shared/sealing/reseal-secret.ts';
import { sealSecret } from '../../../../shared/sealing/seal-secret.ts';
import {
  firstCertificate,
  firstRing,
  sealedOf,
  secondCertificate,
  secretOf,
  withItems,
} from '../../../support/test-secrets.ts';

/** Resealing through a controller that seals to the second key; it counts how often it is asked. */
function road() {
  const asked = { count: 0 };
  const raw = async () => {
    asked.count += 1;
    return { status: 409, headers: {}, body: new Uint8Array() };
  };
  const client = { raw } as unknown as KubeClient;
  const cluster: Cluster = { client, connection: {} as ClusterConnection, namespace: 'default', description: 'here' };
  const controller = {
    place: { namespace: 'x', name: 'y', port: '' },
    certificate: secondCertificate,
    description: '',
  };
  return { take: throughController(cluster, controller, { all: false, sleep: async () => undefined }), asked };
}

const objectOf = (sealed: SealedSecret) => ({ sealed, title: 'app.yaml:1: SealedSecret' }) as SealedObject;

test('throughController tells that an object was moved, whose values are sealed to the newest key already', async () => {
  const sealed = await sealSecret(secretOf({ a: '1' }), { certificate: secondCertificate });
  const { take, asked } = road();
  expect(await take(objectOf(sealed))).toMatchObject({ kind: 'resealed', values: new Map() });
  const outcome = await take(
    objectOf({ ...sealed, metadata: { ...sealed.metadata, namespace: 'pay', name: 'cache' } }),
  );
  expect(outcome).toMatchObject({
    kind: 'failed',
    error: {
      code: 'CLI_CANNOT_UNSEAL',
      message:
        'cannot reseal app.yaml:1: SealedSecret: sealed for namespace "shop", the object is in "pay"; sealed for name "db", the object is "cache"',
    },
  });
  const wide = { ...sealed.metadata.annotations, 'sealedsecrets.bitnami.com/cluster-wide': 'true' };
  const widened = { ...sealed, metadata: { ...sealed.metadata, annotations: wide } };
  expect(await take(objectOf(widened))).toMatchObject({
    error: { message: expect.stringContaining('sealed as strict, the object says cluster-wide') },
  });
  expect(asked.count).toBe(0);
});

test('throughController sends a value that is too large to nobody, and names the way that is left', async () => {
  const { take, asked } = road();
  const outcome = await take(objectOf(await sealedOf({ big: 'x'.repeat(1024 * 1024) })));
  expect(outcome).toMatchObject({
    error: {
      message: expect.stringContaining('item "big" is above the 1 MiB'),
      hint: expect.stringContaining('--private-key'),
    },
  });
  expect(asked.count).toBe(0);
});

test('withPrivateKeys opens no value that the receipt says to be sealed to the newest key', async () => {
  const [old, current] = [await sealedOf({ a: '1' }), await sealedOf({ b: '2' }, secondCertificate)];
  const texts = { ...old.spec.encryptedData, ...current.spec.encryptedData };
  const keys = new Map([
    ['a', firstCertificate.fingerprint],
    ['b', secondCertificate.fingerprint],
  ]);
  const mixed = withItems(old, texts);
  const receipt = await receiptOf(mixed, new Map(Object.entries(texts)), (item) => keys.get(item));
  const annotations = { [RECEIPT_ANNOTATION]: receipt ?? '' };
  const object = { ...mixed, metadata: { ...mixed.metadata, annotations } };
  const source = { file: { input: {} } } as SealedObject['source'];
  const take = withPrivateKeys(firstRing, async () => secondCertificate, { all: false, cwd: '/' });
  const outcome = await take({ ...objectOf(object), source });
  if (outcome.kind !== 'resealed') throw outcome.error;
  expect([...outcome.values.keys()]).toEqual(['a']);
  expect(JSON.parse(outcome.receipt ?? '').keys).toEqual({
    [secondCertificate.fingerprint]: { a: expect.any(String), b: expect.any(String) },
  });
});
