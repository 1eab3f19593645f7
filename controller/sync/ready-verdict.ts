/** @module What a look at a GitSync comes to. */
import type { ConditionStatus } from '../../shared/resources/conditions.ts';
import type { ConditionReason } from '../git-syncs/reasons.ts';

/** A Ready condition, and how it goes on from there. */
export interface ReadyVerdict {
  readonly ready: ConditionStatus;
  readonly reason: ConditionReason;
  readonly message: string;
  /** The controller goes on by itself, before the next interval. */
  readonly isReconciling: boolean;
  /** Nothing but a change, in Git or of the objects, can mend it. */
  readonly isStalled: boolean;
}
