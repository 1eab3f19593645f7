/** @module What a person is asked to approve, and the digest that names exactly that. Controller and command line compute it with this code. */
import { encodeUtf8, toHex } from '../encoding/bytes.ts';
import { canonicalJson } from '../encoding/json.ts';
import { type ObjectIdentity, objectKey } from '../resources/object-meta.ts';
import type { PlannedPrune } from './plan.ts';
import { lossKindOf } from './protected-prunes.ts';

/** One deletion that wants approval. `Recreate`: the object is made anew at once. */
export interface ApprovalItem {
  readonly action: 'Delete' | 'Recreate';
  readonly identity: ObjectIdentity;
  /** Of the live object: another one under the same name is not approved. */
  readonly uid: string;
  /** End of a sentence that starts with the object; absent for a deletion that is only one of too many. */
  readonly reason?: string;
}

/** What wants approval together. */
export interface ApprovalRequest {
  /** `namespace/name` of the GitSync. */
  readonly owner: string;
  /** Full id of the commit that asks for it. */
  readonly commit: string;
  readonly items: readonly ApprovalItem[];
}

/** Half of SHA-256's output. It holds no secret, so it needs no key: commits, names and uids are public to whoever reads the GitSync. */
const DIGEST_BYTES = 16;

/** As much of a reason as a status keeps. */
export const MAX_REASON = 300;

/**
 * 32 hex digits that differ, for all practical purposes, whenever owner, commit, actions, objects or uids do, or what is said to go along with a
 * namespace or definition; order and other reasons do not count.
 */
export async function digestApproval({ owner, commit, items }: ApprovalRequest): Promise<string> {
  const lines = items.map(lineOf).sort();
  const text = canonicalJson(['git-sync approval 1', owner, commit, lines]);
  const hash = await crypto.subtle.digest('SHA-256', encodeUtf8(text));
  return toHex(new Uint8Array(hash, 0, DIGEST_BYTES));
}

/** What fills a namespace may come at any time, and whoever approved its end saw what there was. */
function lineOf({ action, identity, uid, reason = '' }: ApprovalItem): string {
  const line = `${action} ${objectKey(identity)} ${uid}`;
  const kind = lossKindOf(identity);
  const isFilled = action === 'Delete' && (kind === 'namespace' || kind === 'definition');
  return isFilled && reason !== '' ? `${line} ${reason.slice(0, MAX_REASON)}` : line;
}

/** The deletions of a plan as items, and those that it protects with why. */
export function deletionItems(planned: readonly PlannedPrune[]): ApprovalItem[] {
  return planned.flatMap(({ identity, decision }): ApprovalItem[] => {
    if (decision.kind === 'delete') return [{ action: 'Delete', identity, uid: decision.uid }];
    return decision.kind === 'protect' ? [protectedItem(identity, decision)] : [];
  });
}

/** What a plan keeps only until it is approved. */
export function protectedItems(planned: readonly PlannedPrune[]): ApprovalItem[] {
  return planned.flatMap(({ identity, decision }) =>
    decision.kind === 'protect' ? [protectedItem(identity, decision)] : [],
  );
}

function protectedItem(
  identity: ObjectIdentity,
  { uid, reason }: { readonly uid: string; readonly reason: string },
): ApprovalItem {
  return { action: 'Delete', identity, uid, reason };
}
