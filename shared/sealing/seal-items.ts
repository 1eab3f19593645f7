/** @module Seals values for one place: of a Secret that becomes a SealedSecret, and of a SealedSecret that gets new ones. */
import type { SealingCertificate } from '../certificate/read-certificate.ts';
import type { SecretBytes } from '../errors/secret-bytes.ts';
import type { SealedValues } from './receipt.ts';
import { sealValue } from './value-cipher.ts';

/**
 * The sealed values of `plaintexts`, in their order, openable only with the private key and `label`. The plaintexts are wiped,
 * also when it fails.
 * @throws CertificateError `CERT_WEAK_KEY`
 */
export async function sealItems(
  certificate: SealingCertificate,
  label: Uint8Array<ArrayBuffer>,
  plaintexts: ReadonlyMap<string, SecretBytes>,
): Promise<SealedValues> {
  const sealed = await Promise.all(
    [...plaintexts].map(async ([key, plaintext]) => {
      try {
        return [key, await sealValue(certificate, label, plaintext)] as const;
      } finally {
        plaintext.wipe();
      }
    }),
  );
  return new Map(sealed);
}
