/** @module What looking into one key Secret can come to. */
import type { SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import type { SealingKey } from '../../shared/sealing/keyring.ts';
import type { KeySecret } from './key-secret.ts';

/** One key Secret whose key was loaded. */
export interface LoadedKey {
  readonly secret: KeySecret;
  readonly key: SealingKey;
  /** Every certificate of the Secret's chain, as PEM blocks. */
  readonly chainPem: string;
}

/** One retired key Secret: its certificate was read, and its private key was not. */
export interface RetiredKey {
  readonly secret: KeySecret;
  readonly certificate: SealingCertificate;
}

/** One key Secret that cannot be used. */
export interface UnloadableKey {
  readonly secret: KeySecret;
  /** One line of bounded length that quotes nothing of the Secret's data. */
  readonly problem: string;
}

/** What one key Secret came to. */
export type LoadResult = LoadedKey | RetiredKey | UnloadableKey;
