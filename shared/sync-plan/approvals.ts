/** @module What was approved for one GitSync, and what still waits for it. Kept in memory: after a restart, what is left is asked for anew. */
import type { ObjectKey } from '../resources/object-meta.ts';
import { type ApprovalItem, type ApprovalRequest, digestApproval } from './approval.ts';

/** A request under its digest. */
export interface ApprovalHold extends ApprovalRequest {
  readonly digest: string;
  /** Approved just now: the next round carries it out. */
  readonly isAccepted: boolean;
}

/** The approvals of one GitSync. */
export class Approvals {
  #commit = '';
  /** Digests that were accepted for the commit. */
  readonly #digests = new Set<string>();
  readonly #uids = new Set<string>();
  readonly #recreations = new Map<ObjectKey, ApprovalItem>();

  /** A round for `commit` begins, and `annotation` says what is approved. Without one, or for another commit, nothing is any more. */
  begin(commit: string, annotation: string | undefined): void {
    this.#recreations.clear();
    if (commit === this.#commit && annotation !== undefined) return;
    this.#commit = commit;
    this.#digests.clear();
    this.#uids.clear();
  }

  /** True for an object whose deletion was part of an approved plan. */
  isApproved(uid: string): boolean {
    return uid !== '' && this.#uids.has(uid);
  }

  /** The object under `key` could not be changed in place in this round. */
  hold(key: ObjectKey, item: ApprovalItem): void {
    this.#recreations.set(key, item);
  }

  /** What could not be changed in place in this round. */
  recreations(): readonly ApprovalItem[] {
    return [...this.#recreations.values()];
  }

  /**
   * The request under its digest; null when it asks for nothing. It counts as approved from now on when `annotation` is exactly its digest,
   * and a digest counts once: an approved object that comes up again was not to be had.
   */
  async settle(request: ApprovalRequest, annotation: string | undefined): Promise<ApprovalHold | null> {
    if (request.items.length === 0) return null;
    const digest = await digestApproval(request);
    const isAccepted = annotation === digest && request.commit === this.#commit && !this.#digests.has(digest);
    if (isAccepted) {
      this.#digests.add(digest);
      for (const { uid } of request.items) this.#uids.add(uid);
    }
    return { ...request, digest, isAccepted };
  }
}
