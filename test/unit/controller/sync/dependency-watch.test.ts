import { expect, test } from 'vitest';
import { DependencyWatch } from '../../../../controller/sync/dependency-watch.ts';
import type { GitSync } from '../../../../shared/resources/git-sync.ts';

function gitSync(name: string, parts: { ready?: string; dependsOn?: string; namespace?: string } = {}): GitSync {
  const { ready = 'True', dependsOn, namespace = 'shop' } = parts;
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { name, namespace, uid: `${namespace}-${name}`, generation: 1 },
    spec: { source: { url: 'u' }, ...(dependsOn === undefined ? {} : { dependsOn: [{ name: dependsOn }] }) },
    status: {
      observedGeneration: 1,
      conditions: [{ type: 'Ready', status: ready as 'True', reason: 'R', message: '', lastTransitionTime: '' }],
    },
  };
}

function bench(isHeldByOthers = true) {
  const woken: string[] = [];
  const watch = new DependencyWatch({
    cache: { find: ({ name }) => gitSync(name, { dependsOn: 'platform' }) },
    states: () => [{ request: { namespace: 'shop', name: 'app' }, isHeldByOthers }],
    enqueue: ({ request }) => woken.push(request.name),
  });
  return { watch, woken };
}

test('whoever waits is woken when the other is different, and not when it only says the same again', () => {
  const { watch, woken } = bench();
  watch.onGitSync(gitSync('platform', { ready: 'False' }), false);
  watch.onGitSync(gitSync('platform', { ready: 'False' }), false);
  expect(woken).toEqual(['app']);
  watch.onGitSync(gitSync('platform'), false);
  expect(woken).toEqual(['app', 'app']);
  watch.onGitSync(gitSync('platform'), true);
  expect(woken).toHaveLength(3);
});

test('nobody else is woken: those that do not wait, or wait for others', () => {
  const calm = bench(false);
  calm.watch.onGitSync(gitSync('platform'), false);
  expect(calm.woken).toEqual([]);
  const { watch, woken } = bench();
  watch.onGitSync(gitSync('other'), false);
  watch.onGitSync(gitSync('platform', { namespace: 'elsewhere' }), false);
  expect(woken).toEqual([]);
});
