import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ObjectKey, objectKey } from '../../shared/resources/object-meta.ts';
import { type DesiredObject, rulesFor } from '../../shared/sync-plan/desired-object.ts';
import { type OwnedEntry, provenEntry } from '../../shared/sync-plan/inventory.ts';
import type { LiveLookup, LiveObject } from '../../shared/sync-plan/live-object.ts';
import { type PlanInput, planSync, type SyncPlan } from '../../shared/sync-plan/plan.ts';
import { protectionOf } from '../../shared/sync-plan/protection.ts';
import { desiredObjects, OWNER, type PlanWorld, planInput, planWorlds } from '../support/plan-arbitraries.ts';

function forAllPlans(law: (plan: SyncPlan, world: PlanWorld) => void): void {
  fc.assert(
    fc.property(planWorlds, (world) => law(planSync(world.input), world)),
    { numRuns: 2_000 },
  );
}

function liveOf({ lookups }: PlanWorld, key: ObjectKey): LiveObject | null {
  const lookup = lookups.get(key);
  return typeof lookup === 'object' ? lookup : null;
}

test('a plan decides on every desired object once, and on every other entry once', () => {
  forAllPlans((plan, { input }) => {
    const decided = [...plan.apply, ...plan.blocked].map(({ desired }) => desired.key);
    const left = [...plan.unchanged, ...plan.drifted, ...plan.kept.map(({ desired }) => desired)];
    const wanted = [...decided, ...left.map(({ key }) => key)].sort();
    expect(wanted).toEqual(input.desired.map(({ key }) => key).sort());
    const entries = [...input.owned.keys()].filter((key) => !wanted.includes(key)).sort();
    expect(plan.prune.map(({ key }) => key).sort()).toEqual(entries);
  });
});

test('a plan deletes only what the inventory and the owner annotation both call ours', () => {
  forAllPlans((plan, world) => {
    for (const { key, decision } of plan.prune) {
      if (decision.kind !== 'delete') continue;
      expect(world.input.owned.has(key)).toBe(true);
      expect(liveOf(world, key)).toMatchObject({ owner: OWNER, uid: decision.uid });
    }
  });
});

test('a plan deletes nothing while pruning is off, disabled on the object, or forbidden by protection', () => {
  forAllPlans((plan, world) => {
    for (const { key, identity, decision } of plan.prune) {
      if (decision.kind !== 'delete') continue;
      expect(world.input.isPruning).toBe(true);
      expect(liveOf(world, key)?.isPruneDisabled).toBe(false);
      expect(protectionOf(identity, world.input)).toBeNull();
    }
  });
});

test('a plan never deletes an object that Git has under another group', () => {
  forAllPlans((plan, world) => {
    const wanted = new Set(world.input.desired.map(({ key }) => liveOf(world, key)?.uid));
    for (const { decision } of plan.prune) if (decision.kind === 'delete') expect(wanted.has(decision.uid)).toBe(false);
  });
});

test('a plan never touches what it cannot see, or what another GitSync owns', () => {
  forAllPlans((plan, world) => {
    for (const { desired } of plan.apply) {
      expect(world.lookups.get(desired.key)).not.toBe('unreadable');
      expect(liveOf(world, desired.key)?.owner).not.toBe('shop/other');
      expect(liveOf(world, desired.key)?.isTerminating ?? false).toBe(false);
    }
    for (const { key, decision } of plan.prune) {
      const isTouched = decision.kind === 'delete' || decision.kind === 'release';
      if (isTouched) expect(liveOf(world, key)?.owner).toBe(OWNER);
    }
  });
});

test('an entry leaves only when its object is gone, let go, or not ours', () => {
  forAllPlans((plan, world) => {
    for (const { key, decision } of plan.prune) {
      if (decision.kind === 'gone') expect(world.lookups.get(key) ?? 'absent').toBe('absent');
      if (decision.kind !== 'forget') continue;
      const live = liveOf(world, key);
      const wanted = world.input.desired.map((desired) => liveOf(world, desired.key)?.uid);
      expect(live?.owner !== OWNER || wanted.includes(live.uid)).toBe(true);
    }
  });
});

