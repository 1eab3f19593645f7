import { expect, test } from 'vitest';
import { createDigests } from '../../../../controller/sealed-secrets/digests.ts';
import { openedBy, readAttempt, readRecord, renderedBy } from '../../../../controller/sealed-secrets/status-record.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import { liveSealed } from '../../../support/live-objects.ts';

const digests = createDigests(SecretBytes.fromText('a key'));
const record = {
  uid: 'secret-uid',
  resourceVersion: '20',
  sealedDigest: 'a',
  secretDigest: 'b',
  ownerDigest: digests.owner('sealed-uid', 'secret-uid', 'owned'),
  mode: 'owned' as const,
};
const read = (unsealed: unknown) => readRecord(liveSealed({ status: { unsealed: unsealed as never } }), digests);

test('a record that the digest key vouches for is read back', () => {
  expect(read(record)).toEqual(record);
});

test.each([
  ['no record', null],
  ['a forged owner', { ...record, ownerDigest: 'x' }],
  ['a record of another Secret', { ...record, uid: 'other' }],
  ['an unknown mode', { ...record, mode: 'x' }],
  [
    'a patched Secret that is passed off as owned',
    { ...record, ownerDigest: digests.owner('sealed-uid', 'secret-uid', 'patched') },
  ],
  ['a number for a text', { ...record, resourceVersion: 20 }],
  ['a text for a record', 'x'],
])('%s is no record', (_what, unsealed) => {
  expect(read(unsealed)).toBeNull();
});

test('a record of another SealedSecret is no record', () => {
  const sealed = liveSealed({ metadata: { uid: 'another' }, status: { unsealed: record } });
  expect(readRecord(sealed, digests)).toBeNull();
});

const openedWith = (keys: readonly string[], sealedDigest = 'a') =>
  openedBy(liveSealed(), digests, { sealedDigest, keys });

test('the keys that opened an object are read back, sorted', () => {
  const found = read({ ...record, ...openedWith(['SHA256:b', 'SHA256:a']) });
  expect(found?.keys).toEqual(['SHA256:a', 'SHA256:b']);
});

test.each([
  ['keys that nobody vouches for', { keys: ['SHA256:a'] }],
  ['a key more than was vouched for', { ...openedWith(['SHA256:a']), keys: ['SHA256:a', 'SHA256:b'] }],
  ['no keys where some were vouched for', { ...openedWith(['SHA256:a']), keys: [] }],
  ['the keys of an earlier content', openedWith(['SHA256:a'], 'earlier')],
  ['keys that are no list', { ...openedWith(['SHA256:a']), keys: 'SHA256:a' }],
  ['keys that are no texts', { ...openedWith(['SHA256:a']), keys: ['SHA256:a', 1] }],
  ['more keys than anybody has', openedWith(Array.from({ length: 1_001 }, (_, index) => `SHA256:${index}`))],
])('a record with %s is no record', (_what, parts) => {
  expect(read({ ...record, ...parts })).toBeNull();
});

test('what was reported of an edit is read back with its record', () => {
  const drifted = { ...record, driftedVersion: '21', driftedDigest: 'd' };
  expect(read(drifted)).toEqual(drifted);
  expect(read({ ...drifted, driftedVersion: 21 })).toEqual(record);
});

test('an attempt is read back only whole', () => {
  const attempt = { sealedDigest: 'a', keysDigest: 'b', secret: '' };
  const readBack = (found: unknown) => readAttempt(liveSealed({ status: { attempt: found as never } }), digests);
  expect(readBack(attempt)).toEqual(attempt);
  expect(readBack({ ...attempt, secret: undefined })).toBeNull();
  expect(readAttempt(liveSealed(), digests)).toBeNull();
  const withKeys = { ...attempt, ...openedWith(['SHA256:a']) };
  expect(readBack(withKeys)).toEqual(withKeys);
  expect(readBack({ ...withKeys, keys: ['SHA256:b'] })).toBeNull();
});

const renderedAt = '2026-01-01T00:00:00.000Z';
const renderedOf = (sealedDigest: string) => renderedBy(liveSealed(), digests, { sealedDigest, renderedAt });

test('the clock of templates is read back', () => {
  expect(read({ ...record, ...renderedOf('a') })).toMatchObject({ renderedAt });
});

test.each([
  ['a clock that nobody vouches for', { renderedAt }],
  ['another clock than was vouched for', { ...renderedOf('a'), renderedAt: '2030-01-01T00:00:00.000Z' }],
  ['the clock of an earlier content', renderedOf('earlier')],
  ['a clock that is no text', { ...renderedOf('a'), renderedAt: 5 }],
])('%s is left out of the record', (_what, parts) => {
  expect(read({ ...record, ...parts })).toEqual(record);
});
