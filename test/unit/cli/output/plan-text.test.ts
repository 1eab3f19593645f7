import { expect, test } from 'vitest';
import { formatPlan, hasFindings, summarizePlan } from '../../../../cli/output/plan-text.ts';
import type { PlannedAction, SyncPreview } from '../../../../shared/sync/preview-sync.ts';

function preview(...actions: PlannedAction[]): SyncPreview {
  return { actions, problems: [], skipped: [], refusal: null };
}

function action(kind: PlannedAction['kind'], name: string, more: Partial<PlannedAction> = {}): PlannedAction {
  return { kind, identity: { group: '', kind: 'ConfigMap', namespace: 'shop', name }, ...more };
}

test('objects that are in place are counted and not listed', () => {
  const same = preview(action('unchanged', 'a'), action('unchanged', 'b'));
  expect(formatPlan(same)).toBe('');
  expect(summarizePlan(same)).toBe('2 unchanged');
  expect(hasFindings(same)).toBe(false);
  expect(summarizePlan(preview())).toBe('no objects');
});

test('each object has a row with its place, and changed fields stand below', () => {
  const plan = preview(
    action('create', 'new', { origin: { file: 'deploy/new.yaml', line: 3, document: 1 } }),
    action('update', 'mode', {
      changes: [
        { path: '/data/mode', before: 'a', after: 'b' },
        { path: '/data/old', before: 'x' },
        { path: '/data/new', after: 'y' },
      ],
    }),
    action('prune', 'gone'),
  );
  expect(formatPlan(plan)).toBe(
    [
      'ACTION   OBJECT                FILE                REASON',
      'create   ConfigMap shop/new    deploy/new.yaml:3',
      'update   ConfigMap shop/mode   -',
      'prune    ConfigMap shop/gone   -',
      '',
      'ConfigMap shop/mode',
      '  ~ /data/mode: a -> b',
      '  - /data/old: x',
      '  + /data/new: y',
      '',
    ].join('\n'),
  );
  expect(summarizePlan(plan)).toBe('1 create, 1 update, 1 prune');
});

test('what would be done, refused or fails is a finding, and what stays on purpose is none', () => {
  for (const kind of ['create', 'update', 'prune', 'conflict', 'failed'] as const) {
    expect(hasFindings(preview(action(kind, 'x')))).toBe(true);
  }
  expect(hasFindings(preview(action('keep', 'x')))).toBe(false);
  expect(hasFindings({ ...preview(), refusal: { reason: 'EmptyRender', message: 'm', hint: 'h' } })).toBe(true);
});
