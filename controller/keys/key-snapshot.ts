/** @module The sealing keys at one moment: which are loaded, which one is sealed to, and what is said of them in public. */

import { encodePem, parsePemBlocks } from '../../shared/certificate/pem.ts';
import { MIN_SEALING_BITS } from '../../shared/certificate/read-certificate.ts';
import { toKubeTime } from '../../shared/resources/conditions.ts';
import type { KeyList, UnusableKeyEntry } from '../../shared/resources/key-list.ts';
import { Keyring, type SealingKey } from '../../shared/sealing/keyring.ts';
import type { KeySecret } from './key-secret.ts';

/** One key Secret whose key was loaded. */
export interface LoadedKey {
  readonly secret: KeySecret;
  readonly key: SealingKey;
  /** Every certificate of the Secret's chain, as PEM blocks. */
  readonly chainPem: string;
}

/** All sealing keys at one moment; never changed. */
export interface KeySnapshot {
  /** Opens whatever any loaded key opens. */
  readonly keyring: Keyring;
  /** Keys that can be sealed to, newest first. */
  readonly sealing: readonly LoadedKey[];
  /** The key that is sealed to from now on; null when there is none. */
  readonly active: LoadedKey | null;
  /** Key Secrets that are not in `sealing`, and why. */
  readonly unusable: readonly UnusableKeyEntry[];
}

/** No keys at all. */
export const NO_KEYS: KeySnapshot = { keyring: new Keyring(), sealing: [], active: null, unusable: [] };

/** The snapshot of `loaded` keys and of Secrets that could not be loaded. */
export function takeSnapshot(loaded: readonly LoadedKey[], failed: readonly UnusableKeyEntry[]): KeySnapshot {
  const sealing = loaded.filter((entry) => sealingProblem(entry) === null).sort(newestFirst);
  const openOnly = loaded.flatMap((entry) => {
    const problem = sealingProblem(entry);
    return problem === null ? [] : [{ secret: entry.secret.name, problem }];
  });
  const unusable = [...failed, ...openOnly].sort((a, b) => (a.secret < b.secret ? -1 : 1));
  const keyring = new Keyring(loaded.map((entry) => entry.key));
  return { keyring, sealing, active: sealing[0] ?? null, unusable };
}

/** What `snapshot` says in public. */
export function toKeyList(snapshot: KeySnapshot): KeyList {
  return {
    keys: snapshot.sealing.map(({ secret, key }, index) => ({
      fingerprint: key.fingerprint,
      state: index === 0 ? 'active' : 'decrypt-only',
      secret: secret.name,
      createdAt: toKubeTime(secret.createdAt),
      notBefore: toKubeTime(key.certificate.notBefore),
      notAfter: toKubeTime(key.certificate.notAfter),
      ...(secret.answers === undefined ? {} : { rotateRequestedAt: secret.answers }),
    })),
    unusable: snapshot.unusable,
    certificatesPem: snapshot.sealing.map(({ key }) => key.certificate.pem).join(''),
  };
}

/** The certificates of `pem`, and nothing else of it. */
export function certificateChain(pem: string): string {
  const blocks = parsePemBlocks(pem, 'CERT_MALFORMED').filter((block) => block.label === 'CERTIFICATE');
  return blocks.map((block) => encodePem(block.label, block.bytes)).join('');
}

/** Why nobody should seal to a key that still opens values; null when there is no reason. */
function sealingProblem({ secret, key }: LoadedKey): string | null {
  if (secret.isFromSealedSecret) {
    return 'the key came out of a SealedSecret, whose author knows it; it still opens what was sealed to it';
  }
  if (!key.certificateMatches) {
    return 'the certificate is not that of the private key, which still opens what was sealed to it';
  }
  if (key.modulusBits >= MIN_SEALING_BITS) return null;
  return `the key has ${key.modulusBits} bits, too few to seal to; it still opens what was sealed to it`;
}

/** By begin of validity, as sealed-secrets orders its keys; then by age of the Secret. */
function newestFirst(a: LoadedKey, b: LoadedKey): number {
  return (
    b.key.certificate.notBefore.getTime() - a.key.certificate.notBefore.getTime() ||
    b.secret.createdAt.getTime() - a.secret.createdAt.getTime() ||
    (a.secret.name < b.secret.name ? -1 : 1)
  );
}
