/** @module The sealing keys at one moment: which are loaded, and which one is sealed to. */
import { MIN_SEALING_BITS } from '../../shared/certificate/read-certificate.ts';
import type { UnusableKeyEntry } from '../../shared/resources/key-list.ts';
import { Keyring } from '../../shared/sealing/keyring.ts';
import { type OrderRules, sortForSealing } from './key-order.ts';
import type { LoadedKey, LoadResult, RetiredKey } from './loaded-key.ts';

/** All sealing keys at one moment; never changed. */
export interface KeySnapshot {
  /** Opens whatever any loaded key opens. */
  readonly keyring: Keyring;
  /** Keys that can be sealed to, in the order in which they would be. */
  readonly sealing: readonly LoadedKey[];
  /** The key that is sealed to from now on; null when there is none. */
  readonly active: LoadedKey | null;
  /** Keys that were taken out of use and are not loaded, newest first. */
  readonly retired: readonly RetiredKey[];
  /** Key Secrets that are neither in `sealing` nor in `retired`, and why. */
  readonly unusable: readonly UnusableKeyEntry[];
}

/** No keys at all. */
export const NO_KEYS: KeySnapshot = { keyring: new Keyring(), sealing: [], active: null, retired: [], unusable: [] };

/** The snapshot of everything that looking into the key Secrets came to. */
export function takeSnapshot(results: readonly LoadResult[], rules: OrderRules): KeySnapshot {
  const loaded = results.filter((result) => 'key' in result);
  const sealing = sortForSealing(
    loaded.filter((entry) => sealingProblem(entry) === null),
    rules,
  );
  const openOnly = loaded.flatMap((entry) => {
    const problem = sealingProblem(entry);
    return problem === null ? [] : [{ secret: entry.secret.name, problem, fingerprint: entry.key.fingerprint }];
  });
  const failed = results
    .filter((result) => 'problem' in result)
    .map(({ secret, problem }) => ({ secret: secret.name, problem }));
  return {
    keyring: new Keyring(loaded.map((entry) => entry.key)),
    sealing,
    active: sealing[0] ?? null,
    retired: results.filter((result) => 'certificate' in result).sort(youngestFirst),
    unusable: [...failed, ...openOnly].sort((a, b) => (a.secret < b.secret ? -1 : 1)),
  };
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

function youngestFirst(a: RetiredKey, b: RetiredKey): number {
  return (
    b.certificate.notBefore.getTime() - a.certificate.notBefore.getTime() || (a.secret.name < b.secret.name ? -1 : 1)
  );
}
