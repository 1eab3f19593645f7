/** @module Sends one object to the cluster, as Signet's own part of it. */
import type { KubeReader, KubeWriter } from '../kube/client.ts';
import { isKubeError } from '../kube/errors.ts';
import { referenceOf } from '../kube/paths.ts';
import type { ResourceType } from '../kube/resource-type.ts';
import { SYNC_FIELD_MANAGER } from '../resources/names.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import { type DesiredObject, rulesFor } from '../sync-plan/desired-object.ts';
import { leaveFields } from '../sync-plan/leave-fields.ts';
import type { LiveLookup } from '../sync-plan/live-object.ts';
import { hasFieldsToTake, LAST_APPLIED_ANNOTATION, takeOverFields } from '../sync-plan/take-over-fields.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What applying takes. */
export interface ApplyDependencies {
  readonly client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'apply' | 'create' | 'mergePatch'>;
  readonly kinds: ServedKinds;
}

/** What is known of the live object, beside what Git wants: the whole object, or what the watch tells of it. */
export interface ApplyOptions {
  readonly before: LiveLookup | { readonly object: KubeObject };
  readonly dryRun?: boolean | undefined;
  /** Called when the object was read first, and sending it changed nothing. */
  readonly onUnchanged?: (() => void) | undefined;
}

/** Others may write between our read and our write; then both are done again. */
const MAX_TRIES = 5;

/**
 * The object as it is after it was applied: server-side, forced, as manager `signet-sync`. Fields that no commit named are not
 * touched, but for those that a person applied from files before, which are Signet's from then on. Ignored fields keep their live values. One
 * request, and two or three where fields are taken over or ignored.
 * @throws KubeError; SyncError SYNC_KIND_NOT_SERVED
 */
export async function applyObject(
  { client, kinds }: ApplyDependencies,
  desired: DesiredObject,
  options: ApplyOptions,
): Promise<KubeObject> {
  const { object } = desired;
  const type = await kinds.get(object.apiVersion, object.kind);
  const work = { client, type, desired };
  if (typeof options.before === 'object') return applyOver(work, options);
  return rulesFor(desired).apply === 'if-absent' ? createObject(work, options) : send(work, object, options);
}

interface Work {
  readonly client: ApplyDependencies['client'];
  readonly type: ResourceType;
  readonly desired: DesiredObject;
}

function send(
  { client, type, desired }: Work,
  object: KubeObject,
  { dryRun }: Pick<ApplyOptions, 'dryRun'>,
): Promise<KubeObject> {
  return client.apply(type, object, { fieldManager: SYNC_FIELD_MANAGER, dryRun, ...secrecyOf(desired) });
}

/** A variable out of a Secret makes every object that it is put into as secret as one. */
function secrecyOf({ confidential }: DesiredObject): { readonly holdsSecrets?: true } {
  return confidential === undefined ? {} : { holdsSecrets: true };
}

/** An object that came to be meanwhile is left as it is. */
async function createObject({ client, type, desired }: Work, { dryRun }: ApplyOptions): Promise<KubeObject> {
  try {
    const options = { fieldManager: SYNC_FIELD_MANAGER, dryRun, fieldValidation: 'Strict' } as const;
    return await client.create(type, desired.object, { ...options, ...secrecyOf(desired) });
  } catch (error) {
    const live = isKubeError(error, 'KUBE_ALREADY_EXISTS') ? await client.get(type, referenceOf(desired.object)) : null;
    if (live === null) throw error;
    return live;
  }
}

async function applyOver(work: Work, options: ApplyOptions): Promise<KubeObject> {
  const { desired } = work;
  const hasIgnored = rulesFor(desired).ignored.length > 0;
  const isTaking = options.dryRun !== true && needsTakeover(options.before, desired);
  if (!hasIgnored && !isTaking) return send(work, desired.object, options);
  for (let tries = 1; ; tries += 1) {
    try {
      return await applyToLive(work, { ...options, isTaking });
    } catch (error) {
      if (!isKubeError(error, 'KUBE_CONFLICT') || tries >= MAX_TRIES) throw error;
    }
  }
}

async function applyToLive(
  work: Work,
  { before, dryRun, onUnchanged, isTaking }: ApplyOptions & { readonly isTaking: boolean },
): Promise<KubeObject> {
  const { client, type, desired } = work;
  const known = dryRun === true ? wholeObject(before) : undefined;
  const live = known ?? (await client.get(type, referenceOf(desired.object)));
  if (live === null) return send(work, desired.object, { dryRun });
  const own = isTaking ? await takeOver(work, live) : live;
  const after = await send(work, leaving(desired, own, dryRun), { dryRun });
  if (after.metadata.resourceVersion === live.metadata.resourceVersion) onUnchanged?.();
  return after;
}

/** What is sent of an object with ignored fields: but for a dry run, valid for this one version of `live`, whose values it repeats. */
function leaving(desired: DesiredObject, live: KubeObject, isDryRun = false): KubeObject {
  const { ignored } = rulesFor(desired);
  if (ignored.length === 0) return desired.object;
  const object = leaveFields(desired.object, ignored, live);
  const { resourceVersion } = live.metadata;
  if (isDryRun || resourceVersion === undefined) return object;
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}

/** `live` after the fields that people applied became ours. */
async function takeOver({ client, type, desired }: Work, live: KubeObject): Promise<KubeObject> {
  const takeover = takeOverFields(live.metadata);
  if (takeover === null) return live;
  const { managedFields, hasLastApplied } = takeover;
  const { resourceVersion } = live.metadata;
  const annotations = hasLastApplied ? { annotations: { [LAST_APPLIED_ANNOTATION]: null } } : {};
  const patch = { metadata: { resourceVersion, managedFields, ...annotations } };
  return client.mergePatch(type, referenceOf(desired.object), patch, { fieldManager: SYNC_FIELD_MANAGER });
}

function needsTakeover(before: ApplyOptions['before'], desired: DesiredObject): boolean {
  if (typeof before !== 'object' || rulesFor(desired).apply === 'merge') return false;
  return 'object' in before ? hasFieldsToTake(before.object.metadata) : before.hasFieldsToTake === true;
}

function wholeObject(before: ApplyOptions['before']): KubeObject | undefined {
  return typeof before === 'object' && 'object' in before ? before.object : undefined;
}
