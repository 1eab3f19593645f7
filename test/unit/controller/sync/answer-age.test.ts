import { expect, test } from 'vitest';
import { answersCountFromMs } from '../../../../controller/sync/answer-age.ts';
import type { GitSync } from '../../../../shared/resources/git-sync.ts';
import { RECONCILE_REQUESTED_ANNOTATION } from '../../../../shared/resources/names.ts';

const NOW = 1_000_000;

function gitSync(parts: { requested?: string; handled?: string; reason?: string } = {}): GitSync {
  const { requested, handled, reason = 'Applied' } = parts;
  const annotations = requested === undefined ? {} : { [RECONCILE_REQUESTED_ANNOTATION]: requested };
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace: 'shop', name: 'app', generation: 2, annotations },
    spec: { source: { url: 'https://git.example.com/shop.git' }, interval: '100s' },
    status: {
      conditions: [{ type: 'Ready', status: 'True', reason, message: '', lastTransitionTime: '' }],
      ...(handled !== undefined && { lastHandledReconcileAt: handled }),
    },
  };
}

function countFrom(one: GitSync, generation: number | null, askedAtMs: number): number {
  const state = { enforced: generation === null ? null : { generation } };
  return answersCountFromMs({ gitSync: one, state, askedAtMs, nowMs: NOW });
}

test('a look that nobody asked for goes by what another one was told in most of an interval', () => {
  expect(countFrom(gitSync(), 2, NOW - 10)).toBe(NOW - 80_000);
  expect(countFrom(gitSync({ requested: 'r', handled: 'r' }), 2, NOW - 10)).toBe(NOW - 80_000);
});

test.each([
  ['a start', gitSync(), null],
  ['a change', gitSync(), 1],
  ['a request', gitSync({ requested: 'r', handled: 'q' }), 2],
] as const)('after %s no answer counts to a question from before it was known', (_what, one, generation) => {
  expect(countFrom(one, generation, NOW - 10)).toBe(NOW - 10);
  // What fails on and on sees what another one was told no later than any other.
  expect(countFrom(one, generation, NOW - 500_000)).toBe(NOW - 80_000);
});

test('where the commit of the last answer was not to be had, no answer counts', () => {
  expect(countFrom(gitSync({ reason: 'RefNotFound' }), 2, NOW - 10)).toBe(NOW);
});
