import { expect, test } from 'vitest';
import { findKey } from '../../../../cli/connect/find-key.ts';
import type { KeyList, SealingKeyEntry } from '../../../../shared/resources/key-list.ts';

const key = (fingerprint: string, secret: string): SealingKeyEntry => ({
  fingerprint,
  state: 'decrypt-only',
  secret,
  createdAt: '2026-01-01T00:00:00Z',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2036-01-01T00:00:00Z',
});
const keys = [key('SHA256:abcdefghij1', 'one'), key('SHA256:abcdefghij2', 'two'), key('SHA256:zyxwvutsrq', 'three')];
const list: KeyList = { keys, unusable: [], certificatesPem: '' };

test.each([
  ['its fingerprint', 'SHA256:abcdefghij2', 'two'],
  ['the name of its Secret', 'three', 'three'],
  ['the begin of its fingerprint', 'SHA256:zyxwvuts', 'three'],
  ['the begin without the name of the digest', 'zyxwvutsr', 'three'],
])('a key is found by %s', (_what, name, secret) => {
  expect(findKey(list, name).secret).toBe(secret);
});

test('a begin that several keys have means none of them', () => {
  expect(() => findKey(list, 'SHA256:abcdefghij')).toThrow(expect.objectContaining({ code: 'CLI_USAGE' }));
});

test.each(['', 'SHA256:', 'SHA256:zyxwvut', 'thre', 'SHA256:zyxwvutsrqq', '__proto__'])('"%s" means no key', (name) => {
  expect(() => findKey(list, name)).toThrow(expect.objectContaining({ code: 'CLI_OBJECT_NOT_FOUND' }));
});
