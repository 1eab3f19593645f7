/** @module The plan of a sync: what Git wants, what is owned and what is live, turned into decisions. Pure. */
import type { ObjectIdentity, ObjectKey } from '../resources/object-meta.ts';
import { type ApplyCause, type BlockDecision, decideApply, type OwnerContext } from './decide-apply.ts';
import { decidePrune, type PruneContext, type PruneDecision } from './decide-prune.ts';
import type { DesiredObject } from './desired-object.ts';
import { identityOfEntry, type OwnedEntry, type OwnedObjects } from './inventory.ts';
import type { LiveView } from './live-object.ts';
import type { ProtectionContext } from './protection.ts';

/** An object that is sent. */
export interface PlannedApply {
  readonly identity: ObjectIdentity;
  readonly desired: DesiredObject;
  readonly cause: ApplyCause;
}

/** An object that Git wants and that cannot be brought there now. */
export interface BlockedObject {
  readonly desired: DesiredObject;
  /** End of a sentence that starts with the object. */
  readonly reason: string;
}

/** An object that left Git. */
export interface PlannedPrune {
  readonly identity: ObjectIdentity;
  readonly key: ObjectKey;
  readonly entry: OwnedEntry;
  readonly decision: PruneDecision;
  /** As the live object says; absent for 0. */
  readonly wave?: number;
}

/** An object that is left as it is although it may differ from Git. */
export interface KeptObject {
  readonly desired: DesiredObject;
  /** `kept`: its rules say so, and nobody wants to know. `hands-off`: its annotation says so. */
  readonly kind: 'kept' | 'hands-off';
}

/** Every desired object is in one list, and every other entry of the inventory in the last. */
export interface SyncPlan {
  readonly apply: readonly PlannedApply[];
  readonly unchanged: readonly DesiredObject[];
  readonly blocked: readonly BlockedObject[];
  /** Others changed or deleted these, which is only told of. */
  readonly drifted: readonly DesiredObject[];
  readonly kept: readonly KeptObject[];
  readonly prune: readonly PlannedPrune[];
}

/** What a plan is made from. */
export interface PlanInput extends OwnerContext, ProtectionContext {
  readonly desired: readonly DesiredObject[];
  readonly owned: OwnedObjects;
  readonly live: LiveView;
  /** `spec.prune`. */
  readonly isPruning: boolean;
}

/** The plan for `input`. Carried out in full, and with nothing changed by others, it plans nothing the next time. */
export function planSync(input: PlanInput): SyncPlan {
  const apply: PlannedApply[] = [];
  const unchanged: DesiredObject[] = [];
  const blocked: BlockedObject[] = [];
  const drifted: DesiredObject[] = [];
  const kept: KeptObject[] = [];
  for (const desired of input.desired) {
    const decision = decideApply(desired, input.owned.get(desired.key), input.live.find(desired.identity), input);
    switch (decision.kind) {
      case 'unchanged':
        unchanged.push(desired);
        break;
      case 'apply':
        apply.push({ identity: desired.identity, desired, cause: decision.cause });
        break;
      case 'drifted':
        drifted.push(desired);
        break;
      case 'kept':
      case 'hands-off':
        kept.push({ desired, kind: decision.kind });
        break;
      default:
        blocked.push({ desired, reason: describeBlock(decision) });
    }
  }
  return { apply, unchanged, blocked, drifted, kept, prune: planPrune(input) };
}

/** Why an object that Git wants is left alone, as the end of a sentence that starts with the object. */
export function describeBlock(decision: BlockDecision): string {
  switch (decision.kind) {
    case 'conflict':
      return `belongs to GitSync ${decision.owner}, which applies it, too`;
    case 'terminating':
      return `is being deleted and comes back when it is gone${decision.how === undefined ? '' : ` (${decision.how})`}`;
    case 'unreadable':
      return 'is left alone while its kind cannot be listed';
  }
}

/** What happens to the entries of the inventory that Git does not want. */
export function planPrune(input: Omit<PlanInput, 'isOwnedBy'>): PlannedPrune[] {
  const wanted = new Set(input.desired.map((desired) => desired.key));
  const context: PruneContext = { ...input, wantedUids: findUids(input) };
  const planned: PlannedPrune[] = [];
  for (const [key, entry] of input.owned) {
    if (wanted.has(key)) continue;
    const identity = identityOfEntry(entry);
    const lookup = input.live.find(identity);
    const { wave } = typeof lookup === 'object' ? lookup : {};
    const decision = decidePrune(entry, lookup, context);
    planned.push({ identity, key, entry, decision, ...(wave !== undefined && { wave }) });
  }
  return planned;
}

function findUids(input: Pick<PlanInput, 'desired' | 'live'>): ReadonlySet<string> {
  const uids = new Set<string>();
  for (const { identity } of input.desired) {
    const lookup = input.live.find(identity);
    if (typeof lookup === 'object') uids.add(lookup.uid);
  }
  return uids;
}
