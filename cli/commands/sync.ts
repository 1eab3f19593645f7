/** @module `signet sync`: what the sync engine would do, has done, and shall do now. */
import type { DeclareCommand } from '../options/invoke.ts';
import { declareSyncPlan } from './sync-plan.ts';
import { declareSyncReconcile } from './sync-reconcile.ts';
import { declareSyncStatus } from './sync-status.ts';

/** Declares `signet sync` and its verbs. */
export const declareSync: DeclareCommand = (command, invoke) => {
  declareSyncPlan(command.command('plan').description('show what a sync would create, change and prune'), invoke);
  declareSyncStatus(command.command('status').description('show how GitSyncs stand'), invoke);
  declareSyncReconcile(
    command.command('reconcile').description('have a GitSync looked at now, and wait for it'),
    invoke,
  );
};
