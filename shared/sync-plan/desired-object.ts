/** @module An object that Git wants, with everything settled that can be settled before the cluster is asked to take it. */
import { OWNER_ANNOTATION } from '../resources/names.ts';
import type { KubeObject, ObjectIdentity, ObjectKey } from '../resources/object-meta.ts';
import { identityOf, objectKey } from '../resources/object-meta.ts';
import { type ObjectRules, PLAIN_RULES } from './object-rules.ts';
import type { ConfidentialPath, ObjectOrigin } from './rendered-object.ts';

/** A rendered object whose namespace is settled. */
export interface PlacedObject {
  readonly object: KubeObject;
  readonly identity: ObjectIdentity;
  readonly key: ObjectKey;
  readonly origin: ObjectOrigin;
  /** Where values of Secrets were put into it; absent where none were. */
  readonly confidential?: readonly ConfidentialPath[];
}

/** A placed object exactly as it is sent, with the keyed digest of that content. */
export interface DesiredObject extends PlacedObject {
  readonly digest: string;
  /** Absent for an object that is kept like most. */
  readonly rules?: ObjectRules;
}

/** How `desired` wants to be kept. */
export function rulesFor({ rules = PLAIN_RULES }: Pick<DesiredObject, 'rules'>): ObjectRules {
  return rules;
}

/** `object`, found at `origin`, under the identity that its metadata says. */
export function toPlacedObject(object: KubeObject, origin: ObjectOrigin): PlacedObject {
  const identity = identityOf(object);
  return { object, identity, key: objectKey(identity), origin };
}

/** `object` with the annotation that says which GitSync (`namespace/name`) owns it; one from Git is overwritten. */
export function withOwner(object: KubeObject, owner: string): KubeObject {
  const annotations = { ...object.metadata.annotations, [OWNER_ANNOTATION]: owner };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
