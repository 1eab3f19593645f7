import { expect, test } from 'vitest';
import { exactInteger } from '../../../../shared/encoding/exact-integer.ts';

test('exactInteger gives a number up to 2^53 - 1 and the bigint itself beyond', () => {
  expect(exactInteger(0n)).toBe(0);
  expect(exactInteger(-9007199254740991n)).toBe(-9007199254740991);
  expect(exactInteger(9007199254740992n)).toBe(9007199254740992n);
  expect(exactInteger(-9007199254740993n)).toBe(-9007199254740993n);
});
