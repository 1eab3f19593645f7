/** @module What the plan knows of an object in the cluster: a digest of its metadata, and nothing of its content. */
import type { ObjectIdentity } from '../resources/object-meta.ts';

/** One object as it was seen last. */
export interface LiveObject {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Absent for kinds that do not count their spec's versions, such as ConfigMap. */
  readonly generation: number | undefined;
  /** Changes whenever labels, annotations, finalizers or owner references do. */
  readonly metadataDigest: string;
  /** `namespace/name` of the GitSync that the object says it belongs to. */
  readonly owner: string | undefined;
  /** Its annotation asks to keep it when it leaves Git. */
  readonly isPruneDisabled: boolean;
  /** Its deletion was asked for and is not done. */
  readonly isTerminating: boolean;
  /** Who, beside Signet, changed anything but the status last; a name for messages. */
  readonly lastForeignManager: string | undefined;
}

/**
 * What was found for an identity. `absent` is certain. `unserved`: the cluster has no such kind, so nothing can be read or
 * written. `unreadable`: the kind exists and could not be listed, so nothing is known.
 */
export type LiveLookup = LiveObject | 'absent' | 'unserved' | 'unreadable';

/** Looks live objects up. Cheap; never asks the server. */
export interface LiveView {
  find(identity: ObjectIdentity): LiveLookup;
}

/** True when `after` differs from `before` in its status alone: same object, same spec generation, same metadata. */
export function isStatusChange(
  before: Pick<LiveObject, 'uid' | 'metadataDigest'> & { readonly generation?: number | undefined },
  after: LiveObject,
): boolean {
  return (
    before.uid === after.uid &&
    before.generation !== undefined &&
    before.generation === after.generation &&
    before.metadataDigest === after.metadataDigest
  );
}
