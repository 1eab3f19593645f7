import { expect, test } from 'vitest';
import { toHex } from '../../../../shared/encoding/bytes.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { mistakesOf } from '../../../../shared/sealing/mistakes.ts';
import { placeOf } from '../../../../shared/sealing/scope.ts';
import { sealedOf, withMetadata } from '../../../support/test-secrets.ts';

const sealed = await sealedOf({ a: 'x' });
const bare: SealedSecret = withMetadata(
  { ...sealed, spec: { encryptedData: sealed.spec.encryptedData } },
  { name: 'db', namespace: 'shop' },
);
const labels = (object: SealedSecret, places: Parameters<typeof mistakesOf>[1] = []) =>
  mistakesOf(object, places).map(({ label }) => Buffer.from(label).toString());

test('without anything to go by only the other scopes are asked for', () => {
  expect(labels(bare)).toEqual(['shop', '']);
});

test('the place of the receipt comes first, then scopes, then that of the template, then known places', () => {
  const renamed = withMetadata(sealed, { ...sealed.metadata, name: 'renamed' });
  expect(labels(renamed, [{ namespace: 'dev', name: 'renamed' }])).toEqual(['shop/db', 'shop', '', 'dev/renamed']);
  const template = { metadata: { name: 'old', namespace: 'before' } };
  expect(labels({ ...bare, spec: { ...bare.spec, template } })).toEqual(['shop', '', 'before/old']);
});

test('no label is asked for twice, the own one never, and never too many', () => {
  const places = Array.from({ length: 100 }, (_, index) => ({ namespace: `ns-${index % 50}`, name: 'db' }));
  const found = mistakesOf(bare, [{ namespace: 'shop', name: 'db' }, ...places]);
  const seen = found.map(({ label }) => toHex(label));
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).not.toContain(toHex(placeOf(bare).label));
  expect(seen.length).toBe(32);
});

test('of a namespace-wide object the name plays no part', () => {
  const annotations = { 'sealedsecrets.bitnami.com/namespace-wide': 'true' };
  const wide = withMetadata(bare, { ...bare.metadata, annotations });
  const places = [
    { namespace: 'shop', name: 'other' },
    { namespace: 'dev', name: 'db' },
  ];
  expect(labels(wide, places)).toEqual(['shop/db', '', 'dev']);
});

test.each([null, 'x', 1, [], { name: 1, namespace: {} }])('template metadata of %j are survived', (metadata) => {
  expect(labels({ ...bare, spec: { ...bare.spec, template: { metadata } } } as never)).toEqual(['shop', '']);
});
