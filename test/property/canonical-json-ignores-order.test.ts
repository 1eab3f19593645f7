import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, isSameJson, parseJson, stringifyJson } from '../../shared/encoding/json.ts';
import { jsonValue } from '../support/arbitrary-json.ts';

/** The same value with the members of every map in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, entry]) => [key, reversed(entry)]);
  return Object.fromEntries(entries.toReversed());
}

test('canonicalJson is the same for every order of keys', () => {
  fc.assert(
    fc.property(jsonValue, (value) => {
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
    }),
  );
});

test('canonicalJson changes with every added member', () => {
  const map = fc.dictionary(fc.string(), jsonValue);
  fc.assert(
    fc.property(map, fc.string(), jsonValue, (value, key, added) => {
      fc.pre(!Object.hasOwn(value, key));
      expect(canonicalJson({ ...value, [key]: added })).not.toBe(canonicalJson(value));
    }),
  );
});

test('parseJson gives back what stringifyJson and canonicalJson wrote', () => {
  fc.assert(
    fc.property(jsonValue, fc.nat(4), (value, indent) => {
      expect(canonicalJson(parseJson(stringifyJson(value, indent)))).toBe(canonicalJson(value));
      expect(canonicalJson(parseJson(canonicalJson(value)))).toBe(canonicalJson(value));
    }),
  );
});

test('isSameJson agrees with canonicalJson', () => {
  const changed = fc.tuple(jsonValue, jsonValue, fc.nat(2)).map(([value, other, kind]) => {
    if (kind === 0) return { a: value, b: reversed(value) };
    if (kind === 1) return { a: [value, { x: other, y: undefined }], b: [reversed(value), { x: reversed(other) }] };
    return { a: { x: value }, b: { x: other } };
  });
  fc.assert(
    fc.property(changed, ({ a, b }) => {
      expect(isSameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
    }),
    { numRuns: 1_000 },
  );
});
