import { expect, test } from 'vitest';
import { formatPlanJson } from '../../../../cli/output/plan-json.ts';

const HELD = {
  action: 'Recreate',
  identity: { group: 'batch', kind: 'Job', namespace: 'shop', name: 'once' },
  uid: 'u1',
  reason: 'cannot be changed in place',
} as const;

test('the JSON form has each field of docs/sync.md, under the name that stands there', () => {
  const text = formatPlanJson({
    gitSync: 'shop/shop',
    revision: 'main@sha1:3f2a',
    preview: {
      actions: [
        {
          kind: 'update',
          identity: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'cart' },
          origin: { file: 'cart.yaml', line: 2, document: 1 },
          changes: [{ path: '/spec/replicas', before: '1', after: '2' }],
          diff: ['@@ -1 +1 @@', '-a', '+b'],
        },
        { kind: 'keep', identity: { group: '', kind: 'Service', namespace: 'shop', name: 'old' }, reason: 'why' },
      ],
      problems: [],
      skipped: [{ file: 'kustomization.yaml', reason: 'a kustomization file' }],
      plainSecrets: [],
      refusal: { reason: 'EmptyRender', message: 'm', hint: 'h' },
      approval: { items: [HELD], digest: 'd'.repeat(32), command: 'signet sync approve …', isApproved: false },
    },
  });
  expect(text.endsWith('}\n')).toBe(true);
  expect(JSON.parse(text)).toEqual({
    form: 1,
    gitSync: 'shop/shop',
    revision: 'main@sha1:3f2a',
    counts: { create: 0, update: 1, recreate: 0, prune: 0, keep: 1, conflict: 0, failed: 0, unchanged: 0 },
    refusal: { reason: 'EmptyRender', message: 'm', hint: 'h' },
    approval: { digest: 'd'.repeat(32), command: 'signet sync approve …', items: [HELD] },
    actions: [
      {
        kind: 'update',
        identity: { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'cart' },
        origin: { file: 'cart.yaml', line: 2 },
        changes: [{ path: '/spec/replicas', before: '1', after: '2' }],
        diff: '@@ -1 +1 @@\n-a\n+b\n',
      },
      { kind: 'keep', identity: { group: '', kind: 'Service', namespace: 'shop', name: 'old' }, reason: 'why' },
    ],
    skipped: [{ file: 'kustomization.yaml', reason: 'a kustomization file' }],
  });
});
