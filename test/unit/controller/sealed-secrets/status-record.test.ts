import { expect, test } from 'vitest';
import { createDigests } from '../../../../controller/sealed-secrets/digests.ts';
import {
  driftedBy,
  openedBy,
  readAttempt,
  readRecord,
  renderedBy,
  vouchedAttempt,
} from '../../../../controller/sealed-secrets/status-record.ts';
import { shortenMessage } from '../../../../controller/sealed-secrets/verdict.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import type { UnsealAttempt } from '../../../../shared/resources/sealed-secret.ts';
import { liveSealed } from '../../../support/live-objects.ts';

const digests = createDigests(SecretBytes.fromText('a key'));
const openedWith = (keys: readonly string[], sealedDigest = 'a') =>
  openedBy(liveSealed(), digests, { sealedDigest, keys });
const record = {
  uid: 'secret-uid',
  resourceVersion: '20',
  sealedDigest: 'a',
  secretDigest: 'b',
  ownerDigest: digests.owner('sealed-uid', 'secret-uid', 'owned'),
  mode: 'owned' as const,
  ...openedWith(['SHA256:a']),
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

test('the keys that opened an object are read back, sorted', () => {
  const found = read({ ...record, ...openedWith(['SHA256:b', 'SHA256:a']) });
  expect(found?.keys).toEqual(['SHA256:a', 'SHA256:b']);
});

test.each([
  ['keys that nobody vouches for', { keysProof: undefined }],
  ['no keys', { keys: undefined, keysProof: undefined }],
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
  const edit = { sealedDigest: 'a', driftedVersion: '21', driftedDigest: 'd', drift: 'told' };
  const drifted = { ...record, ...driftedBy(liveSealed(), digests, edit) };
  const readTold = (unsealed: unknown, message = 'told') => {
    const condition = { type: 'Drifted', status: 'True', reason: 'r', message, lastTransitionTime: '' } as const;
    return readRecord(liveSealed({ status: { unsealed: unsealed as never, conditions: [condition] } }), digests);
  };
  expect(readTold(drifted)).toEqual(drifted);
  expect(readTold({ ...drifted, driftedVersion: 21 })).toEqual(record);
  expect(readTold({ ...drifted, driftedVersion: '22' })).toEqual(record);
  expect(readTold({ ...drifted, driftedProof: undefined })).toEqual(record);
  expect(readTold(drifted, 'forged')).toEqual(record);
  expect(read(drifted)).toEqual(record);
});

const TOLD = { reason: 'KeyNotFound', message: 'told' };
const readBack = (found: unknown, told = TOLD, status: 'True' | 'False' = 'False') => {
  const conditions = [{ type: 'Ready', status, ...told, lastTransitionTime: '' }];
  return readAttempt(liveSealed({ status: { attempt: found as never, conditions } }), digests);
};
const vouched = (parts: Partial<UnsealAttempt> = {}, told = TOLD) =>
  vouchedAttempt(liveSealed(), digests, { sealedDigest: 'a', keysDigest: 'b', secret: '', ...parts }, told);

test('an attempt that the digest key vouches for is read back', () => {
  expect(readBack(vouched())).toEqual(vouched());
  expect(readBack(vouched({ keys: ['SHA256:a'] }))).toEqual(vouched({ keys: ['SHA256:a'] }));
  const long = { ...TOLD, message: 'm'.repeat(5_000) };
  expect(readBack(vouched({}, long), { ...long, message: shortenMessage(long.message) })).toEqual(vouched({}, long));
});

test.each<[string, object | null]>([
  ['no attempt', null],
  ['one that nobody vouches for', { sealedDigest: 'a', keysDigest: 'b', secret: '' }],
  ['one without a part', { ...vouched(), secret: undefined }],
  ['one of other content', { ...vouched(), sealedDigest: 'other' }],
  ['one under other keys', { ...vouched(), keysDigest: 'other' }],
  ['one before another Secret', { ...vouched(), secret: 'none' }],
  ['one with keys that were not there', { ...vouched(), keys: ['SHA256:a'] }],
  ['one with other keys', { ...vouched({ keys: ['SHA256:a'] }), keys: ['SHA256:b'] }],
  ['one without the keys that were there', { ...vouched({ keys: ['SHA256:a'] }), keys: undefined }],
  ['one whose keys are no texts', { ...vouched({ keys: ['SHA256:a'] }), keys: [1] }],
])('%s is no attempt', (_what, attempt) => {
  expect(readBack(attempt)).toBeNull();
});

test('an attempt of which something else is told now is none', () => {
  expect(readBack(vouched(), { ...TOLD, reason: 'Malformed' })).toBeNull();
  expect(readBack(vouched(), { ...TOLD, message: 'forged' })).toBeNull();
  expect(readBack(vouched(), TOLD, 'True')).toBeNull();
  const another = liveSealed({ metadata: { uid: 'another' }, status: { attempt: vouched() } });
  expect(readAttempt(another, digests)).toBeNull();
  expect(readAttempt(liveSealed({ status: { attempt: vouched(), conditions: 'x' as never } }), digests)).toBeNull();
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
