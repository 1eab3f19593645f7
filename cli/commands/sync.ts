/** @module `signet sync`: what the sync engine would do, has done, and shall do now. */
import type { DeclareCommand } from '../options/invoke.ts';
import { declareSyncApprove } from './sync-approve.ts';
import { declareSyncExplain } from './sync-explain.ts';
import { declareSyncHistory } from './sync-history.ts';
import { declareSyncPause, declareSyncResume } from './sync-pause.ts';
import { declareSyncPlan } from './sync-plan.ts';
import { declareSyncReconcile } from './sync-reconcile.ts';
import { declareSyncRollback, declareSyncUnpin } from './sync-rollback.ts';
import { declareSyncRun } from './sync-run.ts';
import { declareSyncStatus } from './sync-status.ts';

/** Declares `signet sync` and its verbs. */
export const declareSync: DeclareCommand = (command, invoke) => {
  declareSyncPlan(command.command('plan').description('show what a sync would create, change and prune'), invoke);
  declareSyncStatus(command.command('status').description('show how GitSyncs stand'), invoke);
  declareSyncReconcile(
    command.command('reconcile').description('have a GitSync looked at now, and wait for it'),
    invoke,
  );
  declareSyncApprove(command.command('approve').description('let a plan through that is held back'), invoke);
  declareSyncRun(command.command('run').description('sync once from here, without a controller'), invoke);
  declareSyncHistory(command.command('history').description('show the last syncs that changed something'), invoke);
  declareSyncRollback(command.command('rollback').description('hold a GitSync at an earlier commit'), invoke);
  declareSyncUnpin(command.command('unpin').description('end what rollback began'), invoke);
  declareSyncPause(command.command('pause').description('leave the objects of a GitSync alone for a while'), invoke);
  declareSyncResume(command.command('resume').description('end what pause began'), invoke);
  declareSyncExplain(
    command.command('explain').description('show where an object comes from, and how it stands'),
    invoke,
  );
};
