import { expect, test } from 'vitest';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import {
  checkReceipt,
  describeFinding,
  keysByItem,
  type ReceiptFinding,
} from '../../../../shared/sealing/check-receipt.ts';
import { type Receipt, readReceipt } from '../../../../shared/sealing/receipt.ts';
import { type Scope, scopeAnnotations } from '../../../../shared/sealing/scope.ts';
import { sealSecret } from '../../../../shared/sealing/seal-secret.ts';
import { firstCertificate as certificate, secretOf, withItems, withMetadata } from '../../../support/test-secrets.ts';

async function sealed(scope: Scope = 'strict'): Promise<{ object: SealedSecret; receipt: Receipt }> {
  const object = await sealSecret(secretOf({ user: 'joe', word: 'x' }), { certificate, scope });
  return { object, receipt: readReceipt(object.metadata) as Receipt };
}

test.each<[string, Scope, SealedSecret['metadata'], readonly ReceiptFinding[]]>([
  ['nothing of an untouched object', 'strict', { name: 'db', namespace: 'shop' }, []],
  ['a move', 'strict', { name: 'db', namespace: 'pay' }, [{ kind: 'moved', from: 'shop', to: 'pay' }]],
  ['a new name', 'strict', { name: 'cache', namespace: 'shop' }, [{ kind: 'renamed', from: 'db', to: 'cache' }]],
  ['nothing where the file leaves the namespace open', 'strict', { name: 'db' }, []],
  ['no new name of a namespace-wide one', 'namespace-wide', { name: 'cache', namespace: 'shop' }, []],
  ['no move of a cluster-wide one', 'cluster-wide', { name: 'cache', namespace: 'pay' }, []],
])('checkReceipt finds %s', async (_name, scope, metadata, expected) => {
  const { object, receipt } = await sealed(scope);
  const edited = withMetadata(object, { ...metadata, annotations: scopeAnnotations(scope) });
  expect(await checkReceipt(edited, receipt)).toEqual(expected);
});

test('checkReceipt finds another scope, and still compares under the one that was sealed', async () => {
  const { object, receipt } = await sealed();
  const edited = withMetadata(object, {
    name: 'cache',
    namespace: 'shop',
    annotations: scopeAnnotations('cluster-wide'),
  });
  expect(await checkReceipt(edited, receipt)).toEqual([
    { kind: 'renamed', from: 'db', to: 'cache' },
    { kind: 'scope-differs', sealedAs: 'strict', says: 'cluster-wide' },
  ]);
});

test('checkReceipt finds items that were edited, added and removed', async () => {
  const { object, receipt } = await sealed();
  const { user } = object.spec.encryptedData;
  const other = withItems(object, { user: `${user?.slice(0, -4)}AAAA`, extra: user });
  expect(await checkReceipt(other, receipt)).toEqual([
    { kind: 'item-unknown', item: 'extra' },
    { kind: 'item-edited', item: 'user' },
    { kind: 'item-missing', item: 'word' },
  ]);
});

test('checkReceipt finds the same value in lines unchanged', async () => {
  const { object, receipt } = await sealed();
  const { user = '', word } = object.spec.encryptedData;
  expect(
    await checkReceipt(withItems(object, { user: `${user.slice(0, 8)}\n${user.slice(8)}`, word }), receipt),
  ).toEqual([]);
});

test.each([null, [], 'x', { user: 7, word: null }])('checkReceipt survives data such as %j', async (data) => {
  const { object, receipt } = await sealed();
  const kinds = (await checkReceipt(withItems(object, data), receipt)).map((finding) => finding.kind);
  expect(new Set(kinds).size).toBe(1);
});

test('keysByItem names the key of each item that is still the one that was sealed', async () => {
  const { object, receipt } = await sealed();
  const { user } = object.spec.encryptedData;
  const keys = await keysByItem(withItems(object, { user, word: user, extra: user }), receipt);
  expect(keys).toEqual(new Map([['user', certificate.fingerprint]]));
});

test('describeFinding quotes what comes from the object', () => {
  expect(describeFinding({ kind: 'renamed', from: 'db', to: 'a\nb' })).toBe(
    'sealed for name "db", the object is "a\\nb"',
  );
  expect(describeFinding({ kind: 'item-edited', item: 'x' })).toBe('item "x" was changed after sealing');
});
