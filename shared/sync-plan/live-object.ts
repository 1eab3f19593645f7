/** @module What the plan knows of an object in the cluster: a digest of its metadata, and nothing of its content. */
import type { ObjectIdentity } from '../resources/object-meta.ts';

/** One object as it was seen last. */
export interface LiveObject {
  readonly uid: string;
  readonly resourceVersion: string;
  /**
   * Digest of the set of fields that Signet owns, names only. The API server takes a field from its owner when somebody else
   * changes it, so that this changes whenever anything that Signet applied does. Undefined where ownership is not tracked.
   */
  readonly fields: string | undefined;
  /** Digest of what everybody else owns, and since when. */
  readonly foreignFields: string;
  /** Absent for kinds that do not count their spec's versions, such as ConfigMap. */
  readonly generation: number | undefined;
  /** Changes whenever labels, annotations, finalizers or owner references do. */
  readonly metadataDigest: string;
  /** `namespace/name` of the GitSync that the object says it belongs to. */
  readonly owner: string | undefined;
  /** Its annotation asks to keep it when it leaves Git. */
  readonly isPruneDisabled: boolean;
  /** The wave that its annotation asks for; absent for 0. */
  readonly wave?: number;
  /** Its annotation asks to be neither changed nor pruned; absent when it does not. */
  readonly isHandsOff?: boolean;
  /** A person applied it, and owns fields that Signet takes over with its next write; absent when not. */
  readonly hasFieldsToTake?: boolean;
  /** Others that keep fields by server-side apply, with a digest of which; absent for none. */
  readonly appliers?: Readonly<Record<string, string>>;
  /** Its deletion was asked for and is not done. */
  readonly isTerminating: boolean;
  /** Since when that is so and what holds it, as the end of a sentence; absent when it is not. */
  readonly termination?: string;
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

/** Equal for the same version of the same object, and for the same lack of one. */
export function liveVersionOf(lookup: LiveLookup): string {
  return typeof lookup === 'object' ? `${lookup.uid}/${lookup.resourceVersion}` : lookup;
}

/** What is remembered of an object from when it was proven to be as Git wants it; a restart forgets some of it. */
export type Proof = Partial<
  Pick<LiveObject, 'uid' | 'resourceVersion' | 'fields' | 'foreignFields' | 'generation' | 'metadataDigest'>
>;

/**
 * True when nothing that Signet applied has changed since `proof`: same object, and the same version; or a version in which Signet
 * still owns the same fields, written by somebody else or different in its status alone. A version that nobody else is known to have
 * written proves nothing: somebody may write in Signet's name.
 */
export function holdsStill(proof: Proof, live: LiveObject): boolean {
  if (proof.uid !== live.uid) return false;
  if (proof.resourceVersion === live.resourceVersion) return true;
  if (proof.fields !== live.fields) return false;
  const isByOthers = live.fields !== undefined && proof.foreignFields !== live.foreignFields;
  return isByOthers || isStatusChange(proof, live);
}

/** Kinds that count the versions of their spec say so when nothing but the status is different. */
function isStatusChange({ generation, metadataDigest }: Proof, live: LiveObject): boolean {
  return generation !== undefined && generation === live.generation && metadataDigest === live.metadataDigest;
}
