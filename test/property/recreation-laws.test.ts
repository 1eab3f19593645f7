import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LiveObject } from '../../shared/sync-plan/live-object.ts';
import { lossKindOf } from '../../shared/sync-plan/protected-prunes.ts';
import { protectionOf } from '../../shared/sync-plan/protection.ts';
import { isRecreatable } from '../../shared/sync-plan/recreation.ts';
import { identities, OWNER } from '../support/plan-arbitraries.ts';

const NEVER = [
  ['', 'Namespace', ''],
  ['', 'PersistentVolume', ''],
  ['', 'PersistentVolumeClaim', 'shop'],
  ['apiextensions.k8s.io', 'CustomResourceDefinition', ''],
  ['apps', 'StatefulSet', 'shop'],
  ['bitnami.com', 'SealedSecret', 'shop'],
  ['signet.dev', 'GitSync', 'shop'],
  ['signet.dev', 'Inventory', 'shop'],
] as const;
const never = fc.constantFrom(...NEVER).map(([group, kind, namespace]) => ({ group, kind, namespace, name: 'a' }));

const live: LiveObject = {
  uid: 'u',
  resourceVersion: '1',
  fields: 'f',
  foreignFields: 'o',
  generation: 1,
  metadataDigest: 'm',
  owner: OWNER,
  isPruneDisabled: false,
  isTerminating: false,
  lastForeignManager: undefined,
};
const context = { owner: OWNER, gitSync: { namespace: 'shop', name: 'app' }, controllerNamespace: 'signet-system' };

test('what takes others along, holds data or is of Signet is never made anew', () => {
  fc.assert(
    fc.property(never, (identity) => {
      expect(isRecreatable(identity, live, { ...context, isInInventory: true })).toBe(false);
    }),
  );
});

test('only what inventory and owner annotation both call ours, and nobody keeps or protects, is made anew', () => {
  const lives = fc.record({
    owner: fc.constantFrom(undefined, OWNER, 'shop/other'),
    isPruneDisabled: fc.boolean(),
    isTerminating: fc.boolean(),
  });
  fc.assert(
    fc.property(identities, lives, fc.boolean(), (identity, state, isInInventory) => {
      const isOurs = isInInventory && state.owner === OWNER;
      const isFree = !state.isPruneDisabled && !state.isTerminating && protectionOf(identity, context) === null;
      const isPlain = lossKindOf(identity) === null && identity.kind !== 'GitSync';
      const found = isRecreatable(identity, { ...live, ...state }, { ...context, isInInventory });
      expect(found).toBe(isOurs && isFree && isPlain);
    }),
    { numRuns: 2_000 },
  );
});
