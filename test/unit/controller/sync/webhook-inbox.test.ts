import { expect, test } from 'vitest';
import { GitSyncCache } from '../../../../controller/git-syncs/git-sync-cache.ts';
import { WebhookInbox } from '../../../../controller/sync/webhook-inbox.ts';
import type { GitSyncSource } from '../../../../shared/resources/git-sync.ts';

const URL_A = 'https://git.example.com/org/a.git';
const PLACE = { namespace: 'shop', name: 'app' };
const MAIN = ['refs/heads/main'];

function createInbox(sources: Readonly<Record<string, Partial<GitSyncSource>>>) {
  const cache = new GitSyncCache();
  for (const [place, source] of Object.entries(sources)) {
    const [namespace = '', name = ''] = place.split('/');
    cache.learn({
      apiVersion: 'signet.dev/v1alpha1',
      kind: 'GitSync',
      metadata: { namespace, name, uid: place, resourceVersion: '1' },
      spec: {
        source: { url: URL_A, ...source },
        ...(name === 'app' && { webhook: { provider: 'GitHub', secretRef: { name: 'hook' } } }),
      },
    });
  }
  const world = { nowMs: 0, looks: [] as string[] };
  const inbox = new WebhookInbox({
    cache,
    nowMs: () => world.nowMs,
    look: ({ namespace, name }, delayMs) => world.looks.push(`${namespace}/${name} ${delayMs}`),
  });
  return { inbox, world };
}

test('every GitSync of the namespace with that repository and reference is looked at, and no other', () => {
  const { inbox, world } = createInbox({
    'shop/app': { ref: { branch: 'main' } },
    'shop/scp': { url: 'git@git.example.com:Org/A', ref: { branch: 'main' } },
    'shop/ssh': { url: 'ssh://git@git.example.com:2222/org/a.git', ref: { branch: 'main' } },
    'shop/head': {},
    'shop/branch': { ref: { branch: 'next' } },
    'shop/tag': { ref: { tag: 'main' } },
    'shop/range': { ref: { semver: '1.x' } },
    'shop/commit': { ref: { commit: 'a'.repeat(40) } },
    'shop/other': { url: 'https://git.example.com/org/b.git' },
    'shop/broken': { url: 'nonsense' },
    'pay/app': { ref: { branch: 'main' } },
  });
  expect(inbox.deliver(PLACE, { addresses: [URL_A], references: MAIN })).toBe(4);
  expect(world.looks.toSorted()).toEqual(['shop/app 0', 'shop/head 0', 'shop/scp 0', 'shop/ssh 0']);
});

test('tags reach those that follow them', () => {
  const { inbox, world } = createInbox({
    'shop/app': { ref: { branch: 'v1.2.0' } },
    'shop/tag': { ref: { tag: 'v1.2.0' } },
    'shop/range': { ref: { semver: '1.x' } },
    'shop/other': { ref: { tag: 'v1.1.0' } },
  });
  expect(inbox.deliver(PLACE, { addresses: [URL_A], references: ['refs/tags/v1.2.0'] })).toBe(2);
  expect(world.looks.toSorted()).toEqual(['shop/range 0', 'shop/tag 0']);
});

test('what a hint leaves out it leaves open, but for other repositories', () => {
  const { inbox } = createInbox({
    'shop/app': { ref: { branch: 'main' } },
    'shop/next': { ref: { branch: 'next' } },
    'shop/commit': { ref: { commit: 'a'.repeat(40) } },
    'shop/other': { url: 'https://git.example.com/org/b.git' },
  });
  expect(inbox.deliver(PLACE, { addresses: [], references: [] })).toBe(2);
  expect(inbox.deliver(PLACE, { addresses: [], references: MAIN })).toBe(1);
  expect(inbox.deliver(PLACE, { addresses: [URL_A], references: [] })).toBe(2);
  expect(inbox.deliver({ ...PLACE, name: 'gone' }, { addresses: [], references: [] })).toBe(0);
});

test('the repository of the route is known by its path under another host, and others are not', () => {
  const { inbox, world } = createInbox({
    'shop/app': { url: 'http://gitea-http.gitea.svc:3000/org/a.git' },
    'shop/same': { url: 'ssh://git@gitea-ssh.gitea.svc/org/a.git' },
    'shop/twin': { url: 'http://gitea-http.gitea.svc:3000/org/a' },
  });
  expect(inbox.deliver(PLACE, { addresses: ['https://git.example.com/org/a'], references: MAIN })).toBe(2);
  expect(world.looks.toSorted()).toEqual(['shop/app 0', 'shop/twin 0']);
  expect(inbox.deliver(PLACE, { addresses: ['https://git.example.com/org/b'], references: MAIN })).toBe(0);
  expect(inbox.deliver(PLACE, { addresses: ['nonsense', 'https://a:b@x/org/a'], references: MAIN })).toBe(2);
});

test('text of a payload is compared and never run', () => {
  const { inbox } = createInbox({ 'shop/app': { ref: { branch: 'main' } } });
  for (const reference of ['.*', 'refs/heads/.*', 'refs/heads/main|x', 'refs/heads/(a+)+$', 'main', 'refs/heads/'])
    expect(inbox.deliver(PLACE, { addresses: [URL_A], references: [reference] })).toBe(0);
  for (const address of ['https://git.example.com/org/.*', 'https://git.example.com/.+', 'https://.*/org/(a|b)'])
    expect(inbox.deliver(PLACE, { addresses: [address], references: MAIN })).toBe(0);
});

test('the first delivery is answered at once, and all that follow within a second by one more look', () => {
  const { inbox, world } = createInbox({ 'shop/app': {} });
  const deliver = (nowMs: number) => {
    world.nowMs = nowMs;
    inbox.deliver(PLACE, { addresses: [], references: [] });
  };
  for (const nowMs of [0, 10, 400, 999, 1_500, 1_900, 5_000]) deliver(nowMs);
  expect(world.looks).toEqual([
    'shop/app 0',
    'shop/app 990',
    'shop/app 600',
    'shop/app 1',
    'shop/app 500',
    'shop/app 100',
    'shop/app 0',
  ]);
  inbox.forget(PLACE);
  deliver(5_001);
  expect(world.looks.at(-1)).toBe('shop/app 0');
});

test('only a GitSync that has a webhook has one', () => {
  const { inbox } = createInbox({ 'shop/app': {}, 'shop/two': {} });
  expect(inbox.find(PLACE)).toEqual({ provider: 'GitHub', secretRef: { name: 'hook' } });
  expect(inbox.find({ namespace: 'shop', name: 'two' })).toBeNull();
  expect(inbox.find({ namespace: 'pay', name: 'app' })).toBeNull();
});
