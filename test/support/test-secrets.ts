/** @module Secrets, certificates and rings for tests of sealing, made of the fixed test keys. */
import { readCertificate, type SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { importSealingKey, Keyring, type SealingKey } from '../../shared/sealing/keyring.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { FIRST_KEY, SECOND_KEY, type TestKey } from './test-keys.ts';

/** `key` imported, created at `createdAt`. */
export function sealingKeyOf(key: TestKey, createdAt = '2026-01-01T00:00:00Z', lanes = 1): Promise<SealingKey> {
  return importSealingKey({ ...key, createdAt: new Date(createdAt), lanes });
}

/** Imported once for all tests of a file; the second is newer. */
export const firstKey: SealingKey = await sealingKeyOf(FIRST_KEY, '2026-01-01T00:00:00Z');
/** Imported once for all tests of a file; newer than the first. */
export const secondKey: SealingKey = await sealingKeyOf(SECOND_KEY, '2026-02-01T00:00:00Z');
/** The certificate of {@link firstKey}. */
export const firstCertificate: SealingCertificate = await readCertificate(FIRST_KEY.certificatePem);
/** The certificate of {@link secondKey}. */
export const secondCertificate: SealingCertificate = await readCertificate(SECOND_KEY.certificatePem);
/** A ring that holds {@link firstKey} alone. */
export const firstRing: Keyring = new Keyring([firstKey]);
/** A ring that holds both keys. */
export const bothRing: Keyring = new Keyring([firstKey, secondKey]);

/** A Secret `shop/db` of `stringData`, with `overrides` in place of its other fields. */
export function secretOf(stringData: Readonly<Record<string, string>>, overrides: Partial<Secret> = {}): Secret {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db', namespace: 'shop' }, stringData, ...overrides };
}

/** {@link secretOf} sealed strictly to the first key, or to `certificate`. */
export function sealedOf(
  stringData: Readonly<Record<string, string>>,
  certificate: SealingCertificate = firstCertificate,
): Promise<SealedSecret> {
  return sealSecret(secretOf(stringData), { certificate });
}

/** `sealed` with other metadata, as after an edit of the file. */
export function withMetadata(sealed: SealedSecret, metadata: SealedSecret['metadata']): SealedSecret {
  return { ...sealed, metadata };
}

/** `sealed` with `encryptedData` replaced; values may be of any kind, as in a file. */
export function withItems(sealed: SealedSecret, encryptedData: unknown): SealedSecret {
  return { ...sealed, spec: { ...sealed.spec, encryptedData } as SealedSecret['spec'] };
}
