/** @module Whether a SealedSecret may write the Secret of its name, and how. Pure. */
import { MANAGED_ANNOTATION, PATCH_ANNOTATION } from '../../shared/resources/names.ts';
import { hasTrueAnnotation, type ObjectMeta } from '../../shared/resources/object-meta.ts';

/** The facts about an existing Secret that decide on ownership. */
export interface SecretClaims {
  readonly uid: string;
  readonly resourceVersion: string;
  /** uid of the owner that controls it; empty when none does. */
  readonly controllerUid: string;
  /** `managed: "true"`. */
  readonly isManaged: boolean;
  /** `patch: "true"`. */
  readonly isPatched: boolean;
  readonly isTerminating: boolean;
}

/** What may be done. `replace`: make it exactly what was sealed. `upsert`: add and change keys. `blocked`: it is somebody else's. */
export type Ownership = 'create' | 'replace' | 'upsert' | 'blocked';

/** Who asks. */
export interface Claimant {
  /** uid of the SealedSecret. */
  readonly uid: string;
  /** True when the controller's own record proves that it wrote the Secret of this uid. */
  hasClaimed(secretUid: string): boolean;
}

/** The claims that stand in the metadata of a Secret. */
export function claimsOf(meta: ObjectMeta): SecretClaims {
  const controller = meta.ownerReferences?.find((reference) => reference.controller === true);
  return {
    uid: meta.uid ?? '',
    resourceVersion: meta.resourceVersion ?? '',
    controllerUid: controller?.uid ?? '',
    isManaged: hasTrueAnnotation(meta, MANAGED_ANNOTATION),
    isPatched: hasTrueAnnotation(meta, PATCH_ANNOTATION),
    isTerminating: meta.deletionTimestamp !== undefined,
  };
}

/** Decides what `claimant` may do with the Secret that makes `claims`; null when there is no Secret. */
export function decideOwnership(claims: SecretClaims | null, claimant: Claimant): Ownership {
  if (claims === null) return 'create';
  if (claims.isPatched) return 'upsert';
  return isKept(claims, claimant) ? 'replace' : 'blocked';
}

/** True when the Secret was handed over to the claimant or is the claimant's: it is made again when it is deleted. */
export function isKept(claims: SecretClaims, claimant: Claimant): boolean {
  return claims.isManaged || isOurs(claims, claimant);
}

/** True when the Secret was made, or taken over, by the claimant. */
export function isOurs(claims: SecretClaims, claimant: Claimant): boolean {
  return (claims.controllerUid !== '' && claims.controllerUid === claimant.uid) || claimant.hasClaimed(claims.uid);
}
