/** @module When a GitSync is looked at next: as a whole, as its last look has it, or at its health alone, in between. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { LookSchedule } from '../git-syncs/look-schedule.ts';
import { spreadOf } from '../git-syncs/spread.ts';
import type { HealthReport } from '../keeping/health-wait.ts';
import { type Outcome, type Request, requestOf } from '../reconcile-loop/reconciler.ts';
import { decideOutcome } from './decide-outcome.ts';
import type { SyncState } from './sync-state.ts';
import type { SyncSummary } from './sync-summary.ts';

/** What planning works with. */
export interface NextLookDependencies {
  readonly schedule: LookSchedule;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  /** Asks for another whole look after `delayMs`; what is asked for earlier wins. */
  readonly enqueue: (request: Request, delayMs: number) => void;
}

/** After a whole look that came to `summary`: remembers when the next one is due, and comes back earlier where a wait ends before. */
export function planNextLook(
  dependencies: NextLookDependencies,
  { gitSync, state, summary }: { readonly gitSync: GitSync; readonly state: SyncState; readonly summary: SyncSummary },
): Outcome {
  const random = (): number => spreadOf(gitSync.metadata.uid ?? '');
  const { outcome, failing, pollMs } = decideOutcome({ gitSync, summary, failing: state.failing, random });
  state.failing = failing;
  const { fightEndsInMs } = summary.enforced ?? {};
  if (fightEndsInMs !== undefined) dependencies.enqueue(requestOf(gitSync), fightEndsInMs);
  if (pollMs !== null) dependencies.enqueue(requestOf(gitSync), pollMs);
  return outcome.kind === 'again' ? comeBack(dependencies, { state, summary, afterMs: outcome.afterMs }) : outcome;
}

/** After a look at health alone: the whole look that is due stays where it is. */
export function untilNextLook(
  { schedule, nowMs }: Pick<NextLookDependencies, 'schedule' | 'nowMs'>,
  { owner }: Pick<SyncState, 'owner'>,
  { leftMs }: HealthReport,
): Outcome {
  const afterMs = Math.min(schedule.leftMs(owner, nowMs()), leftMs ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(afterMs) ? { kind: 'again', afterMs } : { kind: 'settled' };
}

function comeBack(
  dependencies: NextLookDependencies,
  { state, summary, afterMs }: { readonly state: SyncState; readonly summary: SyncSummary; readonly afterMs: number },
): Outcome {
  const { health, hold, secrets } = summary.enforced ?? {};
  // It became healthy in between: the next wave may come.
  const isOpen = hold !== undefined && health?.unhealthy.length === 0;
  const dueInMs = Math.min(afterMs, secrets?.leftMs ?? afterMs);
  dependencies.schedule.ask(state.owner, dependencies.nowMs() + (isOpen ? 0 : dueInMs));
  return health === undefined ? { kind: 'again', afterMs: dueInMs } : untilNextLook(dependencies, state, health);
}
