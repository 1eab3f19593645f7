import { expect, test } from 'vitest';
import {
  parseGoBoolean,
  parseGoDuration,
  parseGoInteger,
  parseGoNumber,
  parseRfc1123z,
} from '../../../../controller/config/go-values.ts';

test.each([
  ['0', 0],
  ['+0', 0],
  ['0s', 0],
  ['720h', 720 * 3_600_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['1.s', 1_000],
  ['+2m', 120_000],
  ['1ns', 1],
  ['250us', 1],
  ['3µs', 1],
  ['1h1ms', 3_600_001],
])('the duration %s is %d ms', (text, ms) => {
  expect(parseGoDuration(text)).toBe(ms);
});

test.each(['', '1', '30d', '-1h', '1 h', 'h', '1h ', '00', '1e3s', '1h-2m', `${'9'.repeat(20)}h`, '1h'.repeat(60)])(
  '%j is no duration',
  (text) => {
    expect(parseGoDuration(text)).toBeNull();
  },
);

test.each([
  ['true', true],
  ['T', true],
  ['1', true],
  ['False', false],
  ['f', false],
  ['yes', null],
  ['tRUE', null],
  ['', null],
])('the switch %j is %j', (text, value) => {
  expect(parseGoBoolean(text)).toBe(value);
});

test.each([
  ['0', 0],
  ['-5', -5],
  ['+7', 7],
  ['010', null],
  ['1.0', null],
  ['0x10', null],
  ['9'.repeat(30), null],
  ['', null],
])('the whole number %j is %j', (text, value) => {
  expect(parseGoInteger(text)).toBe(value);
});

test.each([
  ['5', 5],
  ['-1', -1],
  ['0.5', 0.5],
  ['1e2', 100],
  ['1e999', null],
  ['NaN', null],
  ['', null],
])('the number %j is %j', (text, value) => {
  expect(parseGoNumber(text)).toBe(value);
});

test.each([
  ['Mon, 02 Jan 2006 15:04:05 -0700', '2006-01-02T22:04:05.000Z'],
  ['Tue, 02 Jan 2006 15:04:05 +0000', '2006-01-02T15:04:05.000Z'],
  ['thu, 29 feb 2024 23:30:00 -0030', '2024-03-01T00:00:00.000Z'],
  ['Sat, 01 Jan 0050 00:00:00 +0000', '0050-01-01T00:00:00.000Z'],
])('the time %s is %s', (text, instant) => {
  expect(parseRfc1123z(text)?.toISOString()).toBe(instant);
});

test.each([
  '',
  'Mon, 2 Jan 2006 15:04:05 -0700',
  'Mon, 30 Feb 2024 15:04:05 +0000',
  'Mon, 00 Jan 2024 15:04:05 +0000',
  'Mon, 01 Foo 2024 15:04:05 +0000',
  'Mon, 01 Jan 2024 24:00:00 +0000',
  'Mon, 01 Jan 2024 15:04:05 GMT',
  '2024-01-01T00:00:00Z',
])('%j is no time', (text) => {
  expect(parseRfc1123z(text)).toBeNull();
});
