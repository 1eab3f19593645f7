import { expect, test } from 'vitest';
import { KnownAsks } from '../../../../controller/git-syncs/known-asks.ts';
import type { GitSync } from '../../../../shared/resources/git-sync.ts';
import { RECONCILE_REQUESTED_ANNOTATION } from '../../../../shared/resources/names.ts';

function gitSync(requested: string, resourceVersion = '1'): GitSync {
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: {
      namespace: 'shop',
      name: 'app',
      uid: 'u',
      generation: 1,
      resourceVersion,
      annotations: { [RECONCILE_REQUESTED_ANNOTATION]: requested },
    },
    spec: { source: { url: 'https://git.example.com/shop.git' } },
  };
}

test('an ask is as old as what the watch told of it first, and one that it has not told of is new', () => {
  let nowMs = 10;
  const asks = new KnownAsks(() => nowMs);
  expect(asks.learn(gitSync('one'))).toBe(true);
  nowMs = 20;
  expect(asks.learn(gitSync('one', '2'))).toBe(false);
  expect(asks.sinceMs(gitSync('one'))).toBe(10);
  expect(asks.sinceMs(gitSync('two'))).toBe(20);
  expect(asks.learn(gitSync('two'))).toBe(true);
  nowMs = 30;
  expect(asks.sinceMs(gitSync('two'))).toBe(20);
  asks.forget({ namespace: 'shop', name: 'app' });
  expect(asks.sinceMs(gitSync('two'))).toBe(30);
  expect(asks.learn(gitSync('two'))).toBe(true);
});
