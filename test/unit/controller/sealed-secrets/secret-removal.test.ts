import { expect, test } from 'vitest';
import { SecretRemoval } from '../../../../controller/sealed-secrets/secret-removal.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { quietLogger } from '../../../support/quiet-logger.ts';

const PLACE = { namespace: 'shop', name: 'db' };
const SEALED = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata: { ...PLACE, uid: 'sealed' } };
const OWNER = { apiVersion: SEALED.apiVersion, kind: SEALED.kind, name: 'db', uid: 'sealed' };

/** A cluster with a Secret of `uid`, with its SealedSecret where `isSealed`, and a controller that remembers to have written `written`. */
function bench({
  isSealed = false,
  uid = 'one' as string | null,
  written = 'one' as string | null,
  owners = [] as (typeof OWNER)[],
} = {}) {
  const cluster = {
    isSealed,
    uid,
    error: null as KubeError | null,
    deleted: [] as (string | undefined)[],
    /** What happens while a deletion is under way. */
    meanwhile: (): void => undefined,
  };
  const removal = new SecretRemoval({
    client: {
      get: async (type) => {
        const found = type.kind === 'SealedSecret' ? cluster.isSealed : cluster.uid !== null;
        const metadata = cluster.uid === null ? PLACE : { ...PLACE, uid: cluster.uid, ownerReferences: owners };
        return found ? { apiVersion: 'v1', kind: type.kind, metadata } : null;
      },
      delete: async (_type, _reference, options) => {
        if (cluster.error !== null) throw cluster.error;
        cluster.deleted.push(options?.uid);
        cluster.meanwhile();
        return 'deleted';
      },
    },
    logger: quietLogger,
  });
  return {
    cluster,
    note: (secretUid: string) => removal.note(SEALED, secretUid),
    run: () => removal.reconcile(removal.note(SEALED, written)),
    again: () => removal.reconcile(PLACE),
  };
}

test('the Secret that was written for the SealedSecret is deleted, and no later one of its name', async () => {
  const { cluster, run } = bench();
  expect(await run()).toEqual({ kind: 'settled' });
  expect(cluster.deleted).toEqual(['one']);
});

test('a Secret that the SealedSecret owns is deleted although nothing is remembered of it', async () => {
  const { cluster, run } = bench({ written: null, owners: [{ ...OWNER, uid: 'other' }, OWNER] });
  expect(await run()).toEqual({ kind: 'settled' });
  expect(cluster.deleted).toEqual(['one']);
});

test.each([
  ['nobody', [], null],
  ['another SealedSecret of that name', [{ ...OWNER, uid: 'other' }], null],
  ['nobody, in the place of one that was written before', [], 'earlier'],
])(
  'a Secret of %s is left alone, or whoever may create SealedSecrets could delete any Secret',
  async (_who, owners, written) => {
    const { cluster, run } = bench({ owners, written });
    expect(await run()).toEqual({ kind: 'settled' });
    expect(cluster.deleted).toEqual([]);
  },
);

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

test('a failure is tried again, and leaves alone what stands in the place by then', async () => {
  const { cluster, run, again } = bench();
  cluster.error = new KubeError('KUBE_FORBIDDEN', 'no');
  expect(await run()).toMatchObject({ kind: 'retry' });
  cluster.error = null;
  expect(await again()).toEqual({ kind: 'settled' });
  expect(cluster.deleted).toEqual(['one']);

  const other = bench();
  other.cluster.error = new KubeError('KUBE_FORBIDDEN', 'no');
  expect(await other.run()).toMatchObject({ kind: 'retry' });
  Object.assign(other.cluster, { error: null, uid: 'another' });
  expect(await other.again()).toEqual({ kind: 'settled' });
  expect(other.cluster.deleted).toEqual([]);
});

test('a Secret that was replaced meanwhile is left alone', async () => {
  const { cluster, run } = bench();
  cluster.error = new KubeError('KUBE_CONFLICT', 'the uid is another one');
  expect(await run()).toEqual({ kind: 'settled' });
});

test('a SealedSecret that was made again and deleted while the first deletion is under way has its Secret deleted as well', async () => {
  const { cluster, note, run, again } = bench();
  cluster.meanwhile = () => {
    cluster.uid = 'two';
    cluster.meanwhile = () => undefined;
    note('two');
  };
  await run();
  await again();
  expect(cluster.deleted).toEqual(['one', 'two']);
});
