import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import { configMap } from '../support/manifests.ts';
import { withTempFolder } from '../support/run-cli.ts';
import { runSyncVerb } from '../support/run-sync-verb.ts';
import { servedUrl } from '../support/served-url.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {password: hunter2}\n';

test('plan tells what a sync will do, status what it did, and then there is nothing left to plan', async () => {
  const world = await createSyncWorld();
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'deploy/login.yaml': SECRET });
  await world.createGitSync('app', { prune: true, source: { url: await servedUrl(world) } });

  const first = await runSyncVerb(world, ['plan', 'app']);
  expect(first.stdout).toMatch(/^ACTION +OBJECT +FILE +REASON\n/);
  expect(first.stdout).toMatch(new RegExp(`^create +ConfigMap ${world.namespace}/a +a\\.yaml:1$`, 'm'));
  expect(first.stdout).toMatch(new RegExp(`^create +Secret ${world.namespace}/login +deploy/login\\.yaml:1$`, 'm'));
  expect(first.stderr).toBe(`signet: main@sha1:${commit}: 2 create\n`);
  expect(first.code).toBe(1);
  expect(await world.get(CONFIG_MAPS, 'a')).toBeNull();

  await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  const status = await runSyncVerb(world, ['status']);
  expect(status.stdout).toMatch(new RegExp(`^app +True +main@sha1:${commit.slice(0, 12)} +2 +applied `, 'm'));
  expect(status.code).toBe(0);
  const again = await runSyncVerb(world, ['plan', 'app']);
  expect(again).toMatchObject({ code: 0, stdout: '', stderr: `signet: main@sha1:${commit}: 2 unchanged\n` });
});

test('plan says as the controller does that no key of Signet is pruned', async () => {
  const world = await createSyncWorld();
  const name = `key-${world.namespace}`;
  const key = `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: signet-system}\n`;
  const url = await servedUrl(world);
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'key.yaml': key });
  await world.createGitSync('app', { prune: true, source: { url } });
  await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  await withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'a.yaml'), configMap('a', '1'));
    const { stdout } = await runSyncVerb(world, ['plan', 'app', '--dir', folder]);
    expect(stdout).toMatch(new RegExp(`^keep +Secret signet-system/${name} +- +it may be a key of Signet$`, 'm'));
  });
  await world.repository.commit({ 'key.yaml': null });
  expect((await runSyncVerb(world, ['reconcile', 'app'])).code).toBe(0);
  expect(await world.client.get(SECRETS, { namespace: 'signet-system', name })).not.toBeNull();
});

test('plan of a local folder shows each changed field, with values of Secrets masked', async () => {
  const world = await createSyncWorld();
  const files = { 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1'), 'login.yaml': SECRET };
  const commit = await world.repository.commit(files);
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  await withTempFolder(async (folder) => {
    await writeFile(path.join(folder, 'a.yaml'), configMap('a', '2'));
    await writeFile(path.join(folder, 'login.yaml'), SECRET.replace('hunter2', 'hunter3'));
    const { code, stdout, stderr } = await runSyncVerb(world, ['plan', 'app', '--dir', '.'], { cwd: folder });
    expect(stdout).toContain('  ~ /data/value: "1" -> "2"\n');
    expect(stdout).toMatch(/^ {2}~ \/data\/password: "hmac:live:[0-9a-f]{12}" -> "hmac:git:[0-9a-f]{12}"$/m);
    expect(stdout).toMatch(new RegExp(`^prune +ConfigMap ${world.namespace}/b `, 'm'));
    expect(stdout + stderr).not.toContain(Buffer.from('hunter3').toString('base64'));
    expect(stderr).toBe('signet: .: 2 update, 1 prune\n');
    expect(code).toBe(1);
    const json = await runSyncVerb(world, ['plan', 'app', '--dir', '.', '-o', 'json'], { cwd: folder });
    const { actions } = JSON.parse(json.stdout) as { actions: readonly { kind: string }[] };
    expect(actions.map(({ kind }) => kind).toSorted()).toEqual(['prune', 'update', 'update']);
    expect(json.stdout).not.toContain('hunter');
  });
  expect((await world.get(SECRETS, 'login'))?.['data']).toEqual({
    password: Buffer.from('hunter2').toString('base64'),
  });
});

test('plan of broken files names each fault with file and line', async () => {
  const world = await createSyncWorld();
  await world.createGitSync('app', { source: { url: world.repository.url, path: 'deploy' } });
  await withTempFolder(async (folder) => {
    await mkdir(path.join(folder, 'deploy'));
    await writeFile(path.join(folder, 'deploy/a.yaml'), 'kind: ConfigMap\n');
    await writeFile(path.join(folder, 'deploy/b.yaml'), 'a: b\nc: "\n');
    const { code, stdout, stderr } = await runSyncVerb(world, ['plan', 'app', '--dir', folder]);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^signet: error: deploy\/a\.yaml:1: /m);
    expect(stderr).toMatch(/^signet: error: deploy\/b\.yaml/m);
    expect(stderr).toContain('signet: a sync of these files would be refused whole\n');
    expect(code).toBe(3);
    const outside = await runSyncVerb(world, ['plan', 'app', '--dir', path.join(folder, 'missing')]);
    expect(outside.code).toBe(8);
  });
});

