import { expect, test } from 'vitest';
import { LookSchedule } from '../../../../controller/git-syncs/look-schedule.ts';
import { decideOutcome } from '../../../../controller/sync/decide-outcome.ts';
import type { SyncSummary } from '../../../../controller/sync/sync-summary.ts';
import type { GitSync, GitSyncSpec } from '../../../../shared/resources/git-sync.ts';

const applied = { created: 0, changed: 0, failures: [] };
const pruned = { deleted: [], released: [], waiting: [], failures: [] };
const done: SyncSummary = {
  revision: 'main@sha1:a',
  refusal: null,
  enforced: { applied, pruned, heldBack: 0 },
  objects: 1,
};
const failures = [{ kind: 'ConfigMap', name: 'a', message: 'no' }];
const failed: SyncSummary = { ...done, enforced: { applied: { ...applied, failures }, pruned, heldBack: 0 } };

function decide(summary: SyncSummary, failing: string | null = null, spec: Partial<GitSyncSpec> = {}) {
  const gitSync = { spec: { source: { url: 'u' }, interval: '10s', ...spec } } as GitSync;
  return decideOutcome({ gitSync, summary, failing, random: () => 0.5 });
}

test('what is in place is looked at again after the interval', () => {
  expect(decide(done, 'main@sha1:a')).toEqual({
    outcome: { kind: 'again', afterMs: 10_000 },
    failing: null,
    pollMs: null,
  });
});

test('a failure is tried again with a backoff that a new revision begins anew', () => {
  const first = decide(failed);
  expect(first).toMatchObject({ outcome: { kind: 'retry', isFresh: true }, failing: 'main@sha1:a', pollMs: 10_000 });
  expect(decide(failed, first.failing).outcome).toMatchObject({ isFresh: false });
  expect(decide({ ...failed, revision: 'main@sha1:b' }, first.failing).outcome).toMatchObject({ isFresh: true });
});

test('retryInterval caps the backoff, and is a second at least', () => {
  expect(decide(failed).outcome).not.toHaveProperty('atMostMs');
  expect(decide(failed, null, { retryInterval: '30s' }).outcome).toMatchObject({ atMostMs: 30_000 });
  expect(decide(failed, null, { retryInterval: '1ms' }).outcome).toMatchObject({ atMostMs: 1_000 });
});

test.each([
  ['retry', 'retry'],
  ['wait', 'again'],
  ['poll', 'again'],
  ['spec', 'stalled'],
] as const)('a refusal with outlook %s is %s', (outlook, kind) => {
  const refusal = { reason: 'DependencyNotReady', message: 'no', outlook, failures: [] } as const;
  expect(decide({ ...done, refusal }).outcome.kind).toBe(kind);
});

test('what only waits, for health or for objects that go, is not tried again', () => {
  const hold = { wave: 1, cause: 'unhealthy', later: 2 } as const;
  expect(decide({ ...done, enforced: { applied, pruned, heldBack: 0, hold } }).outcome.kind).toBe('again');
});

test('an interval that is none keeps nobody busy while the revision before waits for objects that go', () => {
  const refusal = { reason: 'SpecInvalid', message: 'no', outlook: 'spec', failures: [] } as const;
  const waiting = { applied, pruned: { ...pruned, waiting: ['ConfigMap shop/a'] }, heldBack: 0 };
  expect(decide({ ...done, refusal, enforced: waiting }, null, { interval: '0s' })).toEqual({
    outcome: { kind: 'again', afterMs: 60_000 },
    failing: null,
    pollMs: null,
  });
});

test('the earliest whole look that was asked for counts, until it begins', () => {
  const schedule = new LookSchedule();
  expect(schedule.leftMs('shop/app', 0)).toBe(Number.POSITIVE_INFINITY);
  schedule.ask('shop/app', 500);
  schedule.ask('shop/app', 900);
  expect(schedule.leftMs('shop/app', 100)).toBe(400);
  expect(schedule.leftMs('shop/app', 600)).toBe(0);
  schedule.begin('shop/app');
  expect(schedule.leftMs('shop/app', 600)).toBe(Number.POSITIVE_INFINITY);
});
