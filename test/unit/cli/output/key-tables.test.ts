import { expect, test } from 'vitest';
import { formatKeys, type KeyRow, shortFingerprint } from '../../../../cli/output/key-tables.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const row: KeyRow = {
  fingerprint: 'SHA256:abcdefghijklmnopqrstuvwxyz',
  state: 'active',
  secret: 'key',
  createdAt: '2026-02-01T00:00:00Z',
  notBefore: '2026-02-27T00:00:00Z',
  notAfter: '2036-02-01T00:00:00Z',
  objects: 3,
  items: 0,
  backedUpAt: '2026-02-03T10:00:00Z',
};

const cells = (more: Partial<KeyRow>) =>
  formatKeys([{ ...row, ...more }], NOW)
    .split('\n')[1]
    ?.split(/ {2,}/);

test('a row says what is known of a key', () => {
  expect(cells({})).toEqual(['SHA256:abcdefghijkl', 'active', 'key', '2d', '2036-02-01', '3', '0', '2026-02-03']);
});

test('what is not known is not shown as nothing', () => {
  expect(cells({ objects: null, items: null, backedUpAt: null })?.slice(5)).toEqual(['unknown', '-', 'none']);
});

test('an expired key, one of a clock that is ahead, and nonsense in place of instants', () => {
  expect(cells({ notAfter: '2026-03-01T11:00:00Z' })?.[4]).toBe('expired');
  expect(cells({ notBefore: '2027-01-01T00:00:00Z' })?.[3]).toBe('0d');
  expect(cells({ notBefore: 'x', notAfter: 'y', backedUpAt: 'z' })).toEqual([
    'SHA256:abcdefghijkl',
    'active',
    'key',
    '-',
    '-',
    '3',
    '0',
    '-',
  ]);
});

test('a short fingerprint is long enough to name a key by it', () => {
  expect(shortFingerprint(row.fingerprint)).toBe('SHA256:abcdefghijkl');
});
