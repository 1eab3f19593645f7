/** @module The SealedSecret resource as Signet reads and writes it. Cryptography is in shared/sealing. */
import type { Condition } from './conditions.ts';
import type { KubeObject, ObjectMeta } from './object-meta.ts';

/** What the Secret shall look like, beside its sealed items. */
export interface SecretTemplate {
  readonly metadata?: ObjectMeta | null;
  readonly type?: string;
  readonly immutable?: boolean;
  /** Literal values (and, with template actions, Go templates); null removes the key from the Secret. */
  readonly data?: Readonly<Record<string, string | null>> | null;
}

/** `spec` of a SealedSecret. Each value of `encryptedData` is the base64 text of one sealed value. */
export interface SealedSecretSpec {
  readonly encryptedData: Readonly<Record<string, string>>;
  readonly template?: SecretTemplate | null;
  /** The deprecated whole-Secret form. */
  readonly data?: string;
}

/**
 * How a SealedSecret stands to the Secret of its name. `owned`: it decides on everything. `shared`: it decides on its own
 * keys, and the Secret is made again when it is deleted. `patched`: likewise on its own keys, but the Secret is somebody
 * else's and stays away when it is deleted.
 */
export type UnsealMode = 'owned' | 'shared' | 'patched';

/** Which sealing keys opened the values of a SealedSecret. */
export interface OpenedBy {
  /** Fingerprints, sorted. */
  readonly keys: readonly string[];
  /** HMAC over the SealedSecret's uid, `sealedDigest` and `keys`, hex: without it nobody could tell who wrote `keys`. */
  readonly keysProof: string;
}

/** What the controller remembers of the Secret that it wrote, so that a restart decrypts nothing that is unchanged. */
export interface UnsealedRecord extends OpenedBy {
  readonly uid: string;
  readonly resourceVersion: string;
  /** HMAC of the SealedSecret's spec and scope, hex. */
  readonly sealedDigest: string;
  /** HMAC of the Secret's content as written, hex. */
  readonly secretDigest: string;
  /** HMAC of both objects' uids and the mode, hex: proof that the controller itself once claimed this Secret so. */
  readonly ownerDigest: string;
  readonly mode: UnsealMode;
  /** RFC 3339: the clock by which templates were rendered; absent without templates. Rendering it again uses the same. */
  readonly renderedAt?: string;
  /** HMAC over the SealedSecret's uid, `sealedDigest` and `renderedAt`, hex. */
  readonly renderedProof?: string;
  /** resourceVersion of the Secret when an edit of it was last reported. */
  readonly driftedVersion?: string;
  /** HMAC of what it held then, hex. */
  readonly driftedDigest?: string;
  /** HMAC over the SealedSecret's uid, `sealedDigest`, the two above and what condition `Drifted` says, hex. */
  readonly driftedProof?: string;
}

/** What was tried last, and in vain: while all of it stays the same, trying again would come to the same. */
export interface UnsealAttempt {
  /** As in {@link UnsealedRecord}. */
  readonly sealedDigest: string;
  /** HMAC of the fingerprints of all loaded keys, hex. */
  readonly keysDigest: string;
  /** The Secret that stood in the way, as `uid/resourceVersion`; `none` when there was none, empty when it does not matter. */
  readonly secret: string;
  /** As in {@link OpenedBy}; absent when the items do not open. */
  readonly keys?: readonly string[];
  /** HMAC over the SealedSecret's uid, all of the above, and what condition `Ready` says of it, hex. */
  readonly proof: string;
}

/** `status` of a SealedSecret. */
export interface SealedSecretStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  readonly unsealed?: UnsealedRecord | null;
  readonly attempt?: UnsealAttempt | null;
  /** While `Synced` is Unknown: what it was before. */
  readonly lastSynced?: 'True' | 'False' | null;
}

/** A SealedSecret object, `bitnami.com/v1alpha1`. */
export interface SealedSecret extends KubeObject {
  readonly apiVersion: 'bitnami.com/v1alpha1';
  readonly kind: 'SealedSecret';
  readonly spec: SealedSecretSpec;
  readonly status?: SealedSecretStatus;
}
