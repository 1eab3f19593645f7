/** @module The health of kinds that run pods, by the rules of kstatus, and stricter where those call a failure healthy. */
import { fieldsOf, ownValue } from '../encoding/value-kind.ts';
import {
  explain,
  HEALTHY,
  type Health,
  type HealthView,
  hasCondition,
  health,
  numberOf,
  textOf,
} from './health-view.ts';

/** `kubectl` and the controllers write this for "no limit". */
const NO_DEADLINE = 2_147_483_647;

/** Failed once its progress deadline passed; healthy when every replica is new, ready and available. */
export function deploymentHealth(view: HealthView): Health {
  const progress = view.conditions.get('Progressing');
  if (progress?.reason === 'ProgressDeadlineExceeded') {
    return health('failed', explain('did not make progress in time', progress));
  }
  const unseen = unobserved(view);
  if (unseen !== null) return unseen;
  const { wanted, total, updated, ready, available } = replicasOf(view);
  const short =
    compare('created', total, wanted) ??
    compare('updated', updated, wanted) ??
    surplus(total, wanted) ??
    compare('available', available, updated) ??
    compare('ready', ready, wanted);
  if (short !== null) return short;
  const deadline = numberOf(view.spec, 'progressDeadlineSeconds');
  const isTimed = deadline !== undefined && deadline !== NO_DEADLINE;
  if (isTimed && !(progress?.status === 'True' && progress.reason === 'NewReplicaSetAvailable')) {
    return health('progressing', explain('waits for its ReplicaSet', progress));
  }
  if (!hasCondition(view, 'Available', 'True')) {
    return health('progressing', explain('is not available', view.conditions.get('Available')));
  }
  return HEALTHY;
}

/** Knows no failure. With `OnDelete`, and below a partition, old pods are as they should be. */
export function statefulSetHealth(view: HealthView): Health {
  const unseen = unobserved(view);
  if (unseen !== null) return unseen;
  const strategy = fieldsOf(ownValue(view.spec, 'updateStrategy'));
  if (textOf(strategy, 'type') === 'OnDelete') return HEALTHY;
  const { wanted, total, updated, ready } = replicasOf(view);
  const short = compare('created', total, wanted) ?? compare('ready', ready, wanted) ?? surplus(total, wanted);
  if (short !== null) return short;
  const partition = numberOf(fieldsOf(ownValue(strategy, 'rollingUpdate')), 'partition');
  if (partition !== undefined) return compare('updated', updated, wanted - partition) ?? HEALTHY;
  const current = numberOf(view.status, 'currentReplicas') ?? 0;
  if (current < wanted) return health('progressing', `has ${current} of ${wanted} replicas of its revision`);
  const isSame = textOf(view.status, 'currentRevision') === textOf(view.status, 'updateRevision');
  return isSame ? HEALTHY : health('progressing', 'waits until its current revision is the updated one');
}

/** Healthy when a ready, available and, unless updates wait for deletions, new pod runs on each wanted node. */
export function daemonSetHealth(view: HealthView): Health {
  const unseen = unobserved(view);
  if (unseen !== null) return unseen;
  const wanted = numberOf(view.status, 'desiredNumberScheduled');
  if (wanted === undefined) return health('progressing', 'does not know yet how many pods it wants');
  const number = (field: string): number => numberOf(view.status, field) ?? 0;
  const isOnDelete = textOf(fieldsOf(ownValue(view.spec, 'updateStrategy')), 'type') === 'OnDelete';
  return (
    compare('created', number('currentNumberScheduled'), wanted) ??
    (isOnDelete ? null : compare('updated', number('updatedNumberScheduled'), wanted)) ??
    compare('available', number('numberAvailable'), wanted) ??
    compare('ready', number('numberReady'), wanted) ??
    HEALTHY
  );
}

/** A pod that could not be created may be created later, as when a quota grows. */
export function replicaSetHealth(view: HealthView): Health {
  if (hasCondition(view, 'ReplicaFailure', 'True')) {
    return health('progressing', explain('cannot create its pods', view.conditions.get('ReplicaFailure')));
  }
  const unseen = unobserved(view);
  if (unseen !== null) return unseen;
  const { wanted, total, ready, available } = replicasOf(view);
  const labelled = numberOf(view.status, 'fullyLabeledReplicas') ?? 0;
  return (
    compare('created', labelled, wanted) ??
    compare('available', available, wanted) ??
    compare('ready', ready, wanted) ??
    surplus(total, wanted) ??
    HEALTHY
  );
}

/** Healthy when it is done, and not, as for kstatus, when it has begun. One that is suspended is waited for by nobody. */
export function jobHealth(view: HealthView): Health {
  if (hasCondition(view, 'Failed', 'True')) {
    return health('failed', explain('failed', view.conditions.get('Failed')));
  }
  if (hasCondition(view, 'Complete', 'True')) return health('healthy', 'is complete');
  if (view.spec['suspend'] === true) return health('healthy', 'is suspended');
  const active = numberOf(view.status, 'active') ?? 0;
  return health('progressing', active > 0 ? `runs: ${active} active` : 'has not run yet');
}

/** A pod that crashes again and again, or ended in failure, is failed; kstatus calls the latter done. */
export function podHealth(view: HealthView): Health {
  const phase = textOf(view.status, 'phase');
  if (phase === 'Succeeded') return health('healthy', 'is done');
  const { reason, message } = { reason: textOf(view.status, 'reason'), message: textOf(view.status, 'message') };
  const told = { status: '', reason, message, observedGeneration: undefined };
  if (phase === 'Failed') return health('failed', explain('failed', told));
  if (hasCondition(view, 'Ready', 'True') && phase === 'Running') return HEALTHY;
  const crash = crashingContainer(view);
  if (crash !== null) return health('failed', `its container ${crash} crashes again and again: CrashLoopBackOff`);
  if (hasCondition(view, 'PodScheduled', 'False')) {
    return health('progressing', explain('is not scheduled', view.conditions.get('PodScheduled')));
  }
  return health('progressing', explain(phase === '' ? 'has not begun' : `is ${phase}`, view.conditions.get('Ready')));
}

function crashingContainer({ status }: HealthView): string | null {
  for (const field of ['initContainerStatuses', 'containerStatuses']) {
    const containers = ownValue(status, field);
    for (const container of (Array.isArray(containers) ? containers : []).map(fieldsOf)) {
      const waiting = fieldsOf(ownValue(fieldsOf(ownValue(container, 'state')), 'waiting'));
      if (textOf(waiting, 'reason') === 'CrashLoopBackOff') return textOf(container, 'name');
    }
  }
  return null;
}

/** Their controllers always say which generation they saw; a status without it is older than they are. */
function unobserved({ observedGeneration, generation }: HealthView): Health | null {
  const isUnseen = observedGeneration === undefined || observedGeneration === 0 || generation === undefined;
  return isUnseen ? health('progressing', 'was not looked at by its controller yet') : null;
}

function replicasOf({ spec, status }: HealthView) {
  const number = (field: string): number => numberOf(status, field) ?? 0;
  return {
    wanted: numberOf(spec, 'replicas') ?? 1,
    total: number('replicas'),
    updated: number('updatedReplicas'),
    ready: number('readyReplicas'),
    available: number('availableReplicas'),
  };
}

function compare(what: string, is: number, wanted: number): Health | null {
  return is >= wanted ? null : health('progressing', `has ${is} of ${wanted} replicas ${what}`);
}

function surplus(total: number, wanted: number): Health | null {
  return total <= wanted ? null : health('progressing', `still has ${total - wanted} replicas that are to go`);
}
