/**
 * @module Whether a live object does what it is there for, read from its status alone: the rules of kstatus, by kind. Pure; waiting,
 * timeouts and reading objects are left to others.
 */
import { SEALED_SECRET_API_VERSION, SEALED_SECRET_KIND, SIGNET_API_VERSION } from '../resources/names.ts';
import { groupOf, type KubeObject, type ObjectIdentity } from '../resources/object-meta.ts';
import { explain, HEALTHY, type Health, type HealthView, hasCondition, health, textOf, viewOf } from './health-view.ts';
import {
  daemonSetHealth,
  deploymentHealth,
  jobHealth,
  podHealth,
  replicaSetHealth,
  statefulSetHealth,
} from './health-workloads.ts';

type HealthRule = (view: HealthView) => Health;

const always: HealthRule = () => HEALTHY;

/** By `group/kind`. */
const RULES: ReadonlyMap<string, HealthRule> = new Map([
  ['apps/Deployment', deploymentHealth],
  ['apps/StatefulSet', statefulSetHealth],
  ['apps/DaemonSet', daemonSetHealth],
  ['apps/ReplicaSet', replicaSetHealth],
  ['batch/Job', jobHealth],
  ['batch/CronJob', always],
  ['policy/PodDisruptionBudget', always],
  ['autoscaling/HorizontalPodAutoscaler', always],
  ['networking.k8s.io/Ingress', always],
  ['/Pod', podHealth],
  ['/PersistentVolumeClaim', claimHealth],
  ['/Service', serviceHealth],
  ['apiextensions.k8s.io/CustomResourceDefinition', definitionHealth],
  ['apiregistration.k8s.io/APIService', apiServiceHealth],
  [`${groupOf(SEALED_SECRET_API_VERSION)}/${SEALED_SECRET_KIND}`, sealedSecretHealth],
  [`${groupOf(SIGNET_API_VERSION)}/GitSync`, awaitedReadyHealth],
]);

/** Kinds without a status of their own: there, and not on its way out, is healthy. */
const PLAIN_KINDS: Readonly<Record<string, readonly string[]>> = {
  '': [
    'ConfigMap',
    'Secret',
    'ServiceAccount',
    'LimitRange',
    'Endpoints',
    'Namespace',
    'ResourceQuota',
    'PersistentVolume',
  ],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'admissionregistration.k8s.io': ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
  'networking.k8s.io': ['NetworkPolicy', 'IngressClass'],
  'storage.k8s.io': ['StorageClass', 'CSIDriver'],
  'scheduling.k8s.io': ['PriorityClass'],
};

/** False for kinds whose health shows in their metadata, so that nobody needs to read them. */
export function hasHealth({ group, kind }: Pick<ObjectIdentity, 'group' | 'kind'>): boolean {
  return !(Object.hasOwn(PLAIN_KINDS, group) && PLAIN_KINDS[group]?.includes(kind) === true);
}

/**
 * The health of `object` as an API server gave it out. A status of an earlier generation is never healthy. Never throws, whatever
 * the object holds.
 */
export function assessHealth(object: KubeObject): Health {
  const view = viewOf(object);
  if (view.isTerminating) return health('progressing', 'is being deleted');
  if (!view.isReadable) return health('unknown', 'has a status that cannot be read');
  const { group, kind } = view.identity;
  return findOutdated(view) ?? findGeneric(view) ?? (RULES.get(`${group}/${kind}`) ?? readyHealth)(view);
}

function findOutdated({ generation, observedGeneration, conditions }: HealthView): Health | null {
  const outdated = health('progressing', 'has a status of an earlier generation');
  if (generation === undefined) return null;
  if (observedGeneration !== undefined && observedGeneration !== generation) return outdated;
  const seen = conditions.get('Ready')?.observedGeneration;
  return seen !== undefined && seen < generation ? outdated : null;
}

/** What an object says of itself in the conditions that kstatus gives a meaning for every kind. */
function findGeneric(view: HealthView): Health | null {
  if (hasCondition(view, 'Reconciling', 'True')) {
    return health('progressing', explain('is being reconciled', view.conditions.get('Reconciling')));
  }
  if (!hasCondition(view, 'Stalled', 'True')) return null;
  return health('failed', explain('is stalled', view.conditions.get('Stalled')));
}

/** For kinds without a rule: Ready decides, and without it there is nothing to wait for. */
function readyHealth(view: HealthView): Health {
  const ready = view.conditions.get('Ready');
  if (ready === undefined || ready.status === 'True') return HEALTHY;
  return health('progressing', explain('is not ready', ready));
}

/** For kinds whose controller always sets Ready, and always says for which generation. */
function awaitedReadyHealth(view: HealthView): Health {
  if (view.observedGeneration === undefined || !view.conditions.has('Ready')) {
    return health('progressing', 'was not looked at by its controller yet');
  }
  return readyHealth(view);
}

/** Ready as Signet sets it; without it, Synced as sealed-secrets does. A failure to unseal is one. */
function sealedSecretHealth(view: HealthView): Health {
  if (view.observedGeneration === undefined) return health('progressing', 'was not unsealed yet');
  if (view.conditions.has('Ready')) return readyHealth(view);
  const synced = view.conditions.get('Synced');
  if (synced?.status === 'True') return HEALTHY;
  if (synced?.status === 'False') return health('failed', explain('could not be unsealed', synced));
  return health('progressing', explain('was not unsealed yet', synced));
}

function claimHealth({ status }: HealthView): Health {
  const phase = textOf(status, 'phase');
  if (phase === 'Bound') return health('healthy', 'is bound');
  if (phase === 'Lost') return health('failed', 'lost its volume');
  return health('progressing', 'is not bound to a volume yet');
}

/** A load balancer's address is not waited for, as kstatus does not: many clusters never give one. */
function serviceHealth({ spec }: HealthView): Health {
  const isBalanced = textOf(spec, 'type') === 'LoadBalancer';
  return isBalanced && textOf(spec, 'clusterIP') === '' ? health('progressing', 'has no address yet') : HEALTHY;
}

function definitionHealth(view: HealthView): Health {
  const names = view.conditions.get('NamesAccepted');
  if (names?.status === 'False') return health('failed', explain('does not get its names', names));
  const established = view.conditions.get('Established');
  if (established?.status === 'True') return health('healthy', 'is established');
  const isRefused = established?.status === 'False' && established.reason !== 'Installing';
  return health(isRefused ? 'failed' : 'progressing', explain('is not established', established));
}

function apiServiceHealth(view: HealthView): Health {
  const available = view.conditions.get('Available');
  if (available?.status === 'True') return HEALTHY;
  return health('progressing', explain('is not available', available));
}
