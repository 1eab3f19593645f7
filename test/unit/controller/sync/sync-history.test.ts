import { expect, test } from 'vitest';
import { addToHistory, continueAttempt, type HistoryRound } from '../../../../controller/sync/sync-history.ts';
import type { SyncSummary } from '../../../../controller/sync/sync-summary.ts';
import type { SyncHistoryEntry } from '../../../../shared/resources/git-sync.ts';
import type { ApplyReport } from '../../../../shared/sync/sync-reports.ts';

const none: ApplyReport = { created: 0, changed: 0, failures: [] };
const pruned = { deleted: [], released: [], waiting: [], failures: [] };
const failure = { kind: 'ConfigMap', name: 'a', message: 'no' };

function summary(applied: Partial<ApplyReport> = {}, revision = 'main@sha1:a'): SyncSummary {
  const enforced = { applied: { ...none, ...applied }, pruned, heldBack: 0 } as SyncSummary['enforced'];
  return { revision, refusal: null, enforced, objects: 1 };
}

function round(more: Partial<HistoryRound> = {}): HistoryRound {
  return {
    summary: summary(),
    result: 'Applied',
    generation: 1,
    startedAt: new Date('2030-01-01T00:00:00.250Z'),
    endedAt: new Date('2030-01-01T00:00:01.500Z'),
    history: [],
    ...more,
  };
}

function entry(more: Partial<SyncHistoryEntry> = {}): SyncHistoryEntry {
  const counts = { created: 0, changed: 0, pruned: 0, failed: 0 };
  const times = { startedAt: '2030-01-01T00:00:00Z', duration: '1.000s' };
  return { revision: 'main@sha1:a', generation: 1, ...times, ...counts, result: 'Applied', ...more };
}

test('the first sync is an entry, also when nothing was to be done', () => {
  expect(continueAttempt(null, round()).entry).toEqual(entry({ duration: '1.250s' }));
});

test('a revision without work is none when what was before is in place', () => {
  const step = continueAttempt(null, round({ summary: summary({}, 'main@sha1:b'), history: [entry()] }));
  expect(step).toMatchObject({ entry: null, attempt: { revision: 'main@sha1:b', isInPlace: true } });
});

test('a revision without work that only waits is none either, and one that fails is', () => {
  const waiting = { ...pruned, waiting: ['ConfigMap shop/old'] };
  const enforced = { applied: none, pruned: waiting, heldBack: 0 };
  const waits = { ...summary({}, 'main@sha1:b'), enforced };
  const step = continueAttempt(null, round({ summary: waits, result: 'Pruning', history: [entry()] }));
  expect(step).toMatchObject({ entry: null, attempt: { isInPlace: false } });
  const fails = summary({ failures: [failure] }, 'main@sha1:b');
  expect(continueAttempt(step.attempt, round({ summary: fails, history: [entry()] })).entry).toMatchObject({
    failed: 1,
  });
});

test('a revision without work that ends a failure is an entry', () => {
  const history = [entry({ result: 'RenderFailed', failed: 1 })];
  const step = continueAttempt(null, round({ summary: summary({}, 'main@sha1:b'), history }));
  expect(step.entry).toMatchObject({ revision: 'main@sha1:b', result: 'Applied', failed: 0 });
});

test('rounds of one revision add up, and after it is in place nothing more is told', () => {
  const failed = round({ summary: summary({ created: 2, failures: [failure] }), result: 'ApplyFailed' });
  const first = continueAttempt(null, failed);
  expect(first.entry).toMatchObject({ created: 2, failed: 1, result: 'ApplyFailed' });
  const history = addToHistory([], first.entry!);
  const second = continueAttempt(first.attempt, round({ summary: summary({ created: 1 }), history }));
  expect(second.entry).toMatchObject({ created: 3, failed: 0, result: 'Applied' });
  expect(addToHistory(history, second.entry!)).toHaveLength(1);
  expect(continueAttempt(second.attempt, round({ summary: summary({ changed: 1 }) })).entry).toBeNull();
});

test('after a restart an unfinished revision is taken up where the status left it', () => {
  const history = [entry({ created: 2, failed: 1, result: 'ApplyFailed' })];
  const endedAt = new Date('2030-01-01T00:05:00Z');
  const startedAt = new Date('2030-01-01T00:04:59Z');
  const step = continueAttempt(null, round({ summary: summary({ created: 1 }), history, startedAt, endedAt }));
  expect(step.entry).toMatchObject({ created: 3, startedAt: '2030-01-01T00:00:00Z', duration: '300.000s' });
});

test('after a restart a revision that is in place is no news, whatever was repaired', () => {
  const step = continueAttempt(null, round({ summary: summary({ changed: 4 }), history: [entry({ created: 1 })] }));
  expect(step).toMatchObject({ entry: null, attempt: { created: 1 } });
});

test('the same commit under another specification is an entry of its own when it writes something', () => {
  const history = [entry()];
  expect(continueAttempt(null, round({ generation: 2, history })).entry).toBeNull();
  const step = continueAttempt(null, round({ generation: 2, history, summary: summary({ changed: 1 }) }));
  expect(addToHistory(history, step.entry!)).toHaveLength(2);
});

test('what is written while a revision is refused belongs to the one before', () => {
  const refusal = { reason: 'RenderFailed', message: 'no', outlook: 'poll', failures: [failure] } as const;
  const refused = { ...summary({ changed: 3 }), refusal };
  const step = continueAttempt(null, round({ summary: refused, result: 'RenderFailed' }));
  expect(step.entry).toMatchObject({ changed: 0, failed: 1, result: 'RenderFailed' });
});

test('a source that cannot be asked is no entry, and a clock that goes back no negative time', () => {
  const attempt = continueAttempt(null, round()).attempt;
  const unknown = { ...summary(), revision: null };
  expect(continueAttempt(attempt, round({ summary: unknown }))).toEqual({ attempt, entry: null });
  expect(continueAttempt(null, round({ endedAt: new Date(0) })).entry?.duration).toBe('0.000s');
});

test('a history holds twenty entries', () => {
  const full = Array.from({ length: 20 }, (_, index) => entry({ revision: `main@sha1:${index}` }));
  const history = addToHistory(full, entry({ revision: 'new' }));
  expect(history).toHaveLength(20);
  expect(history[0]?.revision).toBe('new');
  expect(history[19]).toBe(full[18]);
});
