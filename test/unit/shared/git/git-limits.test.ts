import { expect, test } from 'vitest';
import { describeBytes } from '../../../../shared/git/git-limits.ts';

test.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1536, '1.5 KiB'],
  [100 * 1024 * 1024, '100 MiB'],
  [12_345_678, '11.8 MiB'],
])('describeBytes writes %d as %s', (bytes, text) => {
  expect(describeBytes(bytes)).toBe(text);
});
