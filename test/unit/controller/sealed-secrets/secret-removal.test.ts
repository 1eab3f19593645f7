import { expect, test } from 'vitest';
import { SecretRemoval } from '../../../../controller/sealed-secrets/secret-removal.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { quietLogger } from '../../../support/quiet-logger.ts';

const PLACE = { namespace: 'shop', name: 'db' };
const SEALED = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata: PLACE };

/** A cluster with a Secret of `uid`, and with its SealedSecret where `isSealed`. */
function bench({ isSealed = false, uid = 'one' as string | null } = {}) {
  const cluster = { isSealed, uid, error: null as KubeError | null, deleted: [] as (string | undefined)[] };
  const removal = new SecretRemoval({
    client: {
      get: async (type) => {
        const found = type.kind === 'SealedSecret' ? cluster.isSealed : cluster.uid !== null;
        const metadata = cluster.uid === null ? PLACE : { ...PLACE, uid: cluster.uid };
        return found ? { apiVersion: 'v1', kind: type.kind, metadata } : null;
      },
      delete: async (_type, _reference, options) => {
        if (cluster.error !== null) throw cluster.error;
        cluster.deleted.push(options?.uid);
        return 'deleted';
      },
    },
    logger: quietLogger,
  });
  return { cluster, run: () => removal.reconcile(removal.note(SEALED)), again: () => removal.reconcile(PLACE) };
}

test('the Secret that stands there is deleted, and no other one of its name', async () => {
  const { cluster, run } = bench();
  expect(await run()).toEqual({ kind: 'settled' });
  expect(cluster.deleted).toEqual(['one']);
});

test('nothing is deleted while the SealedSecret is there, as after a change of its labels', async () => {
  const { cluster, run } = bench({ isSealed: true });
  expect(await run()).toEqual({ kind: 'settled' });
  expect(cluster.deleted).toEqual([]);
});

test('nothing is deleted where there is no Secret', async () => {
  const { cluster, run } = bench({ uid: null });
  expect(await run()).toEqual({ kind: 'settled' });
  expect(cluster.deleted).toEqual([]);
});

test('a failure is tried again, and only for the Secret of the first try', async () => {
  const { cluster, run, again } = bench();
  cluster.error = new KubeError('KUBE_FORBIDDEN', 'no');
  expect(await run()).toMatchObject({ kind: 'retry' });
  Object.assign(cluster, { error: null, uid: 'another' });
  expect(await again()).toEqual({ kind: 'settled' });
  expect(cluster.deleted).toEqual(['one']);
});

test('a Secret that was replaced meanwhile is left alone', async () => {
  const { cluster, run } = bench();
  cluster.error = new KubeError('KUBE_CONFLICT', 'the uid is another one');
  expect(await run()).toEqual({ kind: 'settled' });
});
