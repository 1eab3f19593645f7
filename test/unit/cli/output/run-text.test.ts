import { expect, test } from 'vitest';
import { formatRun, formatRunJson, summarizeRun } from '../../../../cli/output/run-text.ts';
import type { FinishedRun } from '../../../../shared/sync/run-sync.ts';

const finished: FinishedRun = {
  kind: 'finished',
  applied: [],
  pruned: { deleted: ['ConfigMap shop/old'], released: [], waiting: [], failures: [] },
  heldBack: 0,
  kept: [
    {
      action: 'Delete',
      identity: { group: '', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' },
      uid: 'u',
      reason: 'data may be lost with it',
    },
  ],
  failures: [],
  unhealthy: [],
};

test('what left Git and stays, since it would take other things along, is told with why', () => {
  expect(formatRun(finished)).toMatch(
    /^kept +PersistentVolumeClaim shop\/data +- +a controller may delete it once that is approved: data may be lost with it$/m,
  );
  expect(summarizeRun(finished)).toBe('1 pruned, 1 kept');
  expect(JSON.parse(formatRunJson(finished, 'shop/app', 'main@sha1:c'))).toMatchObject({
    objects: [{ action: 'pruned' }, { action: 'kept', object: 'PersistentVolumeClaim shop/data' }],
  });
});