test('an object is left unsent exactly when its digest and uid, and its version or owned fields, are those that were proven', () => {
  forAllPlans((plan, world) => {
    const isProven = ({ key, digest }: DesiredObject): boolean =>
      provesInPlace(world.input.owned.get(key), digest, liveOf(world, key));
    expect(plan.unchanged.every(isProven)).toBe(true);
    expect(plan.apply.some(({ desired }) => isProven(desired))).toBe(false);
    expect(plan.drifted.some(isProven)).toBe(false);
  });
});

/** The rule once more, in other words than the plan's. */
function provesInPlace(entry: OwnedEntry | undefined, digest: string, live: LiveObject | null): boolean {
  const isSameObject = entry?.state === 'applied' && entry.digest === digest && entry.uid === live?.uid;
  if (!isSameObject || live === null) return false;
  const isSameSpec = entry.generation === live.generation && entry.metadataDigest === live.metadataDigest;
  const isStatusOnly = entry.generation !== undefined && isSameSpec;
  const isByOthers = live.fields !== undefined && entry.foreignFields !== live.foreignFields;
  const isUntouched = entry.fields === live.fields && (isStatusOnly || isByOthers);
  return isUntouched || entry.resourceVersion === live.resourceVersion;
}

test('what is to be left alone is neither sent nor deleted, whatever the rest says', () => {
  forAllPlans((plan, world) => {
    for (const { desired, cause } of plan.apply) {
      const live = liveOf(world, desired.key);
      const { drift, apply, isHandsOff } = rulesFor(desired);
      expect(isHandsOff || live?.isHandsOff === true).toBe(false);
      expect(apply === 'if-absent' && live !== null).toBe(false);
      expect(cause === 'drifted' && drift !== 'repair').toBe(false);
    }
    const deleted = plan.prune.filter(({ decision }) => decision.kind === 'delete');
    expect(deleted.filter(({ key }) => liveOf(world, key)?.isHandsOff === true)).toEqual([]);
    expect(plan.drifted.filter((desired) => rulesFor(desired).drift !== 'report')).toEqual([]);
  });
});

test('another API version of the same object is never a reason to prune it', () => {
  fc.assert(
    fc.property(desiredObjects, fc.constantFrom('v1', 'v2', 'v3'), (desired, version) => {
      const owned = [{ ...desired.identity, version, state: 'applied' as const }];
      expect(planSync(planInput({ desired: [desired], owned, isPruning: true }, new Map())).prune).toEqual([]);
    }),
  );
});

test('a plan that was carried out plans nothing the next time', () => {
  fc.assert(
    fc.property(planWorlds, (world) => {
      const after = carryOut(world);
      const again = planSync(after);
      expect(again.apply).toEqual([]);
      expect(again.prune.filter(({ decision }) => decision.kind === 'delete' || decision.kind === 'release')).toEqual(
        [],
      );
    }),
    { numRuns: 2_000 },
  );
});

/** The world after everything that the plan says was done by a cluster that obeys. */
function carryOut({ input, lookups }: PlanWorld): PlanInput {
  const plan = planSync(input);
  const live = new Map<ObjectKey, LiveLookup>(lookups);
  const owned = new Map(input.owned);
  for (const [index, { desired }] of plan.apply.entries()) {
    const applied: LiveObject = {
      uid: `new-${index}`,
      resourceVersion: `${1000 + index}`,
      fields: 'applied',
      foreignFields: '',
      generation: undefined,
      metadataDigest: 'applied',
      owner: OWNER,
      isPruneDisabled: false,
      isTerminating: false,
      lastForeignManager: undefined,
    };
    live.set(desired.key, applied);
    owned.set(desired.key, provenEntry(desired, applied));
  }
  for (const { key, decision } of plan.prune) {
    if (decision.kind === 'delete') live.set(key, 'absent');
    if (['delete', 'gone', 'release', 'forget'].includes(decision.kind)) owned.delete(key);
  }
  const parts = { desired: input.desired, owned: [...owned.values()], isPruning: input.isPruning };
  return planInput(parts, new Map([...live].map(([key, lookup]) => [objectKey(splitKey(key)), lookup])));
}

function splitKey(key: ObjectKey): { group: string; kind: string; namespace: string; name: string } {
  const [group = '', kind = '', namespace = '', name = ''] = key.split('/');
  return { group, kind, namespace, name };
}
