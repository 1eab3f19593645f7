/** @module Objects that take other things with them when they are deleted. They are kept until somebody approves their end. */
import type { ObjectIdentity } from '../resources/object-meta.ts';
import type { PlannedPrune } from './plan.ts';

/** What would be lost, by uid of the object: the end of a sentence that starts with it. Objects without an answer may go. */
export type LossFinder = (planned: PlannedPrune, uid: string) => string | null;

/** How the loss of an object is found out: `always` there is one, or it depends on what a `namespace` or a `definition` holds. */
export type LossKind = 'always' | 'namespace' | 'definition';

/** How it is found out what goes with an object; null for objects that only take themselves away. */
export function lossKindOf({ group, kind }: Pick<ObjectIdentity, 'group' | 'kind'>): LossKind | null {
  if (group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition') return 'definition';
  if (group !== '') return null;
  if (kind === 'Namespace') return 'namespace';
  return kind === 'PersistentVolume' || kind === 'PersistentVolumeClaim' ? 'always' : null;
}

/** What is lost with an object of {@link LossKind} `always`. */
const DATA_LOSS = 'data may be lost with it';

/** `planned` with each deletion that would take other things along turned into `protect`, unless `isApproved` says so of its uid. */
export function protectPrunes(
  planned: readonly PlannedPrune[],
  lossOf: LossFinder,
  isApproved: (uid: string) => boolean,
): readonly PlannedPrune[] {
  return planned.map((item) => {
    const { decision, identity } = item;
    if (decision.kind !== 'delete' || isApproved(decision.uid)) return item;
    const loss = lossKindOf(identity) === 'always' ? DATA_LOSS : lossOf(item, decision.uid);
    return loss === null ? item : { ...item, decision: { kind: 'protect', uid: decision.uid, reason: loss } };
  });
}

/** `planned` with everything that wants approval let go instead: it stays, and belongs to nobody. */
export function letProtectedGo(planned: readonly PlannedPrune[]): readonly PlannedPrune[] {
  return planned.map((item) => {
    const { decision } = item;
    return decision.kind === 'protect' ? { ...item, decision: { kind: 'release', reason: decision.reason } } : item;
  });
}
