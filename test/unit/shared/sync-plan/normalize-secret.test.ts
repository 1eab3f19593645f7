import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { isSecret, normalizeSecret } from '../../../../shared/sync-plan/normalize-secret.ts';

function secretWith(fields: Record<string, unknown>): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, ...fields };
}

test('normalizeSecret merges stringData over data as base64 of UTF-8', () => {
  const { object } = normalizeSecret(
    secretWith({ type: 'Opaque', data: { a: 'b2xk', b: 'a2VwdA==' }, stringData: { a: 'neu ü', c: '' } }),
  );
  expect(object).toEqual(secretWith({ type: 'Opaque', data: { a: 'bmV1IMO8', b: 'a2VwdA==', c: '' } }));
});

test('normalizeSecret writes base64 as the server does', () => {
  expect(normalizeSecret(secretWith({ data: { a: 'a2Vw\ndA==\n', n: null } })).object?.['data']).toEqual({
    a: 'a2VwdA==',
    n: '',
  });
});

test('normalizeSecret leaves a Secret without content without data', () => {
  expect(normalizeSecret(secretWith({ data: null, stringData: {} })).object).toEqual(secretWith({}));
});

test('normalizeSecret names all keys with bad values, and no value', () => {
  const { findings } = normalizeSecret(
    secretWith({
      data: { a: 'canary!', b: 12345 },
      stringData: { c: 54321, d: true, e: ['canary'], f: { canary: 1 } },
    }),
  );
  expect(findings?.map(({ code, message }) => [code, message])).toEqual([
    ['RENDER_SECRET_INVALID', 'data "a" is not base64'],
    ['RENDER_SECRET_INVALID', 'data "b" is a number, and has to be text; quote it'],
    ['RENDER_SECRET_INVALID', 'stringData "c" is a number, and has to be text; quote it'],
    ['RENDER_SECRET_INVALID', 'stringData "d" is a boolean, and has to be text; quote it'],
    ['RENDER_SECRET_INVALID', 'stringData "e" is a list, and has to be text'],
    ['RENDER_SECRET_INVALID', 'stringData "f" is a map, and has to be text'],
  ]);
  expect(JSON.stringify(findings)).not.toMatch(/canary|12345|54321/);
});

test('normalizeSecret refuses items that are no map', () => {
  const { findings } = normalizeSecret(secretWith({ data: [], stringData: 'x' }));
  expect(findings?.map(({ message }) => message)).toEqual(['data is not a map', 'stringData is not a map']);
});

test('normalizeSecret keeps a key called __proto__', () => {
  const { object } = normalizeSecret(
    JSON.parse('{"apiVersion":"v1","kind":"Secret","metadata":{},"stringData":{"__proto__":"x"}}'),
  );
  expect(JSON.stringify(object?.['data'])).toBe('{"__proto__":"eA=="}');
});

test('isSecret is about core/v1 alone', () => {
  expect(isSecret(secretWith({}))).toBe(true);
  expect(isSecret({ ...secretWith({}), apiVersion: 'example.com/v1' })).toBe(false);
});
