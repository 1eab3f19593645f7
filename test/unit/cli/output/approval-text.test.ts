import { expect, test } from 'vitest';
import { formatApprovalItems } from '../../../../cli/output/approval-text.ts';

test('each item is a row, and control characters of the cluster reach no terminal', () => {
  const identity = { group: '', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' };
  const text = formatApprovalItems([
    { action: 'Delete', identity, uid: 'u1', reason: 'data may\u001b[2J be lost' },
    { action: 'Recreate', identity: { ...identity, group: 'batch', kind: 'Job', name: 'once' }, uid: 'u2' },
  ]);
  expect(text.split('\n')[1]).toMatch(/^delete {5}PersistentVolumeClaim shop\/data {3}data may/);
  expect(text.split('\n')[2]).toBe('recreate   Job shop/once');
  expect(text).not.toContain('\u001b');
});
