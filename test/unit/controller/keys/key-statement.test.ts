import { expect, test } from 'vitest';
import { readKeySecret } from '../../../../controller/keys/key-secret.ts';
import { takeSnapshot } from '../../../../controller/keys/key-snapshot.ts';
import { toKeyList } from '../../../../controller/keys/key-statement.ts';
import type { LoadedKey, RetiredKey } from '../../../../controller/keys/loaded-key.ts';
import type { Fingerprint } from '../../../../shared/certificate/fingerprint.ts';
import { readKeyList, toKeyListData } from '../../../../shared/resources/key-list.ts';
import {
  BACKED_UP_AT_ANNOTATION,
  BACKED_UP_FINGERPRINT_ANNOTATION,
  RETIRED_AT_ANNOTATION,
} from '../../../../shared/resources/names.ts';
import type { SealingKey } from '../../../../shared/sealing/keyring.ts';
import { keySecret } from '../../../support/key-secret.ts';
import { FIRST_KEY } from '../../../support/test-keys.ts';
import { firstCertificate, firstKey, secondCertificate, secondKey } from '../../../support/test-secrets.ts';

const RULES = { order: 'SecretCreationTimestamp', now: new Date('2026-06-01T00:00:00Z') } as const;
const AT = '2026-05-01T12:00:00Z';
const QUIET = { usage: null, problem: undefined };

function secretOf(name: string, annotations: Record<string, string> = {}, overrides: Record<string, unknown> = {}) {
  const object = keySecret('keys', name, FIRST_KEY);
  const creationTimestamp = `2026-01-0${name.length}T00:00:00Z`;
  return readKeySecret(
    { ...object, metadata: { ...object.metadata, annotations, creationTimestamp, ...overrides } },
    'p',
  );
}

function loaded(name: string, key: SealingKey, annotations: Record<string, string> = {}): LoadedKey {
  return { secret: secretOf(name, annotations), key, chainPem: '' };
}

const retired = (annotations: Record<string, string> = {}): RetiredKey => ({
  secret: secretOf('r', annotations),
  certificate: secondKey.certificate,
});

test('the list has the active key first and retired ones last, certificates of the former only, and nothing private', () => {
  const results = [
    { secret: secretOf('r', { [RETIRED_AT_ANNOTATION]: AT }), certificate: firstCertificate },
    loaded('a', firstKey),
    loaded('bb', secondKey),
    { secret: secretOf('broken'), problem: 'p' },
  ];
  const list = toKeyList(takeSnapshot(results, RULES), QUIET);
  expect(list.keys.map(({ secret, state, retiredAt }) => [secret, state, retiredAt])).toEqual([
    ['bb', 'active', undefined],
    ['a', 'decrypt-only', undefined],
    ['r', 'retired', AT],
  ]);
  expect(list.certificatesPem).toBe(secondCertificate.pem + firstCertificate.pem);
  expect(list.unusable).toEqual([{ secret: 'broken', problem: 'p' }]);
  expect(JSON.stringify(list)).not.toContain('PRIVATE KEY');
});

test('a confirmed backup counts when it names this very key and an instant', () => {
  const backedUpAt = (annotations: Record<string, string>, overrides = {}) => {
    const secret = secretOf('a', annotations, overrides);
    return toKeyList(takeSnapshot([{ secret, key: firstKey, chainPem: '' }], RULES), QUIET).keys[0]?.backedUpAt;
  };
  const right = { [BACKED_UP_AT_ANNOTATION]: AT, [BACKED_UP_FINGERPRINT_ANNOTATION]: firstKey.fingerprint };
  expect(backedUpAt(right)).toBe(AT);
  expect(backedUpAt({ ...right, [BACKED_UP_FINGERPRINT_ANNOTATION]: secondKey.fingerprint })).toBeUndefined();
  expect(backedUpAt({ [BACKED_UP_AT_ANNOTATION]: AT })).toBeUndefined();
  expect(backedUpAt({ ...right, [BACKED_UP_AT_ANNOTATION]: 'yes' })).toBeUndefined();
  expect(backedUpAt({ [BACKED_UP_FINGERPRINT_ANNOTATION]: firstKey.fingerprint })).toBeUndefined();
});

test('a retired key shows its backup as well; a time of retirement that is no instant is left out', () => {
  const annotations = {
    [RETIRED_AT_ANNOTATION]: 'long ago',
    [BACKED_UP_AT_ANNOTATION]: AT,
    [BACKED_UP_FINGERPRINT_ANNOTATION]: secondKey.fingerprint,
  };
  const [entry] = toKeyList(takeSnapshot([retired(annotations)], RULES), QUIET).keys;
  expect(entry).toMatchObject({ state: 'retired', backedUpAt: AT });
  expect(entry).not.toHaveProperty('retiredAt');
});

test('counts are given to every key once they are known, and a key that is needed and gone is named', () => {
  const weak = loaded('ccc', { ...secondKey, certificateMatches: false });
  const snapshot = takeSnapshot([loaded('a', firstKey), weak], RULES);
  const gone = 'SHA256:gone' as Fingerprint;
  const unneeded = 'SHA256:unneeded' as Fingerprint;
  const objects = new Map([
    [secondKey.fingerprint, 3],
    [gone, 2],
    [unneeded, 0],
  ]);
  const list = toKeyList(snapshot, { usage: { objects, unknown: 1 }, problem: undefined });
  expect(list.keys.map((key) => key.objects)).toEqual([0]);
  expect(list.unusable).toMatchObject([{ secret: 'ccc', objects: 3 }]);
  expect(list).toMatchObject({ missing: [{ fingerprint: gone, objects: 2 }], unopened: 1 });
  const before = toKeyList(snapshot, QUIET);
  expect(before).not.toHaveProperty('unopened');
  expect(before.keys[0]).not.toHaveProperty('objects');
});

test('a list says why there is no key', () => {
  expect(toKeyList(takeSnapshot([], RULES), { usage: null, problem: 'why' }).problem).toBe('why');
});

test('a list of very many key Secrets still fits into a ConfigMap', () => {
  const pem = 'x'.repeat(10_000);
  const key = { ...firstKey, certificate: { ...firstKey.certificate, pem } };
  const results = [
    ...Array.from({ length: 1_000 }, () => loaded('a', key)),
    ...Array.from({ length: 1_000 }, () => retired()),
    ...Array.from({ length: 1_000 }, () => ({ secret: secretOf('b'), problem: 'p'.repeat(300) })),
  ];
  const objects = new Map(Array.from({ length: 1_000 }, (_, index) => [`SHA256:${index}` as Fingerprint, 1]));
  const list = toKeyList(takeSnapshot(results, RULES), { usage: { objects, unknown: 0 }, problem: undefined });
  const data = toKeyListData(list);
  expect(Object.values(data).join('').length).toBeLessThan(1_000_000);
  expect(readKeyList({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data })).toEqual(list);
  expect(list.keys[0]?.state).toBe('active');
});

test('a list that counts a part of the cluster says which', () => {
  const partial = 'SealedSecrets in namespaces a';
  const list = toKeyList(takeSnapshot([loaded('a', firstKey)], RULES), { ...QUIET, partial });
  expect(readKeyList({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: toKeyListData(list) })).toMatchObject({
    partial,
  });
  expect(toKeyList(takeSnapshot([], RULES), QUIET)).not.toHaveProperty('partial');
});
