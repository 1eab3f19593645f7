/**
 * @module Applies a plan wave by wave. A wave comes when the ones before it are in place, and healthy where that is waited for; what
 * has to wait is left to a later round, so that nothing stands in the way of a new commit.
 */
import type { SyncFailure } from '../resources/git-sync.ts';
import type { DesiredObject } from '../sync-plan/desired-object.ts';
import type { SyncPlan } from '../sync-plan/plan.ts';
import { waveOf } from '../sync-plan/waves.ts';
import { type ApplyPlanOptions, applyPlan } from './apply-plan.ts';
import type { HeldConsumer } from './await-secrets.ts';
import type { PlanReport, WaveHold } from './sync-reports.ts';
import type { WantedObjects } from './wanted-objects.ts';

/** What came of the waves, and whether all were gone through. */
export interface WavesReport extends PlanReport {
  readonly hold: WaveHold | null;
}

/** What applying waves takes. */
export interface ApplyWavesOptions extends ApplyPlanOptions {
  readonly revision: WantedObjects;
  /** Whether all of `objects` are healthy; always yes where that is not waited for. */
  readonly areHealthy: (objects: readonly DesiredObject[]) => Promise<boolean>;
}

interface Wave {
  readonly number: number;
  readonly part: Pick<SyncPlan, 'apply' | 'blocked'>;
  readonly failures: readonly SyncFailure[];
}

/** Carries out `plan.apply`, and reports what cannot be applied. Never throws for a single object. */
export async function applyWaves(options: ApplyWavesOptions, plan: SyncPlan): Promise<WavesReport> {
  const waves = wavesOf(options.revision, plan);
  const total = { created: 0, changed: 0, dropped: 0, failures: [] as SyncFailure[], held: [] as HeldConsumer[] };
  for (const [index, { number, part, failures }] of waves.entries()) {
    const later = waves.slice(index + 1);
    const report = await applyPlan(
      options,
      part,
      later.flatMap((wave) => wave.part.apply),
    );
    total.created += report.created;
    total.changed += report.changed;
    total.dropped += report.dropped;
    total.failures.push(...failures, ...report.failures);
    total.held.push(...report.held);
    // The rest of the waves is wanted no more.
    if (total.dropped > 0) break;
    const left = later.reduce((sum, wave) => sum + workOf(wave), 0);
    if (left === 0) continue;
    if (total.failures.length > 0) return { ...total, hold: { wave: number, cause: 'failed', later: left } };
    if (total.held.length > 0) return { ...total, hold: { wave: number, cause: 'held', later: left } };
    if (await options.areHealthy(upTo(options.revision, number))) continue;
    return { ...total, hold: { wave: number, cause: 'unhealthy', later: left } };
  }
  return { ...total, hold: null };
}

/** The objects of this wave and those before it. */
export function upTo({ wanted }: Pick<WantedObjects, 'wanted'>, wave: number): readonly DesiredObject[] {
  return [...wanted.values()].filter(({ object }) => waveOf(object.metadata) <= wave);
}

/** Without annotations there is one wave, and it is there even when nothing is to be done. */
function wavesOf({ wanted, unplaced }: ApplyWavesOptions['revision'], plan: SyncPlan): readonly Wave[] {
  const byWave = <T>(items: readonly T[], metadataOf: (item: T) => DesiredObject['object']['metadata']) =>
    Map.groupBy(items, (item) => waveOf(metadataOf(item)));
  const apply = byWave(plan.apply, ({ desired }) => desired.object.metadata);
  const blocked = byWave(plan.blocked, ({ desired }) => desired.object.metadata);
  const refused = byWave(unplaced, ({ rendered }) => rendered.object.metadata);
  const numbers = new Set([...apply.keys(), ...blocked.keys(), ...refused.keys()]);
  for (const { object } of wanted.values()) numbers.add(waveOf(object.metadata));
  return [...numbers]
    .sort((a, b) => a - b)
    .map((number) => ({
      number,
      part: { apply: apply.get(number) ?? [], blocked: blocked.get(number) ?? [] },
      failures: (refused.get(number) ?? []).map(({ failure }) => failure),
    }));
}

function workOf({ part, failures }: Wave): number {
  return part.apply.length + part.blocked.length + failures.length;
}
