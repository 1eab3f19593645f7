import { expect, test } from 'vitest';
import { describeHold, healthyCondition, judgeHealth } from '../../../../controller/sync/judge-health.ts';
import type { EnforceReport } from '../../../../controller/sync/sync-summary.ts';

const base: EnforceReport = {
  applied: { created: 0, changed: 0, failures: [] },
  pruned: { deleted: [], released: [], waiting: [], failures: [] },
  heldBack: 0,
};
const healthy = { objects: 9, unhealthy: [], failed: 0, isOverdue: false, leftMs: null, timeout: '5m' };
const many = Array.from({ length: 7 }, (_, index) => ({
  kind: 'Job',
  namespace: 'n',
  name: `j${index}`,
  message: 'runs',
}));

test('without a wait, and with everything healthy, there is nothing to say', () => {
  expect(judgeHealth(base)).toBeNull();
  expect(judgeHealth({ ...base, health: healthy })).toBeNull();
});

test.each([
  [{ failed: 0, isOverdue: false }, 'Unknown', 'WaitingForHealth', 'waiting until 7 of 9 objects are healthy: '],
  [{ failed: 1, isOverdue: false }, 'False', 'HealthCheckFailed', '7 of 9 objects failed or are not healthy: '],
  [{ failed: 0, isOverdue: true }, 'False', 'HealthTimeout', '7 of 9 objects not healthy after 5m: '],
  [{ failed: 1, isOverdue: true }, 'False', 'HealthCheckFailed', '7 of 9 objects failed or are not healthy: '],
])('%j is Ready=%s %s', (parts, ready, reason, start) => {
  const verdict = judgeHealth({ ...base, health: { ...healthy, unhealthy: many, ...parts } });
  expect(verdict).toMatchObject({ ready, reason, isReconciling: ready === 'Unknown', isStalled: ready === 'False' });
  expect(verdict?.message.startsWith(start)).toBe(true);
  expect(verdict?.message.endsWith('Job n/j4: runs (and 2 more)')).toBe(true);
});

test('a wave that became healthy in between is not the whole revision', () => {
  const hold = { wave: 1, cause: 'unhealthy', later: 2 } as const;
  expect(judgeHealth({ ...base, hold, health: healthy })).toMatchObject({
    ready: 'Unknown',
    reason: 'WaitingForHealth',
  });
});

test('what waits behind a wave is counted', () => {
  expect(describeHold(undefined)).toBe('');
  expect(describeHold({ wave: -1, cause: 'failed', later: 2 })).toBe('; 2 objects of waves after -1 wait');
});

test('condition Healthy is True only of the revision that Git wants', () => {
  const summary = { revision: 'r', refusal: null, enforced: { ...base, health: healthy }, objects: 9 };
  expect(healthyCondition(summary)).toMatchObject({
    status: 'True',
    reason: 'Healthy',
    message: '9 objects are healthy',
  });
  const refusal = { reason: 'RenderFailed', outlook: 'poll', message: 'no', failures: [] } as const;
  expect(healthyCondition({ ...summary, refusal })).toMatchObject({ status: 'Unknown' });
  expect(healthyCondition({ ...summary, enforced: base })).toMatchObject({ status: 'Unknown' });
});
