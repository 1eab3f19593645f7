import { expect, test } from 'vitest';
import { hasFindings, summarizePlan } from '../../../../cli/output/plan-counts.ts';
import { formatPlan } from '../../../../cli/output/plan-text.ts';
import type { PlannedAction } from '../../../../shared/sync/planned-action.ts';
import type { SyncPreview } from '../../../../shared/sync/preview-sync.ts';

function preview(...actions: PlannedAction[]): SyncPreview {
  return { actions, problems: [], skipped: [], refusal: null, plainSecrets: [] };
}

function action(kind: PlannedAction['kind'], name: string, more: Partial<PlannedAction> = {}): PlannedAction {
  return { kind, identity: { group: '', kind: 'ConfigMap', namespace: 'shop', name }, ...more };
}

test('objects that are in place are counted and not listed', () => {
  const same = preview(action('unchanged', 'a'), action('unchanged', 'b'));
  expect(formatPlan(same, { isColoured: false })).toBe('');
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
  expect(formatPlan(plan, { isColoured: false })).toBe(
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

test('the diff of an object stands below its fields, and no text from elsewhere brings control characters', () => {
  const plan = preview(
    action('create', 'new', { diff: ['@@ -0,0 +1 @@', '+a: "\x1b[31m"'] }),
    action('update', 'mode', { changes: [{ path: '/data/\x1b', after: 'y' }], diff: ['@@ -1 +1 @@', '-a', '+b\r'] }),
  );
  expect(formatPlan(plan, { isColoured: false }).split('\n').slice(3)).toEqual([
    '',
    'ConfigMap shop/new',
    '  @@ -0,0 +1 @@',
    '  +a: "\\x1b[31m"',
    '',
    'ConfigMap shop/mode',
    '  + /data/\\x1b: y',
    '  @@ -1 +1 @@',
    '  -a',
    '  +b\\x0d',
    '',
  ]);
});

test('colours are added where they are asked for, and the text is the same', () => {
  const plan = preview(
    action('create', 'new', { diff: ['@@ -0,0 +1 @@', '+a: 1'] }),
    action('prune', 'old'),
    action('keep', 'it', { reason: 'why' }),
  );
  const coloured = formatPlan(plan, { isColoured: true });
  expect(coloured).toContain('\x1b[32m+a: 1\x1b[0m\n');
  expect(coloured).toContain('\x1b[31mprune ');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them.
  expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(formatPlan(plan, { isColoured: false }));
});
