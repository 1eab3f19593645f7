/** @module What a preview says about one object. */
import type { ObjectIdentity } from '../resources/object-meta.ts';
import type { ApprovalItem } from '../sync-plan/approval.ts';
import type { FieldChange } from '../sync-plan/object-changes.ts';
import type { ObjectOrigin } from '../sync-plan/rendered-object.ts';

/**
 * What would happen to one object. `recreate`: it cannot be changed in place, for `reason`, and is deleted and made anew. `keep`: it left Git, or may differ from it, and stays as it is, for `reason`. `conflict`: another GitSync owns it. `failed`: it cannot be
 * brought to what Git wants, for `reason`. Values of Secrets are nowhere in it: digests stand for them.
 */
export interface PlannedAction {
  readonly kind: 'create' | 'update' | 'recreate' | 'unchanged' | 'prune' | 'keep' | 'conflict' | 'failed';
  readonly identity: ObjectIdentity;
  /** Where it stands in Git; absent for an object that left it. */
  readonly origin?: ObjectOrigin;
  readonly reason?: string;
  /** Set while it happens only once somebody approved it. */
  readonly approval?: ApprovalItem;
  /** What else is to be known, such as annotations that are not honoured, each as the end of a sentence that starts with the object. */
  readonly notes?: readonly string[];
  /** Those of `notes` that name annotations that are not honoured; absent for none. */
  readonly unhonoured?: readonly string[];
  /** Of an update. */
  readonly changes?: readonly FieldChange[];
  /** Of an update, and of a create as Git has it: the lines of a unified diff of its YAML. */
  readonly diff?: readonly string[];
}
