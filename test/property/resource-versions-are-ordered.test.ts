import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNewerVersion } from '../../shared/resources/resource-version.ts';

test('decimal versions compare as numbers of any length', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 80n }), fc.bigInt({ min: 1n, max: 2n ** 80n }), (a, b) => {
      expect(isNewerVersion(String(a), String(b))).toBe(a > b);
    }),
  );
});

test('of opaque versions only equality is known: every other one counts as newer', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string({ minLength: 1 }).map((text) => `x${text}`),
      (a, b) => {
        expect(isNewerVersion(a, b)).toBe(a !== b);
        expect(isNewerVersion(b, a)).toBe(a !== b);
      },
    ),
  );
});
