import { expect, test } from 'vitest';
import { parseDuration } from '../../../../shared/resources/duration.ts';

test.each([
  ['1s', 1_000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
  ['1h1m1s1ms', 3_661_001],
])('parseDuration reads %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  '',
  '0s',
  '5',
  's',
  '-1s',
  '1d',
  '1 m',
  '1s ',
  '.5s',
  '0.0001ms',
  '1'.repeat(60),
  `${'9'.repeat(40)}h`,
  '1s'.repeat(33),
])('parseDuration refuses %j', (text) => {
  expect(parseDuration(text)).toBeNull();
});
