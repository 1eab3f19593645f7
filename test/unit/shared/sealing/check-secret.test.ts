import { expect, test } from 'vitest';
import { checkSecret } from '../../../../shared/sealing/check-secret.ts';
import { type SealFault, SealRefusedError } from '../../../../shared/sealing/errors.ts';

const metadata = { name: 'db', namespace: 'shop' };
const base = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { a: 'b' } };

function faultsOf(object: unknown): readonly SealFault[] {
  try {
    checkSecret(object, {});
  } catch (error) {
    if (error instanceof SealRefusedError) return error.faults;
    throw error;
  }
  return [];
}

function summaryOf(object: unknown): readonly string[] {
  return faultsOf(object).map((fault) => `${fault.code} ${fault.field}`);
}

test('checkSecret finds no fault in a plain Secret', () => {
  expect(summaryOf(base)).toEqual([]);
  expect(
    summaryOf({ ...base, type: 'Opaque', immutable: false, data: null, metadata: { ...metadata, labels: null } }),
  ).toEqual([]);
});

test.each([
  [
    'a ConfigMap',
    { ...base, kind: 'ConfigMap' },
    'cannot seal ConfigMap "shop/db": expected v1 Secret, found v1 ConfigMap',
  ],
  [
    'a SealedSecret',
    { ...base, apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret' },
    'cannot seal SealedSecret "shop/db": expected v1 Secret, found bitnami.com/v1alpha1 SealedSecret',
  ],
  [
    'a Secret of another group',
    { ...base, apiVersion: 'x.io/v1' },
    'cannot seal Secret "shop/db": expected v1 Secret, found x.io/v1 Secret',
  ],
  ['an object without kind', { metadata }, 'cannot seal object "shop/db": expected v1 Secret, found no kind'],
  ['text', 'password', 'cannot seal object: expected v1 Secret, found no kind'],
  ['null', null, 'cannot seal object: expected v1 Secret, found no kind'],
  ['a list', [base], 'cannot seal object: expected v1 Secret, found no kind'],
])('checkSecret refuses %s and says what it found', (_, object, message) => {
  expect(() => checkSecret(object, {})).toThrow(expect.objectContaining({ code: 'SEAL_NOT_A_SECRET', message }));
});

test.each([
  ['no name', { ...base, metadata: { namespace: 'shop' } }, 'SEAL_NO_NAME metadata.name'],
  ['an empty name', { ...base, metadata: { ...metadata, name: '' } }, 'SEAL_NO_NAME metadata.name'],
  ['a generated name', { ...base, metadata: { generateName: 'db-', namespace: 'shop' } }, 'SEAL_NO_NAME metadata.name'],
  ['a number as name', { ...base, metadata: { ...metadata, name: 7 } }, 'SEAL_VALUE_NOT_STRING metadata.name'],
  ['a slash in the name', { ...base, metadata: { ...metadata, name: 'a/b' } }, 'SEAL_NAME_INVALID metadata.name'],
  [
    'a slash in the namespace',
    { ...base, metadata: { ...metadata, namespace: 'a/b' } },
    'SEAL_NAME_INVALID metadata.namespace',
  ],
  ['no namespace', { ...base, metadata: { name: 'db' } }, 'SEAL_NO_NAMESPACE metadata.namespace'],
  ['metadata that is no map', { ...base, metadata: 'x' }, 'SEAL_NOT_A_MAP metadata'],
  ['data that is no map', { ...base, data: ['x'] }, 'SEAL_NOT_A_MAP data'],
  ['stringData that is no map', { ...base, data: { a: '' }, stringData: 'x' }, 'SEAL_NOT_A_MAP stringData'],
  ['no data', { ...base, stringData: {} }, 'SEAL_NO_DATA data'],
  ['null data', { ...base, stringData: null, data: null }, 'SEAL_NO_DATA data'],
  ['data that is not base64', { ...base, data: { password: 'hunter2!' } }, 'SEAL_DATA_NOT_BASE64 data.password'],
  ['a number', { ...base, stringData: { password: 12345 } }, 'SEAL_VALUE_NOT_STRING stringData.password'],
  [
    'a big number',
    { ...base, stringData: { password: 12345678901234567890n } },
    'SEAL_VALUE_NOT_STRING stringData.password',
  ],
  ['a boolean', { ...base, stringData: { x: true } }, 'SEAL_VALUE_NOT_STRING stringData.x'],
  ['null as a value', { ...base, stringData: { x: null } }, 'SEAL_VALUE_NOT_STRING stringData.x'],
  ['a map as a value', { ...base, data: { 'tls.crt': {} } }, 'SEAL_VALUE_NOT_STRING data["tls.crt"]'],
  [
    'a label that is a number',
    { ...base, metadata: { ...metadata, labels: { v: 1 } } },
    'SEAL_VALUE_NOT_STRING metadata.labels.v',
  ],
  [
    'an annotation that is a boolean',
    { ...base, metadata: { ...metadata, annotations: { 'a/b': true } } },
    'SEAL_VALUE_NOT_STRING metadata.annotations["a/b"]',
  ],
  ['a key with a blank', { ...base, stringData: { 'a b': 'x' } }, 'SEAL_KEY_INVALID stringData["a b"]'],
  ['an empty key', { ...base, stringData: { '': 'x' } }, 'SEAL_KEY_INVALID stringData[""]'],
  ['a key of two dots', { ...base, stringData: { '..': 'x' } }, 'SEAL_KEY_INVALID stringData[".."]'],
  ['a key that begins with two dots', { ...base, stringData: { '..x': 'x' } }, 'SEAL_KEY_INVALID stringData["..x"]'],
  ['a type that is no text', { ...base, type: 7 }, 'SEAL_VALUE_NOT_STRING type'],
  ['immutable as text', { ...base, immutable: 'true' }, 'SEAL_FIELD_INVALID immutable'],
  [
    'finalizers that are no list',
    { ...base, metadata: { ...metadata, finalizers: 'x' } },
    'SEAL_FIELD_INVALID metadata.finalizers',
  ],
  ['a misspelt field', { ...base, stringdata: { b: 'c' } }, 'SEAL_UNKNOWN_FIELD stringdata'],
  [
    'a misspelt field of metadata',
    { ...base, metadata: { ...metadata, lables: {} } },
    'SEAL_UNKNOWN_FIELD metadata.lables',
  ],
])('checkSecret refuses %s', (_, object, summary) => {
  expect(summaryOf(object)).toEqual([summary]);
});

test('checkSecret takes keys of 253 characters and no longer', () => {
  expect(summaryOf({ ...base, stringData: { ['k'.repeat(253)]: '' } })).toEqual([]);
  expect(faultsOf({ ...base, stringData: { ['k'.repeat(254)]: '' } })[0]?.code).toBe('SEAL_KEY_INVALID');
});

test('checkSecret needs no namespace when the annotation says cluster-wide', () => {
  const annotations = { 'sealedsecrets.bitnami.com/cluster-wide': 'true' };
  expect(summaryOf({ ...base, metadata: { name: 'db', annotations } })).toEqual([]);
});

test('checkSecret tells every fault at once, with code, hint and message of them', () => {
  const object = {
    ...base,
    data: { user: 'not base64' },
    stringData: { password: 12345 },
    metadata: { namespace: 'shop' },
  };
  expect(() => checkSecret(object, {})).toThrow(
    expect.objectContaining({
      code: 'SEAL_NO_NAME',
      message:
        'cannot seal Secret "shop/?": metadata.name is missing; data.user is not base64: illegal data at byte 3; stringData.password is a number, expected text',
      hint: 'give the Secret a name; encode the value, or move plain text to stringData; quote the value',
    }),
  );
});

// In `{password:hunter2}` YAML takes all of it for the key, and null for the value.
test('checkSecret quotes no value that YAML takes for a part of the key', () => {
  const canary = 'canary-7f3a';
  const stringData = { [`a:${canary}`]: null, [`b=${canary}`]: 'x', [`c:# ${canary}`]: 1 };
  const faults = faultsOf({ ...base, stringData, [`data:${canary}`]: null });
  expect(faults.map(({ message }) => message)).toEqual([
    '["data:…"] is no field of a Secret',
    'stringData["a:…"] is null, expected text',
    'stringData["c:…"] is a number, expected text',
    'stringData["b=…"] is no key that a Secret can have',
  ]);
  expect(JSON.stringify(faults)).not.toContain(canary);
  expect(faults[1]?.hint).toBe('put a blank behind the colon');
});

test('checkSecret never quotes a value', () => {
  const canary = 'canary-7f3a';
  const object = { ...base, data: { a: `${canary}!` }, stringData: { b: [canary], c: { canary } }, type: [canary] };
  const texts = faultsOf(object).flatMap((fault) => [fault.message, fault.hint]);
  expect(texts.length).toBeGreaterThan(6);
  expect(texts.join('\n')).not.toContain(canary);
});
