import { expect, test } from 'vitest';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import {
  labelOf,
  placeOf,
  SCOPES,
  scopeAnnotations,
  scopeOf,
  withoutScopeAnnotations,
} from '../../../../shared/sealing/scope.ts';

const WIDE = 'sealedsecrets.bitnami.com/cluster-wide';
const NAMESPACED = 'sealedsecrets.bitnami.com/namespace-wide';

test.each([
  [{}, 'strict'],
  [{ [NAMESPACED]: 'true' }, 'namespace-wide'],
  [{ [WIDE]: 'true' }, 'cluster-wide'],
  [{ [NAMESPACED]: 'true', [WIDE]: 'true' }, 'cluster-wide'],
  [{ [NAMESPACED]: 'true', [WIDE]: 'false' }, 'namespace-wide'],
  [{ [WIDE]: 'True' }, 'strict'],
  [{ [WIDE]: ' true' }, 'strict'],
  [{ [WIDE]: '' }, 'strict'],
])('scopeOf reads %o as %s', (annotations, scope) => {
  expect(scopeOf({ annotations })).toBe(scope);
});

test.each([
  ['no annotations', {}],
  ['null annotations', { annotations: null }],
  ['a boolean instead of text', { annotations: { [WIDE]: true as unknown as string } }],
])('scopeOf is strict with %s', (_, metadata) => {
  expect(scopeOf(metadata)).toBe('strict');
});

test.each(SCOPES)('scopeAnnotations selects %s again', (scope) => {
  expect(scopeOf({ annotations: scopeAnnotations(scope) })).toBe(scope);
});

test('labelOf binds to namespace and name, to the namespace, or to nothing', () => {
  expect(labelOf('strict', 'shop', 'db')).toEqual(encodeUtf8('shop/db'));
  expect(labelOf('namespace-wide', 'shop', 'db')).toEqual(encodeUtf8('shop'));
  expect(labelOf('cluster-wide', 'shop', 'db')).toEqual(new Uint8Array(0));
});

test('withoutScopeAnnotations keeps all others', () => {
  const annotations = { [WIDE]: 'true', note: 'x', [NAMESPACED]: 'false', ['__proto__']: 'y' };
  expect(Object.entries(withoutScopeAnnotations(annotations))).toEqual([
    ['note', 'x'],
    ['__proto__', 'y'],
  ]);
});

test('placeOf is empty where the object says nothing', () => {
  expect(placeOf({})).toMatchObject({ scope: 'strict', namespace: '', name: '' });
  expect(placeOf({ metadata: { name: 7 as unknown as string } })).toMatchObject({ name: '' });
});
