import { expect, test } from 'vitest';
import { formatSyncStatus, shortRevision } from '../../../../cli/output/sync-status-text.ts';
import type { GitSync } from '../../../../shared/resources/git-sync.ts';

const COMMIT = '3f2a91c07b6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f';

function gitSync(status?: GitSync['status'], spec: Partial<GitSync['spec']> = {}): GitSync {
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { name: 'shop', namespace: 'apps', generation: 2 },
    spec: { source: { url: 'https://git.example.com/shop.git' }, ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

const ready = (status: 'True' | 'False', reason: string, message: string) => [
  { type: 'Ready', status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' },
];

test('a GitSync that nobody has looked at says so', () => {
  expect(formatSyncStatus([gitSync()], false)).toBe(
    'NAME   READY     REVISION   OBJECTS   MESSAGE\nshop   Unknown   -          -         not looked at yet\n',
  );
});

test('failures stand below the table with their place in Git', () => {
  const text = formatSyncStatus(
    [
      gitSync({
        observedGeneration: 2,
        conditions: ready('False', 'ApplyFailed', '1 of 3 objects failed'),
        lastAppliedRevision: `main@sha1:${COMMIT}`,
        inventory: { name: 'shop', objects: 3 },
        failures: [
          { kind: 'Deployment', namespace: 'apps', name: 'cart', file: 'cart.yaml', line: 7, message: 'no\x1b' },
        ],
      }),
    ],
    true,
  );
  expect(text).toBe(
    [
      'NAMESPACE   NAME   READY   REVISION                 OBJECTS   MESSAGE',
      'apps        shop   False   main@sha1:3f2a91c07b6d   3         ApplyFailed: 1 of 3 objects failed',
      '',
      'apps/shop: 1 failing',
      '  cart.yaml:7: Deployment apps/cart: no\\x1b',
      '',
    ].join('\n'),
  );
});

test('a status of an older generation, and a suspended GitSync, are told apart from fresh ones', () => {
  const status = { observedGeneration: 1, conditions: ready('True', 'Synced', 'all is well') };
  expect(formatSyncStatus([gitSync(status)], false)).toContain('(an older version of the GitSync)');
  expect(formatSyncStatus([gitSync(status, { suspend: true })], false)).toContain('Suspended');
});

test('shortRevision cuts the commit and nothing else', () => {
  expect(shortRevision(`v1.2@sha1:${COMMIT}`)).toBe('v1.2@sha1:3f2a91c07b6d');
  expect(shortRevision(undefined)).toBe('-');
});

test('what drifted and is left so stands below the table, with since when', () => {
  const drift = {
    kind: 'ConfigMap',
    namespace: 'apps',
    name: 'cart',
    state: 'Reported',
    since: '2030-01-01T00:00:00Z',
    message: 'was changed: /data/a by meddler\x1b',
  } as const;
  const text = formatSyncStatus([gitSync({ observedGeneration: 2, drifted: [drift] })], false);
  expect(text).toContain('\napps/shop: 1 drifted and left so\n  ConfigMap apps/cart was changed: /data/a by meddler');
  expect(text).toContain('(since 2030-01-01T00:00:00Z)\n');
  expect(text).not.toContain('\x1b');
});
