import { expect, test } from 'vitest';
import type { Plan } from '../../../../cli/output/plan-counts.ts';
import { formatPlanMarkdown } from '../../../../cli/output/plan-markdown.ts';
import type { PlannedAction } from '../../../../shared/sync/planned-action.ts';

function plan(actions: readonly PlannedAction[], more: Partial<Plan['preview']> = {}): Plan {
  const preview = { actions, problems: [], skipped: [], refusal: null, plainSecrets: [], ...more };
  return { gitSync: 'shop/shop', revision: 'main@sha1:3f2a', preview };
}

function update(name: string, diff: readonly string[]): PlannedAction {
  const identity = { group: '', kind: 'ConfigMap', namespace: 'shop', name };
  return { kind: 'update', identity, origin: { file: 'a.yaml', line: 3, document: 1 }, diff };
}

test('a comment has the counts, a line for each object, and its diff', () => {
  const gone: PlannedAction = {
    kind: 'keep',
    identity: { group: '', kind: 'Service', namespace: 'shop', name: 'old' },
    reason: 'spec.prune is off',
    notes: ['is <b>'],
  };
  expect(formatPlanMarkdown(plan([update('mode', ['@@ -1 +1 @@', '-a: ```', '+b']), gone]))).toBe(
    [
      '### Sync plan of `shop/shop`',
      '',
      '`main@sha1:3f2a`: **1 update, 1 keep**',
      '',
      '- **update** `ConfigMap shop/mode` (`a.yaml:3`)',
      '',
      '  ````diff',
      '  @@ -1 +1 @@',
      '  -a: ```',
      '  +b',
      '  ````',
      '',
      '- **keep** `Service shop/old`: `spec.prune is off`',
      '  - `is <b>`',
      '',
    ].join('\n'),
  );
});

test('a comment about nothing to do says so, and one about a refused plan says why and what to do', () => {
  expect(formatPlanMarkdown(plan([]))).toBe(
    '### Sync plan of `shop/shop`\n\n`main@sha1:3f2a`: nothing to do (no objects)\n\n',
  );
  const refusal = { reason: 'EmptyRender', message: 'no <objects>', hint: 'set `x`' } as const;
  const text = formatPlanMarkdown(plan([], { refusal, skipped: [{ file: 'k', reason: 'r' }] }));
  expect(text).toContain(
    '**The sync would be refused whole** (EmptyRender): `no <objects>`\n\nTo mend it: `` set `x` ``\n',
  );
  expect(text).toContain('\n1 file left out of the sync.\n');
});

test('what does not fit is left out in steps: largest diffs, all diffs, what deserves least attention', () => {
  const lines = (count: number): string[] => Array.from({ length: count }, (_, index) => `+line ${index}`);
  const some = formatPlanMarkdown(
    plan([update('big', lines(9_000)), update('small', lines(3)), update('mid', lines(2_000))]),
  );
  expect(some).toContain('_Too long for a comment: the 1 largest of 3 diffs are left out._');
  expect(some).toContain('`ConfigMap shop/big` (`a.yaml:3`)\n- **update** `ConfigMap shop/small`');
  expect(some.match(/```diff/g)).toHaveLength(2);
  const none = formatPlanMarkdown(plan([update('big', lines(9_000))]));
  expect(none).toContain('_Too long for a comment: all diffs are left out._');
  expect(none).toContain('`ConfigMap shop/big`');
  const many = Array.from({ length: 3_000 }, (_, index) => update(`object-${index}`, lines(2)));
  const identity = { group: '', kind: 'Service', namespace: 'shop', name: 'old' };
  const counts = formatPlanMarkdown(
    plan([...many, { kind: 'prune', identity }, { kind: 'failed', identity, reason: 'no' }]),
  );
  expect(counts).toContain('**3000 update, 1 prune, 1 failed**');
  const [, left = ''] =
    /_Too long for a comment: all diffs are left out, and (\d+) objects of the list\._/.exec(counts) ?? [];
  const listed = counts.match(/^- .*/gm) ?? [];
  expect(listed.length + Number(left)).toBe(3_002);
  expect(listed.slice(0, 2)).toEqual(['- **failed** `Service shop/old`: `no`', '- **prune** `Service shop/old`']);
  expect(counts.length).toBeGreaterThan(65_000);
  for (const text of [some, none, counts]) expect(text.length).toBeLessThanOrEqual(65_536);
});

test('what wants approval is said above the list, with the command, or that there is none yet', () => {
  const identity = { group: '', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' };
  const items = [{ action: 'Delete', identity, uid: 'u1' }] as const;
  const command = 'signet sync approve shop -n shop --plan 3f2a';
  const approval = { items, digest: '3f2a', command, isApproved: false };
  const text = formatPlanMarkdown(plan([], { approval }));
  expect(text).toContain('**Wants approval: 1 object to be deleted or made anew.**');
  expect(text).toContain(`\`${command}\``);
  const local = formatPlanMarkdown(plan([], { approval: { ...approval, digest: null, command: null } }));
  expect(local).toContain('The commit can be approved, once there is one.');
});
