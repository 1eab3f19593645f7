import { expect, test } from 'vitest';
import { judgeApproval } from '../../../../controller/sync/judge-approval.ts';
import type { EnforceReport } from '../../../../controller/sync/sync-summary.ts';
import type { GitSync } from '../../../../shared/resources/git-sync.ts';
import type { ApprovalItem } from '../../../../shared/sync-plan/approval.ts';

const gitSync = { metadata: { namespace: 'shop', name: 'app' } } as GitSync;
const job: ApprovalItem = {
  action: 'Recreate',
  identity: { group: 'batch', kind: 'Job', namespace: 'shop', name: 'once' },
  uid: 'u1',
  reason: 'cannot be changed in place',
};
const claim: ApprovalItem = {
  action: 'Delete',
  identity: { group: '', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' },
  uid: 'u2',
  reason: 'data may be lost with it',
};
const failure = { kind: 'Job', name: 'once', message: 'cannot be changed in place' };

function reportOf(items: readonly ApprovalItem[], failures: number, isAccepted = false): EnforceReport {
  return {
    applied: { created: 0, changed: 0, failures: Array.from({ length: failures }, () => failure) },
    pruned: { deleted: [], released: [], waiting: [], failures: [] },
    heldBack: 0,
    approval: { owner: 'shop/app', commit: 'a'.repeat(40), items, digest: 'd'.repeat(32), isAccepted },
  };
}

test('what waits is named with why, and with the command that approves it', () => {
  expect(judgeApproval(gitSync, reportOf([job, claim], 1))).toMatchObject({
    ready: 'False',
    reason: 'ApprovalNeeded',
    isStalled: true,
    message:
      'wants approval: recreation of Job shop/once (cannot be changed in place), deletion of PersistentVolumeClaim shop/data ' +
      `(data may be lost with it); signet sync approve app -n shop --plan ${'d'.repeat(32)}`,
  });
});

test('a failure that nobody can approve is told first', () => {
  expect(judgeApproval(gitSync, reportOf([job], 2))).toBeNull();
  expect(judgeApproval(gitSync, reportOf([claim], 1))).toBeNull();
});

test('what was approved just now is on its way, and nothing wants approval twice', () => {
  expect(judgeApproval(gitSync, reportOf([job], 1, true))).toMatchObject({ ready: 'Unknown', isReconciling: true });
});
