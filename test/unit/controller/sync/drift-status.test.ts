import { expect, test } from 'vitest';
import type { DriftRecord } from '../../../../controller/keeping/drift-book.ts';
import { withDrift } from '../../../../controller/sync/drift-status.ts';
import type { EnforceReport, SyncSummary } from '../../../../controller/sync/sync-summary.ts';
import type { GitSync, GitSyncStatus } from '../../../../shared/resources/git-sync.ts';
import { toPlacedObject } from '../../../../shared/sync-plan/desired-object.ts';

const now = new Date('2030-01-01T00:00:00Z');

function drift(name: string, state: DriftRecord['state'] = 'Reported', message = 'was deleted'): DriftRecord {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'n' } };
  const desired = { ...toPlacedObject(object, { file: 'a', line: 1, document: 1 }), digest: 'd' };
  return { desired, state, since: now, message, seen: '' };
}

function statusOf(drifts: readonly DriftRecord[] | null, before: GitSyncStatus = {}): GitSyncStatus {
  const gitSync = { metadata: {}, spec: {}, status: before } as unknown as GitSync;
  const enforced = drifts === null ? null : ({ drifts } as unknown as EnforceReport);
  const summary = { enforced } as SyncSummary;
  const { conditions = [] } = before;
  return withDrift({ conditions }, { gitSync, summary, now });
}

test('drift is listed by name, with a condition', () => {
  const status = statusOf([drift('b'), drift('a', 'Contested', 'is changed back')]);
  expect(status.drifted?.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(status.conditions).toMatchObject([
    {
      type: 'Drifted',
      status: 'True',
      reason: 'DriftContested',
      message: 'ConfigMap n/a is changed back; ConfigMap n/b was deleted',
    },
  ]);
});

test('without drift nothing is said, and what was said is taken back', () => {
  expect(statusOf([])).toEqual({ conditions: [] });
  const before = statusOf([drift('a')]);
  expect(statusOf([], before)).toEqual({ conditions: [], drifted: null });
});

test('a look that did not get as far leaves everything as it was', () => {
  const before = statusOf([drift('a')]);
  expect(statusOf(null, before)).toEqual({ conditions: before.conditions });
});

test('the time of the first report outlives the process', () => {
  const before = statusOf([drift('a')]);
  const later = { ...drift('a', 'Reported', 'was changed'), since: new Date('2031-01-01T00:00:00Z') };
  expect(statusOf([later], before).drifted).toMatchObject([{ since: '2030-01-01T00:00:00Z', message: 'was changed' }]);
});

test('lists and messages are bounded', () => {
  const many = Array.from({ length: 80 }, (_, index) => drift(`a${index}`, 'Reported', 'x'.repeat(5_000)));
  const status = statusOf(many);
  expect(status.drifted).toHaveLength(50);
  expect(status.drifted?.[0]?.message.length).toBeLessThan(1_024);
  expect(status.conditions?.[0]?.message).toContain('and 75 more');
});
