import { expect, test } from 'vitest';
import { createDigests } from '../../../../controller/sealed-secrets/digests.ts';
import { readAttempt, readRecord } from '../../../../controller/sealed-secrets/status-record.ts';
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

test('an attempt is read back only whole', () => {
  const attempt = { sealedDigest: 'a', keysDigest: 'b', secret: '' };
  expect(readAttempt(liveSealed({ status: { attempt } }))).toEqual(attempt);
  expect(readAttempt(liveSealed({ status: { attempt: { ...attempt, secret: undefined } as never } }))).toBeNull();
  expect(readAttempt(liveSealed())).toBeNull();
});
