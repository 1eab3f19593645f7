/**
 * @module Finds out what deleting namespaces and definitions would take along. Asked only when one is about to be deleted; what cannot be
 * looked at counts as a loss.
 */
import { listSome } from '../encoding/list-some.ts';
import { describeError } from '../errors/describe-error.ts';
import type { KubeKindList, KubeReader } from '../kube/client.ts';
import { isKubeError } from '../kube/errors.ts';
import { apiVersionOf, CUSTOM_RESOURCE_DEFINITIONS, type ResourceType } from '../kube/resource-type.ts';
import { describeIdentity, identityOf, type KubeObject, type ObjectIdentity } from '../resources/object-meta.ts';
import { customKindsOf } from '../sync-plan/custom-kinds.ts';
import type { PlannedPrune } from '../sync-plan/plan.ts';
import { type LossFinder, lossKindOf } from '../sync-plan/protected-prunes.ts';
import { runLimited } from './run-limited.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What looking takes. */
export interface LossDependencies {
  readonly client: KubeReader & KubeKindList;
  readonly kinds: ServedKinds;
}

const UNTOLD = 'it cannot be told what would go with it';
const CONCURRENCY = 8;
const MAX_EXAMPLES = 3;
/** What every namespace is given by the cluster itself. */
const GIVEN: readonly string[] = ['ConfigMap/kube-root-ca.crt', 'ServiceAccount/default'];
/** They tell of other objects, and are no content. */
const TELLING_KINDS: readonly string[] = ['Event', 'PodMetrics'];

/**
 * What would be lost with each object of `planned` that is to be deleted and takes others along. What is itself deleted is no loss: all of `going`, and
 * of `planned` what is not kept until its own deletion is approved. Never throws for a single object.
 */
export async function findLosses(
  dependencies: LossDependencies,
  planned: readonly PlannedPrune[],
  going: readonly PlannedPrune[] = [],
): Promise<LossFinder> {
  const free = planned.filter(
    ({ identity, decision }) => decision.kind !== 'delete' || lossKindOf(identity) !== 'always',
  );
  const leaving = new Set([...free, ...going].flatMap(({ decision, entry }) => leavingUids(decision, entry.uid)));
  const losses = new Map<string, string>();
  for (const { identity, decision } of planned) {
    if (decision.kind !== 'delete') continue;
    const loss = await findLoss(dependencies, identity, leaving);
    if (loss !== null) losses.set(decision.uid, loss);
  }
  return (_planned, uid) => losses.get(uid) ?? null;
}

/** True of a loss that stands for a look that failed. */
export function isUntold(loss: string): boolean {
  return loss.startsWith(UNTOLD);
}

function leavingUids(decision: PlannedPrune['decision'], known: string | undefined): readonly string[] {
  if (decision.kind === 'delete') return [decision.uid];
  return decision.kind === 'terminating' && known !== undefined ? [known] : [];
}

async function findLoss(
  dependencies: LossDependencies,
  identity: ObjectIdentity,
  leaving: ReadonlySet<string>,
): Promise<string | null> {
  const kind = lossKindOf(identity);
  if (kind !== 'namespace' && kind !== 'definition') return null;
  try {
    const content =
      kind === 'namespace'
        ? await findContent(dependencies.client, identity.name)
        : await findInstances(dependencies, identity.name);
    const left = withoutOwned(content).filter(({ metadata }) => !leaving.has(metadata.uid ?? ''));
    if (left.length === 0) return null;
    return `${kind === 'namespace' ? 'it holds' : 'there are'} ${listExamples(left)}, which would go with it`;
  } catch (error) {
    return `${UNTOLD}: ${describeError(error)}`;
  }
}

async function findContent(client: LossDependencies['client'], namespace: string): Promise<readonly KubeObject[]> {
  const types = (await client.listNamespacedTypes()).filter(({ kind }) => !TELLING_KINDS.includes(kind));
  const found = new Map<string, KubeObject>();
  const problems: unknown[] = [];
  await runLimited(types, { limit: CONCURRENCY }, async (type) => {
    try {
      for (const object of await listAll(client, type, namespace)) found.set(object.metadata.uid ?? '', object);
    } catch (error) {
      problems.push(error);
    }
  });
  if (problems.length > 0) throw problems[0];
  // What has no uid is computed from something else; what two groups serve has one uid.
  found.delete('');
  return [...found.values()].filter(({ kind, metadata }) => !GIVEN.includes(`${kind}/${metadata.name ?? ''}`));
}

async function listAll(client: KubeReader, type: ResourceType, namespace: string): Promise<readonly KubeObject[]> {
  try {
    return (await client.list(type, { namespace, metadataOnly: true })).items;
  } catch (error) {
    // Reviews and bindings can only be created; a kind may have gone since.
    if (isKubeError(error) && (error.status === 405 || error.status === 404)) return [];
    throw error;
  }
}

async function findInstances({ client, kinds }: LossDependencies, name: string): Promise<readonly KubeObject[]> {
  const definition = await client.get(CUSTOM_RESOURCE_DEFINITIONS, { name });
  if (definition === null) return [];
  for (const [key, { versions }] of customKindsOf([
    { object: definition, origin: { file: '', line: 0, document: 0 } },
  ])) {
    const [group = '', kind = ''] = key.split('/');
    for (const version of versions) {
      const type = await kinds.find(apiVersionOf({ group, version, kind, plural: '', namespaced: false }), kind);
      if (type !== null) return (await client.list(type, { metadataOnly: true })).items;
    }
  }
  throw new Error('no version of it is served');
}

/** Of an object and what it owns, one is enough. */
function withoutOwned(objects: readonly KubeObject[]): readonly KubeObject[] {
  const uids = new Set(objects.map(({ metadata }) => metadata.uid));
  return objects.filter(({ metadata }) => !(metadata.ownerReferences ?? []).some(({ uid }) => uids.has(uid)));
}

function listExamples(objects: readonly KubeObject[]): string {
  return listSome(objects.map((object) => describeIdentity(identityOf(object))).sort(), MAX_EXAMPLES);
}
