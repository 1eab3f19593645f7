import fc from 'fast-check';
import { expect, test } from 'vitest';
import { objectKey } from '../../shared/resources/object-meta.ts';
import { type ApprovalItem, deletionItems, digestApproval } from '../../shared/sync-plan/approval.ts';
import { itemsOfStatus, toApprovalStatus } from '../../shared/sync-plan/approval-status.ts';
import { Approvals } from '../../shared/sync-plan/approvals.ts';
import { checkDeletions } from '../../shared/sync-plan/guard.ts';
import { type PlannedPrune, planPrune } from '../../shared/sync-plan/plan.ts';
import { letProtectedGo, lossKindOf, protectPrunes } from '../../shared/sync-plan/protected-prunes.ts';
import { identities, planWorlds } from '../support/plan-arbitraries.ts';

const kindsWithVolumes = fc.oneof(
  identities,
  identities.map((identity) => ({ ...identity, group: '', kind: 'PersistentVolumeClaim' })),
  identities.map((identity) => ({ ...identity, group: '', kind: 'PersistentVolume', namespace: '' })),
);

const items: fc.Arbitrary<ApprovalItem> = fc.record({
  action: fc.constantFrom('Delete' as const, 'Recreate' as const),
  identity: kindsWithVolumes,
  uid: fc.constantFrom('u1', 'u2', 'u3'),
});

const requests = fc.record({
  owner: fc.constantFrom('shop/app', 'shop/other'),
  commit: fc.constantFrom('a'.repeat(40), 'b'.repeat(40)),
  items: fc.uniqueArray(items, { selector: wordsOf, minLength: 1, maxLength: 6 }),
});

function wordsOf({ action, identity, uid }: ApprovalItem): string {
  return `${action} ${objectKey(identity)} ${uid}`;
}

/** Deletions of objects with uids of their own. */
const deletions: fc.Arbitrary<readonly PlannedPrune[]> = fc
  .uniqueArray(kindsWithVolumes, { selector: objectKey, maxLength: 12 })
  .map((list) =>
    list.map((identity, index) => ({
      identity,
      key: objectKey(identity),
      entry: { ...identity, version: 'v1', state: 'applied' as const },
      decision: { kind: 'delete' as const, uid: `uid-${index}`, resourceVersion: '1', metadataDigest: '' },
    })),
  );

test('two requests have one digest exactly when owner, commit and items are the same, whatever their order and most reasons', async () => {
  await fc.assert(
    fc.asyncProperty(requests, requests, async (one, two) => {
      const isSame =
        one.owner === two.owner &&
        one.commit === two.commit &&
        one.items.map(wordsOf).sort().join('\n') === two.items.map(wordsOf).sort().join('\n');
      expect((await digestApproval(one)) === (await digestApproval(two))).toBe(isSame);
      const isFilled = ({ identity }: ApprovalItem) => ['namespace', 'definition'].includes(lossKindOf(identity) ?? '');
      const tell = (item: ApprovalItem) => (isFilled(item) ? item : { ...item, reason: 'for a reason' });
      const told = { ...one, items: one.items.toReversed().map(tell) };
      expect(await digestApproval(told)).toBe(await digestApproval(one));
    }),
  );
});

test('what is said to go along with a namespace or definition belongs to the digest of its deletion', async () => {
  const reasons = fc.string({ maxLength: 400 });
  const kinds = fc.constantFrom(
    { group: '', kind: 'Namespace' },
    { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' },
    { group: '', kind: 'PersistentVolumeClaim' },
  );
  await fc.assert(
    fc.asyncProperty(kinds, reasons, reasons, async (kind, one, two) => {
      const request = (reason: string) => {
        const item: ApprovalItem = {
          action: 'Delete',
          identity: { ...kind, namespace: '', name: 'x' },
          uid: 'u1',
          reason,
        };
        return { owner: 'shop/app', commit: 'a'.repeat(40), items: [item] };
      };
      const isFilled = kind.kind !== 'PersistentVolumeClaim';
      const digest = await digestApproval(request(one));
      const isSame = !isFilled || one.slice(0, 300) === two.slice(0, 300);
      expect((await digestApproval(request(two))) === digest).toBe(isSame);
      // The command line computes it from the status.
      const stored = toApprovalStatus({ ...request(one), digest, isAccepted: false });
      expect(await digestApproval({ ...request(one), items: itemsOfStatus(stored) })).toBe(digest);
    }),
  );
});

test('an approval approves the objects of its own request and commit, and no others', async () => {
  await fc.assert(
    fc.asyncProperty(requests, requests, async (asked, approved) => {
      const approvals = new Approvals();
      const annotation = await digestApproval(approved);
      approvals.begin(asked.commit, annotation);
      const hold = await approvals.settle(asked, annotation);
      const isMeant = (await digestApproval(asked)) === annotation;
      expect(hold?.isAccepted).toBe(isMeant);
      for (const uid of ['u1', 'u2', 'u3']) {
        expect(approvals.isApproved(uid)).toBe(isMeant && asked.items.some((item) => item.uid === uid));
      }
      expect(approvals.isApproved('')).toBe(false);
      // Another commit, or no annotation any more, ends it.
      approvals.begin('c'.repeat(40), annotation);
      expect(['u1', 'u2', 'u3'].some((uid) => approvals.isApproved(uid))).toBe(false);
    }),
  );
});

test('a request of another commit than the one that is being synced is never approved', async () => {
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const approvals = new Approvals();
      const annotation = await digestApproval(request);
      approvals.begin('c'.repeat(40), annotation);
      expect(await approvals.settle(request, annotation)).toMatchObject({ isAccepted: false });
    }),
  );
});

