import { expect, test } from 'vitest';
import {
  statusAfterSync,
  statusDeleting,
  statusInProgress,
  statusSuspended,
} from '../../../../controller/sync/git-sync-status.ts';
import type { SyncSummary } from '../../../../controller/sync/sync-summary.ts';
import type { GitSync, GitSyncStatus } from '../../../../shared/resources/git-sync.ts';

const now = new Date('2030-01-01T00:00:00Z');
const applied = { created: 0, changed: 0, failures: [] };
const pruned = { deleted: [], released: [], waiting: [], failures: [] };
const done: SyncSummary = {
  revision: 'main@sha1:abc',
  refusal: null,
  enforced: { applied, pruned, heldBack: 0 },
  objects: 3,
};

function gitSync(status?: GitSyncStatus): GitSync {
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: {
      namespace: 'n',
      name: 'app',
      generation: 4,
      annotations: { 'signet.dev/reconcile-requested-at': 'now' },
    },
    spec: { source: { url: 'https://git.example.com/a.git' } },
    ...(status ? { status } : {}),
  };
}

function conditionsOf(status: GitSyncStatus): string[] {
  return (status.conditions ?? []).map(({ type, status: truth, reason }) => `${type}=${truth} ${reason}`);
}

test('a revision in place is Ready, and what was asked for is acknowledged', () => {
  const status = statusAfterSync(gitSync(), done, now);
  expect(conditionsOf(status)).toEqual(['Ready=True Applied', 'Reconciling=False Applied', 'Stalled=False Applied']);
  expect(status).toMatchObject({
    observedGeneration: 4,
    lastAttemptedRevision: 'main@sha1:abc',
    lastAppliedRevision: 'main@sha1:abc',
    lastHandledReconcileAt: 'now',
    inventory: { name: 'app', objects: 3 },
    failures: null,
  });
});

test('failed objects are listed up to fifty, and counted in the message', () => {
  const failures = Array.from({ length: 60 }, (_, index) => ({
    kind: 'ConfigMap',
    name: `c${index}`,
    file: 'a.yaml',
    line: index + 1,
    message: 'no',
  }));
  const status = statusAfterSync(
    gitSync(),
    { ...done, enforced: { applied: { ...applied, failures }, pruned, heldBack: 2 } },
    now,
  );
  expect(conditionsOf(status)).toEqual([
    'Ready=False ApplyFailed',
    'Reconciling=True ApplyFailed',
    'Stalled=False ApplyFailed',
  ]);
  expect(status.failures).toHaveLength(50);
  expect(status.conditions?.[0]?.message).toBe(
    '60 objects could not be applied: a.yaml:1: ConfigMap c0: no (and 59 more); 2 that left the source will be pruned once the rest is in place',
  );
  expect(status.lastAppliedRevision).toBeUndefined();
  expect(status.lastAttemptedRevision).toBe('main@sha1:abc');
});

test.each([
  ['retry', 'Reconciling=True X', 'Stalled=False X'],
  ['poll', 'Reconciling=False X', 'Stalled=True X'],
  ['spec', 'Reconciling=False X', 'Stalled=True X'],
] as const)('a refusal with outlook %s is %s and %s', (outlook, reconciling, stalled) => {
  const refusal = { reason: 'RefNotFound', message: 'no such branch', outlook, failures: [] } as const;
  const status = statusAfterSync(gitSync(), { ...done, revision: null, refusal }, now);
  expect(conditionsOf(status).map((text) => text.replace('RefNotFound', 'X'))).toEqual([
    'Ready=False X',
    reconciling,
    stalled,
  ]);
  expect(status).not.toHaveProperty('lastAttemptedRevision');
  expect(status).not.toHaveProperty('lastAppliedRevision');
});

test('objects that are on their way out keep a revision from being in place', () => {
  const waiting = ['ConfigMap n/a', 'ConfigMap n/b'];
  const status = statusAfterSync(
    gitSync(),
    { ...done, enforced: { applied, pruned: { ...pruned, waiting }, heldBack: 0 } },
    now,
  );
  expect(conditionsOf(status)[0]).toBe('Ready=False Pruning');
  expect(status.conditions?.[0]?.message).toBe('waiting until these are gone: ConfigMap n/a, ConfigMap n/b');
});

test('work that begins makes Ready unknown without moving its transition', () => {
  const before = statusAfterSync(gitSync(), done, new Date('2029-01-01T00:00:00Z'));
  const status = statusInProgress(gitSync(before), 'main@sha1:def', now);
  expect(conditionsOf(status)).toEqual([
    'Ready=Unknown Progressing',
    'Reconciling=True Progressing',
    'Stalled=False Progressing',
  ]);
  expect(status.conditions?.[0]?.lastTransitionTime).toBe('2029-01-01T00:00:00Z');
  expect(status).not.toHaveProperty('lastHandledReconcileAt');
});

test('a suspended GitSync keeps its Ready condition and says that nobody looks', () => {
  const before = statusAfterSync(gitSync(), done, now);
  expect(conditionsOf(statusSuspended(gitSync(before), now))).toEqual([
    'Ready=True Applied',
    'Reconciling=False Suspended',
    'Stalled=False Suspended',
  ]);
  expect(conditionsOf(statusSuspended(gitSync(), now))[0]).toBe('Ready=Unknown Suspended');
  const midway = gitSync(statusInProgress(gitSync(), 'main@sha1:abc', now));
  expect(conditionsOf(statusSuspended(midway, now))[0]).toBe('Ready=Unknown Suspended');
});

test('a deletion that waits or fails says so', () => {
  const failures = [{ kind: 'ConfigMap', name: 'a', message: 'denied' }];
  const failed = { ...done, enforced: { applied, pruned: { ...pruned, failures }, heldBack: 0 } };
  expect(conditionsOf(statusDeleting(gitSync(), done, 'waiting', now))[0]).toBe('Ready=False Deleting');
  expect(conditionsOf(statusDeleting(gitSync(), failed, 'denied', now))[0]).toBe('Ready=False PruneFailed');
});
