/** @module What a preview says about one object. */
import type { ObjectIdentity } from '../resources/object-meta.ts';
import type { FieldChange } from '../sync-plan/object-changes.ts';
import type { ObjectOrigin } from '../sync-plan/rendered-object.ts';

/**
 * What would happen to one object. `keep`: it left Git and stays, for `reason`. `conflict`: another GitSync owns it. `failed`: it cannot be
 * brought to what Git wants, for `reason`. Values of Secrets are nowhere in it: digests stand for them.
 */
export interface PlannedAction {
  readonly kind: 'create' | 'update' | 'unchanged' | 'prune' | 'keep' | 'conflict' | 'failed';
  readonly identity: ObjectIdentity;
  /** Where it stands in Git; absent for an object that left it. */
  readonly origin?: ObjectOrigin;
  readonly reason?: string;
  /** What of its annotations is not honoured, each as the end of a sentence that starts with the object. */
  readonly notes?: readonly string[];
  /** Of an update. */
  readonly changes?: readonly FieldChange[];
  /** Of an update, and of a create as Git has it: the lines of a unified diff of its YAML. */
  readonly diff?: readonly string[];
}
