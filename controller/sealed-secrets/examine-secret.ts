/** @module Looks at a Secret that is only reported on: how it stands to what was sealed, without writing anything. */
import type { KubeReader } from '../../shared/kube/client.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { UnsealMode } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { addsOwner } from './desired-secret.ts';
import { describeDrift } from './drift.ts';
import { claimsOf, decideOwnership, isKept, isOurs } from './ownership.ts';
import type { Subject } from './remembered-verdict.ts';

/** A Secret that is left as it is; `drift` says what others changed in it, null when nothing. */
export interface Examination {
  readonly live: KubeObject;
  readonly mode: UnsealMode;
  readonly drift: string | null;
}

/**
 * Compares the Secret of `subject` with `desired`; null when it has to be written all the same: there is none, it is
 * somebody else's or about to be taken over, or it is on its way out. @throws KubeError.
 */
export async function examineSecret(
  client: Pick<KubeReader, 'get'>,
  { sealed, claimant, record }: Pick<Subject, 'sealed' | 'claimant' | 'record'>,
  desired: Secret,
): Promise<Examination | null> {
  const { namespace, name = '' } = sealed.metadata;
  const live = await client.get(SECRETS, { namespace, name });
  if (live === null || live.metadata.deletionTimestamp !== undefined) return null;
  if (!mayCompare(live, { claimant, record })) return null;
  const claims = claimsOf(live.metadata);
  const ownership = decideOwnership(claims, claimant);
  if (ownership === 'blocked' || (ownership === 'upsert' && addsOwner(desired, live) && !isOwned(live, claimant)))
    return null;
  const mode = ownership !== 'upsert' ? 'owned' : isKept(claims, claimant) ? 'shared' : 'patched';
  return { live, mode, drift: describeDrift(sealed, desired, { live, mode }) };
}

/**
 * Whether it may be told in public how `live` differs from what was sealed: its owner, or a record that we wrote, says that
 * it was written for this object. Conditions say that, too, and may be forged by who guesses at the Secret of somebody else.
 */
export function mayCompare(live: KubeObject, { claimant, record }: Pick<Subject, 'claimant' | 'record'>): boolean {
  const claims = claimsOf(live.metadata);
  return isOurs(claims, claimant) || record?.uid === claims.uid;
}

function isOwned({ metadata }: KubeObject, { uid }: Subject['claimant']): boolean {
  return (metadata.ownerReferences ?? []).some((reference) => reference.uid === uid);
}
