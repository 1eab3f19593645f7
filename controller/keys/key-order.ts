/** @module Which of several keys is sealed to. */
import type { KeyConfig } from '../config/config.ts';
import type { LoadedKey } from './loaded-key.ts';

/** By what keys are ordered: the begin of the certificate's validity, or the age of the key Secret. */
export type KeyOrder = KeyConfig['orderPriority'];

/** What an order depends on. */
export interface OrderRules {
  readonly order: KeyOrder;
  readonly now: Date;
}

/**
 * `keys` with the one that is sealed to first. A key whose certificate has expired comes after all others, since
 * clients refuse it; among the rest the youngest is first, as for sealed-secrets. Of equals the one that is younger
 * by the other order is first.
 */
export function sortForSealing(keys: readonly LoadedKey[], { order, now }: OrderRules): LoadedKey[] {
  const other = order === 'CertNotBefore' ? 'SecretCreationTimestamp' : 'CertNotBefore';
  return [...keys].sort(
    (a, b) =>
      Number(hasExpired(a, now)) - Number(hasExpired(b, now)) ||
      orderInstant(b, order) - orderInstant(a, order) ||
      orderInstant(b, other) - orderInstant(a, other) ||
      (a.secret.name < b.secret.name ? -1 : 1),
  );
}

/** Milliseconds since 1970 at which the age of a key begins. */
export function orderInstant({ key, secret }: LoadedKey, order: KeyOrder): number {
  return (order === 'CertNotBefore' ? key.certificate.notBefore : secret.createdAt).getTime();
}

/** True when clients refuse to seal to the key's certificate. */
export function hasExpired({ key }: LoadedKey, now: Date): boolean {
  return now.getTime() > key.certificate.notAfter.getTime();
}
