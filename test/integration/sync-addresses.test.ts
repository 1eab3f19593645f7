import { expect, test } from 'vitest';
import { isKubeError } from '../../shared/kube/errors.ts';
import { GIT_SYNCS } from '../../shared/kube/resource-type.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

const PASSWORD = 'hunter2canary';

test('an address with credentials is not stored, and the answer does not repeat them', async () => {
  const world = await createSyncWorld();
  const addresses = [
    `https://me:${PASSWORD}@git.example.com/a/b.git`,
    `https://${PASSWORD}@git.example.com/a/b.git`,
    `HTTPS://:${PASSWORD}@git.example.com/a/b.git`,
    `http://me:${PASSWORD}@127.0.0.1/a.git`,
    `ssh://git:${PASSWORD}@git.example.com/a/b.git`,
    `https:/me:${PASSWORD}@git.example.com/a.git`,
    `https:///me:${PASSWORD}@git.example.com/a.git`,
    `me:${PASSWORD}@git.example.com:a/b.git`,
    `https://git.example.com?token=${PASSWORD}@x`,
    `https://git.example.com/a/b.git?private_token=${PASSWORD}`,
    `https://git.example.com/a/b.git#${PASSWORD}`,
  ];
  for (const url of addresses) {
    const answer = await world.createGitSync('app', { source: { url } }).then(
      () => null,
      (error: unknown) => error,
    );
    expect([url, isKubeError(answer, 'KUBE_INVALID')]).toEqual([url, true]);
    expect(String((answer as Error).message)).toMatch(/the address (holds credentials|has a query or a fragment)/);
    expect(JSON.stringify([answer, String(answer)])).not.toContain(PASSWORD);
  }
  expect(await world.client.get(GIT_SYNCS, { namespace: world.namespace, name: 'app' })).toBeNull();
});

test.each([
  'https://git.example.com/a/b.git',
  'https://git.example.com/a/b@2.git',
  'HTTPS://git.example.com:8443/a',
  'ssh://git@git.example.com/a/b.git',
  'ssh://git@git.example.com:2222/a/b@2.git',
  'ssh://git.example.com/a@b',
  'git@git.example.com:a/b.git',
  'my-user_1@git.example.com:a/b.git',
  'git.example.com:a/b.git',
  'file:///srv/git/a@b.git',
])('the address %s is stored', async (url) => {
  const world = await createSyncWorld();
  expect((await world.createGitSync('app', { suspend: true, source: { url } })).spec.source.url).toBe(url);
});
