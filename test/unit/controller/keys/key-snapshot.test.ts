import { expect, test } from 'vitest';
import { readKeySecret } from '../../../../controller/keys/key-secret.ts';
import { certificateChain, type LoadedKey, takeSnapshot, toKeyList } from '../../../../controller/keys/key-snapshot.ts';
import type { SealingKey } from '../../../../shared/sealing/keyring.ts';
import { keySecret } from '../../../support/key-secret.ts';
import { FIRST_KEY, SECOND_KEY, WEAK_KEY } from '../../../support/test-keys.ts';
import {
  firstCertificate,
  firstKey,
  sealingKeyOf,
  secondCertificate,
  secondKey,
} from '../../../support/test-secrets.ts';

function loaded(name: string, key: SealingKey, createdAt = '2026-01-01T00:00:00Z', notBefore?: string): LoadedKey {
  const object = keySecret('keys', name, FIRST_KEY);
  const secret = readKeySecret({ ...object, metadata: { ...object.metadata, creationTimestamp: createdAt } }, 'p');
  const certificate =
    notBefore === undefined ? key.certificate : { ...key.certificate, notBefore: new Date(notBefore) };
  return { secret, key: { ...key, certificate }, chainPem: '' };
}

test('the key whose certificate is valid from the latest date is active', () => {
  const older = loaded('b', firstKey, '2026-05-01T00:00:00Z', '2026-01-01T00:00:00Z');
  const newer = loaded('a', secondKey, '2026-02-01T00:00:00Z', '2026-01-02T00:00:00Z');
  expect(takeSnapshot([older, newer], []).active).toBe(newer);
});

test('of keys that are valid from the same date the one created last is active', () => {
  const older = loaded('a', firstKey, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
  const newer = loaded('b', secondKey, '2026-02-01T00:00:00Z', '2026-01-01T00:00:00Z');
  expect(takeSnapshot([older, newer], []).sealing).toEqual([newer, older]);
});

test('a key with a foreign certificate, and a weak one, open values but are never sealed to', async () => {
  const crossed = loaded('crossed', { ...secondKey, certificate: firstCertificate, certificateMatches: false });
  const weak = loaded('weak', await sealingKeyOf(WEAK_KEY));
  const snapshot = takeSnapshot([crossed, weak], []);
  expect(snapshot.active).toBeNull();
  expect(snapshot.keyring.keys).toHaveLength(2);
  expect(snapshot.unusable.map(({ secret }) => secret)).toEqual(['crossed', 'weak']);
});

test('a key that came out of a SealedSecret opens values but is never sealed to', () => {
  const { secret, ...rest } = loaded('sealed', secondKey, '2026-02-01T00:00:00Z', '2027-01-01T00:00:00Z');
  const metadata = { ...secret.object.metadata, managedFields: [{ manager: 'signet-unseal', operation: 'Update' }] };
  const planted = { ...rest, secret: readKeySecret({ ...secret.object, metadata }, 'p') };
  const own = loaded('own', firstKey);
  const snapshot = takeSnapshot([planted, own], []);
  expect(snapshot.active).toBe(own);
  expect(snapshot.keyring.keys).toHaveLength(2);
  expect(snapshot.unusable).toEqual([{ secret: 'sealed', problem: expect.stringContaining('SealedSecret') }]);
});

test('the public list has the active key first, and no private material', () => {
  const snapshot = takeSnapshot(
    [loaded('one', firstKey), loaded('two', secondKey, '2026-02-01T00:00:00Z')],
    [{ secret: 'broken', problem: 'p' }],
  );
  const list = toKeyList(snapshot);
  expect(list.keys.map(({ secret, state }) => `${secret} ${state}`)).toEqual(['two active', 'one decrypt-only']);
  expect(list.certificatesPem).toBe(secondCertificate.pem + firstCertificate.pem);
  expect(list.unusable).toEqual([{ secret: 'broken', problem: 'p' }]);
  expect(JSON.stringify(list)).not.toContain('PRIVATE KEY');
});

test('certificateChain keeps every certificate and nothing else', () => {
  const text = `note\n${FIRST_KEY.privateKeyPem}${FIRST_KEY.certificatePem}${SECOND_KEY.certificatePem}`;
  expect(certificateChain(text)).toBe(firstCertificate.pem + secondCertificate.pem);
});
