import { expect, test } from 'vitest';
import { GitSyncCache } from '../../../../controller/git-syncs/git-sync-cache.ts';
import { secretsOf } from '../../../../controller/git-syncs/named-objects.ts';
import { NamedWatch } from '../../../../controller/git-syncs/named-watch.ts';
import { SECRETS } from '../../../../shared/kube/resource-type.ts';
import type { GitSync, GitSyncSpec } from '../../../../shared/resources/git-sync.ts';
import { collectingLogger } from '../../../support/collecting-logger.ts';
import { createDrivenWatcher } from '../../../support/driven-watcher.ts';

function gitSync(place: string, spec: Partial<GitSyncSpec> = {}): GitSync {
  const [namespace = '', name = ''] = place.split('/');
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace, name, uid: place, resourceVersion: '1' },
    spec: { source: { url: 'https://git.example.com/a.git' }, ...spec },
  };
}

const source = (names: { readonly login?: string; readonly signers?: string }): Partial<GitSyncSpec> => ({
  source: {
    url: 'https://git.example.com/a.git',
    ...(names.login !== undefined && { secretRef: { name: names.login } }),
    ...(names.signers !== undefined && { verify: { mode: 'Head', secretRef: { name: names.signers } } }),
  },
});

function secret(name: string, resourceVersion = '1') {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'shop', name, resourceVersion } };
}

function setUp() {
  const cache = new GitSyncCache();
  const watcher = createDrivenWatcher();
  const woken: string[] = [];
  const watch = new NamedWatch({
    type: SECRETS,
    namesOf: secretsOf,
    client: watcher,
    cache,
    onChange: ({ namespace, name }) => woken.push(`${namespace}/${name}`),
    logger: collectingLogger([]),
  });
  const learn = (...all: readonly GitSync[]): void => {
    for (const one of all) {
      cache.learn(one);
      watch.onGitSync(one.metadata.namespace ?? '');
    }
  };
  return { cache, watcher, woken, watch, learn };
}

test('a changed, new or removed Secret wakes the GitSyncs that name it, and no others', () => {
  const { watcher, woken, learn } = setUp();
  learn(
    gitSync('shop/login', source({ login: 'a' })),
    gitSync('shop/signers', source({ signers: 'a' })),
    gitSync('shop/cluster', { kubeConfig: { secretRef: { name: 'b' } } }),
    gitSync('shop/plain'),
    gitSync('shop/hook', { webhook: { provider: 'GitHub', secretRef: { name: 'a' } } }),
    gitSync('pay/login', source({ login: 'a' })),
  );
  const [shop] = watcher.watches;
  expect(watcher.watches.map(({ options }) => options)).toEqual([
    { metadataOnly: true, namespace: 'shop' },
    { metadataOnly: true, namespace: 'pay' },
  ]);
  shop?.tell('added', secret('a'));
  expect(woken).toEqual([]);
  shop?.sync();
  shop?.tell('changed', secret('a'));
  expect(woken.splice(0)).toEqual(['shop/login', 'shop/signers']);
  shop?.tell('removed', secret('b'));
  shop?.tell('added', secret('other'));
  expect(woken).toEqual(['shop/cluster']);
});

test('of what there is at first, only what is younger than the GitSyncs wakes them: their look may have come before it', () => {
  const { watcher, woken, learn } = setUp();
  const login = gitSync('shop/login', source({ login: 'a' }));
  const other = gitSync('shop/other', source({ login: 'b' }));
  learn({ ...login, metadata: { ...login.metadata, resourceVersion: '9' } });
  const [watch] = watcher.watches;
  // The look at it has written its status meanwhile.
  learn({ ...login, metadata: { ...login.metadata, resourceVersion: '12' } }, other);
  watch?.tell('added', secret('a', '8'));
  expect(woken).toEqual([]);
  watch?.tell('added', secret('a', '11'));
  watch?.tell('added', secret('b', '10'));
  expect(woken).toEqual(['shop/login', 'shop/other']);
});

test('a namespace is watched while one of its GitSyncs names a Secret', () => {
  const { cache, watcher, watch, learn } = setUp();
  learn(gitSync('shop/plain'));
  expect(watcher.watches).toEqual([]);
  const login = gitSync('shop/login', source({ login: 'a' }));
  learn(login, gitSync('shop/other', source({ login: 'b' })));
  expect(watcher.watches).toHaveLength(1);
  cache.forget(login);
  watch.onGitSync('shop');
  expect(watcher.watches[0]?.isStopped).toBe(false);
  const bare = gitSync('shop/other');
  learn({ ...bare, metadata: { ...bare.metadata, resourceVersion: '2' } });
  expect(watcher.watches[0]?.isStopped).toBe(true);
  learn(gitSync('shop/again', source({ signers: 'c' })));
  expect(watcher.watches.map(({ isStopped }) => isStopped)).toEqual([true, false]);
  watch.stop();
  expect(watcher.watches[1]?.isStopped).toBe(true);
});
