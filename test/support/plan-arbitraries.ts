/** @module Generators of plans: a small set of identities, so that desired, owned and live objects meet often. */
import fc from 'fast-check';
import type { ObjectIdentity, ObjectKey } from '../../shared/resources/object-meta.ts';
import { objectKey } from '../../shared/resources/object-meta.ts';
import { type DesiredObject, toPlacedObject } from '../../shared/sync-plan/desired-object.ts';
import type { OwnedEntry } from '../../shared/sync-plan/inventory.ts';
import type { LiveLookup, LiveObject } from '../../shared/sync-plan/live-object.ts';
import { type ObjectRules, PLAIN_RULES } from '../../shared/sync-plan/object-rules.ts';
import type { PlanInput } from '../../shared/sync-plan/plan.ts';

/** The GitSync that the plans are of. */
export const OWNER = 'shop/app';
const OWNERS = [OWNER, 'shop/other', 'shop/gone'];

const KINDS: readonly (readonly [string, string, string])[] = [
  ['', 'Namespace', ''],
  ['', 'ConfigMap', 'shop'],
  ['', 'Secret', 'shop'],
  ['', 'Secret', 'signet-system'],
  ['apps', 'Deployment', 'shop'],
  ['apiextensions.k8s.io', 'CustomResourceDefinition', ''],
  ['signet.dev', 'GitSync', 'shop'],
  ['admissionregistration.k8s.io', 'ValidatingWebhookConfiguration', ''],
];
const NAMES = ['a', 'b', 'shop', 'app', 'kube-system', 'gitsyncs.signet.dev'];

/** An identity out of about fifty. */
export const identities: fc.Arbitrary<ObjectIdentity> = fc
  .tuple(fc.constantFrom(...KINDS), fc.constantFrom(...NAMES))
  .map(([[group, kind, namespace], name]) => ({ group, kind, namespace, name }));

const digests = fc.constantFrom('d1', 'd2');
const uids = fc.constantFrom('u1', 'u2', 'u3');
const resourceVersions = fc.constantFrom('1', '2', '3');
const metadataDigests = fc.constantFrom('m1', 'm2');
const fields = fc.constantFrom(undefined, 'f1', 'f2');
const foreignFields = fc.constantFrom('o1', 'o2');
const generations = fc.constantFrom(undefined, 1, 2);

/** A live object with any owner, in any state. */
const liveObjects: fc.Arbitrary<LiveObject> = fc.record({
  uid: uids,
  resourceVersion: resourceVersions,
  fields,
  foreignFields: foreignFields,
  generation: generations,
  metadataDigest: metadataDigests,
  owner: fc.constantFrom(undefined, ...OWNERS),
  isPruneDisabled: fc.boolean(),
  isTerminating: fc.boolean(),
  isHandsOff: fc.integer({ min: 0, max: 5 }).map((chance) => chance === 0),
  lastForeignManager: fc.constant(undefined),
});

const lookups: fc.Arbitrary<LiveLookup> = fc.oneof(
  { weight: 4, arbitrary: liveObjects },
  fc.constantFrom('absent' as const, 'unserved' as const, 'unreadable' as const),
);

/** Half of the objects are kept like most. */
const rules: fc.Arbitrary<ObjectRules> = fc.oneof(
  fc.constant(PLAIN_RULES),
  fc.record({
    drift: fc.constantFrom('repair' as const, 'report' as const, 'ignore' as const),
    apply: fc.constantFrom('always' as const, 'if-absent' as const, 'merge' as const),
    isHandsOff: fc.integer({ min: 0, max: 5 }).map((chance) => chance === 0),
    ignored: fc.constant([]),
  }),
);

/** Any desired object. */
export const desiredObjects: fc.Arbitrary<DesiredObject> = fc
  .tuple(identities, fc.constantFrom('v1', 'v2'), digests, rules)
  .map(([{ group, kind, namespace, name }, version, digest, kept]) => {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const metadata = namespace === '' ? { name } : { name, namespace };
    const origin = { file: 'a.yaml', line: 1, document: 1 };
    return { ...toPlacedObject({ apiVersion, kind, metadata }, origin), digest, rules: kept };
  });

const entries: fc.Arbitrary<OwnedEntry> = fc
  .tuple(
    identities,
    fc.constantFrom('pending' as const, 'applied' as const, 'terminating' as const),
    fc.record({ digest: digests, uid: uids, resourceVersion: resourceVersions }),
    fields,
    fc.option(fc.record({ foreignFields, generation: generations, metadataDigest: metadataDigests }), { nil: {} }),
  )
  .map(([identity, state, proof, owned, memory]) => ({
    ...identity,
    version: 'v1',
    state,
    ...(state === 'pending' ? {} : { ...proof, ...(owned === undefined ? {} : { fields: owned }), ...memory }),
  }));

/** A whole world to plan in; `lookups` holds what is live, absent where it has nothing. */
export interface PlanWorld {
  readonly input: PlanInput;
  readonly lookups: ReadonlyMap<ObjectKey, LiveLookup>;
}

/** Any world. */
export const planWorlds: fc.Arbitrary<PlanWorld> = fc
  .record({
    desired: fc.uniqueArray(desiredObjects, { selector: ({ key }) => key, maxLength: 8 }),
    owned: fc.uniqueArray(entries, { selector: objectKey, maxLength: 8 }),
    live: fc.uniqueArray(fc.tuple(identities, lookups), {
      selector: ([identity]) => objectKey(identity),
      maxLength: 20,
    }),
    isPruning: fc.boolean(),
  })
  .map(({ desired, owned, live, isPruning }) => {
    const found = new Map(live.map(([identity, lookup]) => [objectKey(identity), lookup]));
    return { input: planInput({ desired, owned, isPruning }, found), lookups: found };
  });

/** The input of a plan of {@link OWNER}, beside `shop/other`, in a cluster that holds `found`. */
export function planInput(
  parts: { desired: readonly DesiredObject[]; owned: readonly OwnedEntry[]; isPruning: boolean },
  found: ReadonlyMap<ObjectKey, LiveLookup>,
): PlanInput {
  return {
    owner: OWNER,
    isOwnedBy: (owner) => owner !== 'shop/gone',
    gitSync: { namespace: 'shop', name: 'app' },
    controllerNamespace: 'signet-system',
    desired: parts.desired,
    owned: new Map(parts.owned.map((entry) => [objectKey(entry), entry])),
    live: { find: (identity) => found.get(objectKey(identity)) ?? 'absent' },
    isPruning: parts.isPruning,
  };
}