test('plan fetches with the login of the GitSync, and a refused login is told', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  const wanted = `Basic ${Buffer.from('me:word').toString('base64')}`;
  const url = await servedUrl(world, { isAllowed: (authorization) => authorization === wanted });
  await world.createGitSync('app', { source: { url, secretRef: { name: 'git' } } });
  const missing = await runSyncVerb(world, ['plan', 'app']);
  expect(missing.stderr).toContain(`cannot use Secret ${world.namespace}/git for Git: it does not exist`);
  expect(missing.code).toBe(8);
  const metadata = { namespace: world.namespace, name: 'git' };
  const data = { username: Buffer.from('me').toString('base64'), password: Buffer.from('word').toString('base64') };
  await world.client.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata, data });
  expect((await runSyncVerb(world, ['plan', 'app'])).code).toBe(1);
  const wrong = { data: { password: Buffer.from('other').toString('base64') } };
  await world.client.mergePatch(SECRETS, metadata, wrong);
  const refused = await runSyncVerb(world, ['plan', 'app']);
  expect(refused.code).toBe(8);
  expect(refused.stderr).not.toContain('other');
});

test('reconcile waits for the outcome, and ends with a finding when it is not Ready', async () => {
  const world = await createSyncWorld();
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app');
  await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  const next = await world.repository.commit({ 'b.yaml': configMap('b', '1') });
  const done = await runSyncVerb(world, ['reconcile', 'app']);
  expect(done.stdout).toContain(`main@sha1:${next.slice(0, 12)}`);
  expect(done.code).toBe(0);
  await world.repository.commit({ 'c.yaml': 'kind: ConfigMap\n' });
  const failed = await runSyncVerb(world, ['reconcile', 'app']);
  expect(failed.stdout).toContain('c.yaml:1');
  expect(failed.code).toBe(1);
});

test('reconcile of a GitSync that is suspended, missing, or that nobody looks after says so', async () => {
  const world = await createSyncWorld();
  await world.createGitSync('app', { suspend: true });
  const suspended = await runSyncVerb(world, ['reconcile', 'app']);
  expect(suspended.stderr).toContain('it is suspended');
  expect(suspended.code).toBe(3);
  const missing = await runSyncVerb(world, ['reconcile', 'other']);
  expect(missing.stderr).toContain(`cannot find GitSync "${world.namespace}/other" in the cluster https://`);
  expect(missing.code).toBe(6);
  await world.createGitSync('alone');
  const alone = await runSyncVerb(world, ['reconcile', 'alone', '--timeout', '1s']);
  expect(alone.stderr).toContain('was not looked at');
  expect(alone.code).toBe(9);
});

test('an empty folder or revision, as of a variable that is not set, is refused, and HEAD is a revision', async () => {
  const world = await createSyncWorld();
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { source: { url: await servedUrl(world) } });
  expect(await runSyncVerb(world, ['plan', 'app', '--dir='])).toMatchObject({ code: 2, stdout: '' });
  expect(await runSyncVerb(world, ['plan', 'app', '--revision='])).toMatchObject({ code: 2, stdout: '' });
  const head = await runSyncVerb(world, ['plan', 'app', '--revision', 'HEAD']);
  expect(head).toMatchObject({ code: 1, stderr: `signet: main@sha1:${commit}: 1 create\n` });
});
