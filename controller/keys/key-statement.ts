/** @module What is said of the sealing keys in public. Private material has no way in: only names, dates and certificates are read. */
import type { SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { toKubeTime } from '../../shared/resources/conditions.ts';
import type { KeyList, MissingKeyEntry, SealingKeyEntry, SealingKeyState } from '../../shared/resources/key-list.ts';
import { RETIRED_AT_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf } from '../../shared/resources/object-meta.ts';
import { confirmedBackup } from './backup-mark.ts';
import { parseInstant } from './instant.ts';
import type { KeySecret } from './key-secret.ts';
import type { KeySnapshot } from './key-snapshot.ts';
import type { KeyUsage } from './key-usage.ts';

/** What is said beside the keys themselves. */
export interface KeyCircumstances {
  /** Null while it is not known. */
  readonly usage: KeyUsage | null;
  /** As of {@link KeyList.partial}; undefined when every SealedSecret is counted. */
  readonly partial?: string | undefined;
  /** Why there is no key to seal to; undefined when there is one. */
  readonly problem: string | undefined;
}

/** Bounds that keep the list within the 1 MiB of a ConfigMap, whatever is put beside the keys. */
const MAX_SEALING = 300;
const MAX_OTHERS = 100;
const MAX_PEM = 512 * 1024;

/** What `snapshot` says in public. Of more keys than fit into a ConfigMap the oldest are left out. */
export function toKeyList(snapshot: KeySnapshot, { usage, partial, problem }: KeyCircumstances): KeyList {
  const sealing = snapshot.sealing
    .slice(0, MAX_SEALING)
    .map(({ secret, key }, index) => entryOf(secret, key.certificate, index === 0 ? 'active' : 'decrypt-only'));
  const retired = snapshot.retired
    .slice(0, MAX_OTHERS)
    .map(({ secret, certificate }) => entryOf(secret, certificate, 'retired'));
  const missing = usage === null ? [] : missingKeys(snapshot, usage);
  return {
    keys: [...sealing, ...retired].map((entry) => ({ ...entry, ...objectsOf(entry.fingerprint, usage) })),
    unusable: snapshot.unusable
      .slice(0, MAX_OTHERS)
      .map((entry) => (entry.fingerprint === undefined ? entry : { ...entry, ...objectsOf(entry.fingerprint, usage) })),
    ...(missing.length === 0 ? {} : { missing }),
    ...(usage === null ? {} : { unopened: usage.unknown }),
    ...(partial === undefined ? {} : { partial }),
    ...(problem === undefined ? {} : { problem }),
    certificatesPem: joinUpTo(
      snapshot.sealing.slice(0, MAX_SEALING).map(({ key }) => key.certificate.pem),
      MAX_PEM,
    ),
  };
}

function entryOf(secret: KeySecret, certificate: SealingCertificate, state: SealingKeyState): SealingKeyEntry {
  const backedUpAt = confirmedBackup(secret, certificate.fingerprint);
  const retiredAt = state === 'retired' ? annotationOf(secret.object.metadata, RETIRED_AT_ANNOTATION) : undefined;
  return {
    fingerprint: certificate.fingerprint,
    state,
    secret: secret.name,
    createdAt: toKubeTime(secret.createdAt),
    notBefore: toKubeTime(certificate.notBefore),
    notAfter: toKubeTime(certificate.notAfter),
    ...(secret.answers === undefined ? {} : { rotateRequestedAt: secret.answers }),
    ...(backedUpAt === undefined ? {} : { backedUpAt }),
    ...(retiredAt === undefined || parseInstant(retiredAt) === null ? {} : { retiredAt }),
  };
}

function objectsOf(fingerprint: string, usage: KeyUsage | null): { readonly objects?: number } {
  if (usage === null) return {};
  const counts: ReadonlyMap<string, number> = usage.objects;
  return { objects: counts.get(fingerprint) ?? 0 };
}

function missingKeys({ keyring, retired }: KeySnapshot, usage: KeyUsage): readonly MissingKeyEntry[] {
  const here = new Set([
    ...keyring.keys.map((key) => key.fingerprint),
    ...retired.map(({ certificate }) => certificate.fingerprint),
  ]);
  const gone = [...usage.objects].filter(([fingerprint, objects]) => objects > 0 && !here.has(fingerprint));
  return gone
    .map(([fingerprint, objects]) => ({ fingerprint, objects }))
    .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1))
    .slice(0, MAX_OTHERS);
}

/** As many of `texts` as fit, from the first one on. */
function joinUpTo(texts: readonly string[], maxLength: number): string {
  let joined = '';
  for (const text of texts) {
    if (joined.length + text.length > maxLength) break;
    joined += text;
  }
  return joined;
}
