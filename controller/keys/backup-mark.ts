/** @module Whether a person has confirmed that a key is backed up. */
import type { Fingerprint } from '../../shared/certificate/fingerprint.ts';
import { BACKED_UP_AT_ANNOTATION, BACKED_UP_FINGERPRINT_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf } from '../../shared/resources/object-meta.ts';
import { parseInstant } from './instant.ts';
import type { KeySecret } from './key-secret.ts';

/**
 * The RFC 3339 instant, as written, at which a backup of the key with `fingerprint` was confirmed; undefined when it
 * was not. A confirmation that names another key, such as the one that the Secret held before, does not count.
 */
export function confirmedBackup(secret: KeySecret, fingerprint: Fingerprint): string | undefined {
  const { metadata } = secret.object;
  if (secret.isFromSealedSecret || annotationOf(metadata, BACKED_UP_FINGERPRINT_ANNOTATION) !== fingerprint) {
    return undefined;
  }
  const at = annotationOf(metadata, BACKED_UP_AT_ANNOTATION);
  return at === undefined || parseInstant(at) === null ? undefined : at;
}
