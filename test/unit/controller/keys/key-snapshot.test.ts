import { expect, test } from 'vitest';
import type { OrderRules } from '../../../../controller/keys/key-order.ts';
import { readKeySecret } from '../../../../controller/keys/key-secret.ts';
import { takeSnapshot } from '../../../../controller/keys/key-snapshot.ts';
import type { LoadedKey } from '../../../../controller/keys/loaded-key.ts';
import type { SealingKey } from '../../../../shared/sealing/keyring.ts';
import { keySecret } from '../../../support/key-secret.ts';
import { FIRST_KEY, WEAK_KEY } from '../../../support/test-keys.ts';
import { firstCertificate, firstKey, sealingKeyOf, secondKey } from '../../../support/test-secrets.ts';

const now = new Date('2026-06-01T00:00:00Z');
const RULES: OrderRules = { order: 'CertNotBefore', now };
const BY_SECRET: OrderRules = { order: 'SecretCreationTimestamp', now };

interface Dates {
  readonly createdAt?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
}

function loaded(name: string, key: SealingKey, dates: Dates = {}): LoadedKey {
  const object = keySecret('keys', name, FIRST_KEY);
  const { createdAt = '2026-01-01T00:00:00Z', notBefore, notAfter } = dates;
  const secret = readKeySecret({ ...object, metadata: { ...object.metadata, creationTimestamp: createdAt } }, 'p');
  const certificate = {
    ...key.certificate,
    ...(notBefore === undefined ? {} : { notBefore: new Date(notBefore) }),
    ...(notAfter === undefined ? {} : { notAfter: new Date(notAfter) }),
  };
  return { secret, key: { ...key, certificate }, chainPem: '' };
}

test('the key whose certificate is valid from the latest date is active, or the one of the youngest Secret', () => {
  const older = loaded('b', firstKey, { createdAt: '2026-05-01T00:00:00Z', notBefore: '2026-01-01T00:00:00Z' });
  const newer = loaded('a', secondKey, { createdAt: '2026-02-01T00:00:00Z', notBefore: '2026-01-02T00:00:00Z' });
  expect(takeSnapshot([older, newer], RULES).active).toBe(newer);
  expect(takeSnapshot([older, newer], BY_SECRET).active).toBe(older);
});

test('of equals the one that is younger by the other order is active', () => {
  const at = '2026-01-01T00:00:00Z';
  const older = loaded('a', firstKey, { createdAt: at, notBefore: at });
  const youngerSecret = loaded('b', secondKey, { createdAt: '2026-02-01T00:00:00Z', notBefore: at });
  expect(takeSnapshot([older, youngerSecret], RULES).sealing).toEqual([youngerSecret, older]);
  const youngerCertificate = loaded('b', secondKey, { createdAt: at, notBefore: '2026-02-01T00:00:00Z' });
  expect(takeSnapshot([older, youngerCertificate], BY_SECRET).sealing).toEqual([youngerCertificate, older]);
});

test('a controller that made its keys one after the other has the same active key in either order', () => {
  const made = [1, 2, 3].map((month) => {
    const at = `2026-0${month}-01T00:00:00Z`;
    return loaded(`k${month}`, firstKey, { createdAt: at, notBefore: at });
  });
  for (const rules of [RULES, BY_SECRET]) expect(takeSnapshot(made, rules).active?.secret.name).toBe('k3');
});

test.each([RULES, BY_SECRET])('an expired key is not active while another is there: $order', (rules) => {
  const old = loaded('old', firstKey, { notBefore: '2026-01-01T00:00:00Z' });
  const expired = loaded('expired', secondKey, {
    createdAt: '2026-05-01T00:00:00Z',
    notBefore: '2026-05-01T00:00:00Z',
    notAfter: '2026-05-31T23:59:59Z',
  });
  expect(takeSnapshot([expired, old], rules).active).toBe(old);
  expect(takeSnapshot([expired, old], { ...rules, now: new Date('2026-05-31T23:59:59Z') }).active).toBe(expired);
  expect(takeSnapshot([expired], rules).active).toBe(expired);
});

test('a key with a foreign certificate, and a weak one, open values but are never sealed to', async () => {
  const crossed = loaded('crossed', { ...secondKey, certificate: firstCertificate, certificateMatches: false });
  const weak = loaded('weak', await sealingKeyOf(WEAK_KEY));
  const snapshot = takeSnapshot([crossed, weak], RULES);
  expect(snapshot.active).toBeNull();
  expect(snapshot.keyring.keys).toHaveLength(2);
  expect(snapshot.unusable.map(({ secret, fingerprint }) => [secret, fingerprint])).toEqual([
    ['crossed', secondKey.fingerprint],
    ['weak', weak.key.fingerprint],
  ]);
});

test('a key that came out of a SealedSecret opens values but is never sealed to', () => {
  const { secret, ...rest } = loaded('sealed', secondKey, { notBefore: '2027-01-01T00:00:00Z' });
  const metadata = { ...secret.object.metadata, managedFields: [{ manager: 'signet-unseal', operation: 'Update' }] };
  const planted = { ...rest, secret: readKeySecret({ ...secret.object, metadata }, 'p') };
  const own = loaded('own', firstKey);
  const snapshot = takeSnapshot([planted, own], RULES);
  expect(snapshot.active).toBe(own);
  expect(snapshot.keyring.keys).toHaveLength(2);
  expect(snapshot.unusable).toMatchObject([{ secret: 'sealed', problem: expect.stringContaining('SealedSecret') }]);
});

test('a retired key is in sight, but neither in the ring nor sealed to; what cannot be loaded is told', () => {
  const { secret, key } = loaded('gone', secondKey);
  const broken = loaded('broken', firstKey).secret;
  const snapshot = takeSnapshot(
    [
      { secret, certificate: key.certificate },
      { secret: broken, problem: 'p' },
    ],
    RULES,
  );
  expect(snapshot).toMatchObject({ sealing: [], active: null, unusable: [{ secret: 'broken', problem: 'p' }] });
  expect(snapshot.keyring.keys).toEqual([]);
  expect(snapshot.retired.map((retired) => retired.secret.name)).toEqual(['gone']);
});
