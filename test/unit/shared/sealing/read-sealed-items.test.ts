import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseDocuments } from '../../../../shared/encoding/yaml-documents.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { readSealedItems, WHOLE_SECRET } from '../../../../shared/sealing/read-sealed-items.ts';
import { sealedOf, withItems } from '../../../support/test-secrets.ts';

const sealed = await sealedOf({ good: 'x' });
const good = sealed.spec.encryptedData['good']!;

function readItems(encryptedData: unknown) {
  const { items, failures } = readSealedItems(withItems(sealed, encryptedData));
  return { items: items.map(({ name }) => name), failures: failures.map(({ item, code }) => `${code} ${item}`) };
}

test('readSealedItems gives items and failures in the order of their names', () => {
  expect(readItems({ z: good, y: '', b: '!', a: good })).toEqual({
    items: ['a', 'z'],
    failures: ['SEALED_VALUE_NOT_BASE64 b', 'SEALED_VALUE_TOO_SHORT y'],
  });
});

test('readSealedItems reads an item named __proto__', () => {
  const encryptedData = Object.fromEntries([['__proto__', good]]);
  expect(readItems(encryptedData).items).toEqual(['__proto__']);
});

test.each([[undefined], [null], [{}]])('readSealedItems finds nothing in encryptedData %o', (encryptedData) => {
  expect(readItems(encryptedData)).toEqual({ items: [], failures: [] });
});

test.each([['text'], [7], [[]]])('readSealedItems refuses encryptedData %o', (encryptedData) => {
  expect(readItems(encryptedData)).toEqual({ items: [], failures: ['SEALED_DATA_NOT_A_MAP '] });
});

test.each([[undefined], [null], ['x'], [[]]])('readSealedItems refuses spec %o', (spec) => {
  const { failures } = readSealedItems({ ...sealed, spec } as unknown as SealedSecret);
  expect(failures).toMatchObject([{ item: '', code: 'SEALED_DATA_NOT_A_MAP' }]);
});

test.each([
  [null, 'found null'],
  [7, 'found a number'],
  [['x'], 'found a list'],
  [{}, 'found a map'],
])('readSealedItems refuses an item that is %o', (value, reason) => {
  const { failures } = readSealedItems(withItems(sealed, { a: value }));
  expect(failures).toMatchObject([{ item: 'a', code: 'SEALED_VALUE_NOT_STRING', reason }]);
});

test('readSealedItems names item and place of bad base64 and does not speak of decryption', () => {
  const [failure] = readSealedItems(withItems(sealed, { password: 'AgB… elided' })).failures;
  expect(failure?.message).toBe('cannot unseal item "password": sealed value is not base64: illegal data at byte 3');
  expect(failure?.message).not.toMatch(/decrypt/);
});

test('readSealedItems reads the deprecated form as one item, and refuses it beside items', () => {
  const [value = ''] = Object.values(sealed.spec.encryptedData);
  const read = (encryptedData: Readonly<Record<string, string>>, data: string) =>
    readSealedItems({ ...sealed, spec: { ...sealed.spec, encryptedData, data } });
  expect(read({}, value)).toMatchObject({ items: [{ name: WHOLE_SECRET }], failures: [] });
  expect(read({}, 'AgAA')).toMatchObject({ failures: [{ item: WHOLE_SECRET, code: 'SEALED_VALUE_BAD_LENGTH' }] });
  expect(read({}, 'AgB… elided')).toMatchObject({
    failures: [{ item: WHOLE_SECRET, code: 'SEALED_VALUE_NOT_BASE64' }],
  });
  expect(read(sealed.spec.encryptedData, value)).toMatchObject({
    items: [],
    failures: [{ item: '', code: 'UNSEAL_V1_CONFLICT' }],
  });
  const empty = { ...sealed.spec, data: null } as unknown as SealedSecret['spec'];
  expect(readSealedItems({ ...sealed, spec: empty }).failures).toEqual([]);
});

const corpus = path.resolve(import.meta.dirname, '../../../../../shared/corpus/sealed-secrets');

test('readSealedItems reads every real sealed value of the corpus', (context) => {
  context.skip(!existsSync(corpus), 'the corpus of real files is not there');
  const objects = readdirSync(corpus, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ya?ml|json)$/.test(file))
    .flatMap((file) => parseDocuments(readFileSync(path.join(corpus, file), 'utf8')))
    .map(({ value }) => value as SealedSecret)
    .filter(({ kind }) => kind === 'SealedSecret');
  const read = objects.map(readSealedItems);
  const sizes = new Set(read.flatMap(({ items }) => items.map(({ envelope }) => envelope.wrappedKey.length)));
  expect([...sizes].sort()).toEqual([256, 512]);
  expect(read.flatMap(({ items }) => items).length).toBeGreaterThan(200);
  // What is not read are placeholders and values that the authors shortened.
  expect(new Set(read.flatMap(({ failures }) => failures.map(({ code }) => code)))).toEqual(
    new Set(['SEALED_VALUE_NOT_BASE64']),
  );
});
