/** @module What the health of a revision's objects means for the conditions of its GitSync. */
import { countOf } from '../../shared/encoding/count-of.ts';
import type { ConditionChange } from '../../shared/resources/conditions.ts';
import type { WaveHold } from '../../shared/sync/sync-reports.ts';
import { describeFailure } from '../../shared/sync-plan/sync-failure.ts';
import type { HealthReport } from '../keeping/health-wait.ts';
import type { ReadyVerdict } from './ready-verdict.ts';
import type { EnforceReport, SyncSummary } from './sync-summary.ts';

const MAX_NAMED = 5;

/** The verdict about a revision that is not healthy, or null when it is, or nobody waits for it. */
export function judgeHealth({ health, hold }: EnforceReport): ReadyVerdict | null {
  if (hold !== undefined && health?.unhealthy.length === 0) {
    const message = `wave ${hold.wave} is healthy${describeHold(hold)}`;
    return { ready: 'Unknown', reason: 'WaitingForHealth', message, isReconciling: true, isStalled: false };
  }
  if (health === undefined || health.unhealthy.length === 0) return null;
  const message = `${describeHealth(health)}${describeHold(hold)}`;
  if (health.failed === 0 && !health.isOverdue) {
    return { ready: 'Unknown', reason: 'WaitingForHealth', message, isReconciling: true, isStalled: false };
  }
  const reason = health.failed > 0 ? 'HealthCheckFailed' : 'HealthTimeout';
  return { ready: 'False', reason, message, isReconciling: false, isStalled: true };
}

/** Condition Healthy of a GitSync that waits for health. */
export function healthyCondition({ refusal, enforced }: SyncSummary): ConditionChange {
  const type = 'Healthy';
  const health = enforced?.health;
  if (refusal !== null || enforced === null || health === undefined) {
    return { type, status: 'Unknown', reason: 'Progressing', message: 'what Git wants is not applied yet' };
  }
  const verdict = judgeHealth(enforced);
  if (verdict !== null) {
    const { ready, reason, message } = verdict;
    return { type, status: ready, reason, message };
  }
  const message = `${health.objects} ${health.objects === 1 ? 'object is' : 'objects are'} healthy`;
  return { type, status: 'True', reason: 'Healthy', message };
}

/** `; 3 objects of later waves wait`, or nothing. */
export function describeHold(hold: WaveHold | undefined): string {
  if (hold === undefined) return '';
  const { wave, later } = hold;
  return `; ${countOf(later, 'object')} of waves after ${wave} ${later === 1 ? 'waits' : 'wait'}`;
}

function describeHealth({ unhealthy, failed, isOverdue, timeout, objects }: HealthReport): string {
  const shown = unhealthy.slice(0, MAX_NAMED).map(describeFailure).join('; ');
  const rest = unhealthy.length > MAX_NAMED ? ` (and ${unhealthy.length - MAX_NAMED} more)` : '';
  const count = `${unhealthy.length} of ${countOf(objects, 'object')}`;
  if (failed > 0) return `${count} failed or ${unhealthy.length === 1 ? 'is' : 'are'} not healthy: ${shown}${rest}`;
  if (isOverdue) return `${count} not healthy after ${timeout}: ${shown}${rest}`;
  return `waiting until ${count} ${unhealthy.length === 1 ? 'is' : 'are'} healthy: ${shown}${rest}`;
}