test('what takes others along is deleted only when its uid is approved, and everything else as planned', () => {
  fc.assert(
    fc.property(deletions, fc.func(fc.boolean()), fc.func(fc.boolean()), (planned, losesSomething, isApproved) => {
      const lossOf = (_item: PlannedPrune, uid: string) => (losesSomething(uid) ? 'it holds something' : null);
      const kept = protectPrunes(
        planned,
        (item, uid) => (lossKindOf(item.identity) === null ? null : lossOf(item, uid)),
        isApproved,
      );
      for (const [index, { identity, decision }] of kept.entries()) {
        const uid = `uid-${index}`;
        const kind = lossKindOf(identity);
        const isLoss = kind === 'always' || (kind !== null && losesSomething(uid));
        expect(decision.kind).toBe(isLoss && !isApproved(uid) ? 'protect' : 'delete');
        expect(decision).toMatchObject({ uid });
      }
      // With nobody left to approve, none of them is deleted, and nothing else stays.
      const left = letProtectedGo(kept);
      expect(left.map(({ decision }) => decision.kind)).toEqual(
        kept.map(({ decision }) => (decision.kind === 'protect' ? 'release' : decision.kind)),
      );
    }),
  );
});

test('a plan is refused exactly when it deletes more than allowed, and only deletions count', () => {
  const limits = fc.oneof(
    fc.constant(undefined),
    fc.nat(14),
    fc.nat(14).map(String),
    fc.nat(100).map((share) => `${share}%`),
  );
  fc.assert(
    fc.property(planWorlds, fc.nat(20), limits, (world, others, maxDeletions) => {
      const { input } = world;
      const owned = new Map(input.owned);
      for (let index = 0; index < others; index += 1) {
        const entry = { group: '', kind: 'ConfigMap', namespace: 'shop', name: `in-place-${index}`, version: 'v1' };
        owned.set(objectKey(entry), { ...entry, state: 'applied' });
      }
      const planned = planPrune(input);
      const deleted = planned.filter(({ decision }) => decision.kind === 'delete').length;
      const guard = maxDeletions === undefined ? {} : { maxDeletions };
      const refusal = checkDeletions(planned, { wanted: 1, owned, spec: { prune: true, guard } });
      const share =
        typeof maxDeletions === 'string' && maxDeletions.endsWith('%') ? Number(maxDeletions.slice(0, -1)) : null;
      const most = share !== null ? (share / 100) * owned.size : Number(maxDeletions ?? owned.size / 2);
      const isSmall = maxDeletions === undefined && owned.size <= 10;
      expect(refusal !== null).toBe(!isSmall && deleted > most + 1e-9);
      expect(deletionItems(planned)).toHaveLength(deleted);
    }),
    { numRuns: 2_000 },
  );
});

test('an allowed empty render is not counted, and a limit that cannot be read allows nothing', () => {
  fc.assert(
    fc.property(deletions, fc.constantFrom('', 'half', '101%', '-1', '5 %', -1, 0.5, Number.NaN), (planned, wrong) => {
      const owned = new Map(planned.map(({ key, entry }) => [key, entry]));
      const spec = { prune: true, guard: { allowEmpty: true, maxDeletions: wrong } };
      expect(checkDeletions(planned, { wanted: 0, owned, spec })).toBeNull();
      expect(checkDeletions(planned, { wanted: 1, owned, spec }) !== null).toBe(planned.length > 0);
    }),
  );
});
