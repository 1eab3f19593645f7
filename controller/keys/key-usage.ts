/** @module How many SealedSecrets need which sealing key: the contract between the unsealer, which knows, and the key list, which says. */
import type { Fingerprint } from '../../shared/certificate/fingerprint.ts';

/** The need for keys at one moment. An object whose values were sealed to several keys counts once for each of them. */
export interface KeyUsage {
  /** SealedSecrets per key that opened them, retired keys included when a record names them; a missing key is needed by none. */
  readonly objects: ReadonlyMap<Fingerprint, number>;
  /** SealedSecrets whose keys are not known, because they do not open. */
  readonly unknown: number;
}

/** Whoever counts. */
export interface KeyUsageSource {
  /** The counts now, or null until every SealedSecret was looked at once: until then zero would mean nothing. */
  usage(): KeyUsage | null;
  /** Calls `listener` after each change of the counts, however often; it must not throw. */
  onUsageChange(listener: () => void): void;
}
