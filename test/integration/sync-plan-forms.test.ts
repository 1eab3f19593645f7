import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, inject, test } from 'vitest';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import { configMap } from '../support/manifests.ts';
import { readMarkdown } from '../support/read-markdown.ts';
import { type CliResult, type CliWorld, runCli, withTempFolder } from '../support/run-cli.ts';
import { servedUrl } from '../support/served-url.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

const FORMS = ['text', 'markdown', 'json'] as const;

function plan(world: SyncWorld, words: readonly string[], more: Partial<CliWorld> = {}): Promise<CliResult> {
  const place = ['-n', world.namespace, '--kubeconfig', inject('kubeconfig')];
  const env = { PATH: process.env['PATH'] ?? '', ...more.env };
  return runCli(['sync', 'plan', ...words, ...place], { cwd: '/', ...more, env });
}

async function withFiles<T>(files: Readonly<Record<string, string>>, task: (folder: string) => Promise<T>): Promise<T> {
  return withTempFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    return task(folder);
  });
}

/** Every way in which a value could turn up. */
function formsOf(value: string): readonly string[] {
  return [value, Buffer.from(value).toString('base64').replace(/=+$/, ''), Buffer.from(value).toString('hex')];
}

function secret(name: string, data: string, more = ''): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\n${more}stringData: ${data}\n`;
}

const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1"}]}
`;

test('no form of a plan holds a value of a Secret, whether it comes, changes, fails, stays, or stands in an annotation', async () => {
  const world = await createSyncWorld();
  const old = 'canary-old-7d1f';
  const next = 'canary-new-93ab';
  await world.repository.commit({
    'changed.yaml': secret('changed', `{password: ${old}, kept: ${old}-kept, removed: ${old}-removed}`),
    'fixed.yaml': secret('fixed', `{password: ${old}}`, 'immutable: true\n'),
  });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  await engine.stop();
  await world.annotate(SECRETS, 'changed', {
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ stringData: { password: old } }),
    'example.com/copy': old,
  });
  const data = Object.fromEntries([['user', Buffer.from(`${old}-taken`).toString('base64')]]);
  const metadata = { namespace: world.namespace, name: 'taken' };
  await world.client.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata, data });
  const files = {
    'changed.yaml': secret('changed', `{password: ${next}, kept: ${old}-kept, added: ${next}}`),
    'fixed.yaml': secret('fixed', `{password: ${next}}`, 'immutable: true\n'),
    'taken.yaml': secret('taken', `{user: ${next}-taken}`),
    'new.yaml': secret('new', `{password: ${next}, again: ${next}}`).replace(
      '{name: new}',
      `{name: new, annotations: {copy: ${next}}}`,
    ),
    'wrong.yaml': secret('wrong', `{password: ${next}}`, `type: kubernetes.io/dockerconfigjson\n`),
  };
  await withFiles(files, async (folder) => {
    const hidden = ['canary', old, next, `${old}-kept`, `${next}-taken`].flatMap(formsOf);
    const inputs = [
      ['app', '--dir', folder],
      ['--dir', folder],
    ];
    for (const words of inputs.flatMap((input) => FORMS.map((form) => [...input, '-o', form]))) {
      const { code, stdout, stderr } = await plan(world, words, { stdoutIsTty: true });
      expect(code).toBe(1);
      for (const name of ['changed', 'taken', 'new', 'fixed', 'wrong']) expect(stdout).toContain(name);
      for (const value of [...hidden, 'last-applied']) expect(`${stdout}${stderr}`).not.toContain(value);
    }
    const { stdout } = await plan(world, ['app', '--dir', folder]);
    expect(stdout).toMatch(/^recreate +Secret \S+\/fixed .*immutable/m);
    expect(stdout).toMatch(/^ {2}- \/data\/removed: "hmac:live:[0-9a-f]{12}"$/m);
    expect(stdout).toMatch(/^ {3} {2}kept: \(unchanged\)$/m);
    const [, first, second] = /again: (hmac:git:\S+)\n.*password: (hmac:git:\S+)\n/.exec(stdout) ?? [];
    expect(first).toMatch(/^hmac:git:[0-9a-f]{12}$/);
    expect(second).toBe(first);
    const other = await plan(world, ['app', '--dir', folder]);
    expect(other.stdout).not.toContain(first);
  });
});

test('what the server adds by itself is no difference, and files can be compared without any GitSync', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'deploy/web.yaml': SERVICE, 'deploy/a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { source: { url: world.repository.url, path: 'deploy' } });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const files = { 'deploy/web.yaml': SERVICE, 'deploy/a.yaml': configMap('a', '1') };
  await withFiles(files, async (folder) => {
    expect(await plan(world, ['app', '--dir', folder])).toMatchObject({ code: 0, stdout: '' });
    const alone = await plan(world, ['--dir', 'deploy', '-o', 'json'], { cwd: folder });
    expect(JSON.parse(alone.stdout)).toMatchObject({
      form: 1,
      gitSync: null,
      revision: 'deploy',
      counts: { unchanged: 3 },
    });
    expect(alone.code).toBe(0);
    await writeFile(path.join(folder, 'deploy/web.yaml'), SERVICE.replace('web:1', 'web:2'));
    const changed = await plan(world, ['--dir', 'deploy'], { cwd: folder });
    expect(changed.stdout).toMatch(/^update +Deployment \S+\/web +web\.yaml:6$/m);
    expect(changed.stdout.match(/^ {2}[+-] .*/gm)).toEqual(
      ['  -      - image: web:1', '  +      - image: web:2'].map((line) =>
        expect.stringContaining(line.trim().slice(1).trim()),
      ),
    );
    expect(changed.code).toBe(1);
  });
});

test('an object that somebody else made shows only what a sync would change', async () => {
  const world = await createSyncWorld();
  await world.createGitSync('app');
  const metadata = { namespace: world.namespace, name: 'a' };
  await world.client.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: { value: '1', own: 'x' },
  });
  await withFiles({ 'a.yaml': configMap('a', '1') }, async (folder) => {
    const adopted = await plan(world, ['app', '--dir', folder, '-o', 'json']);
    const { actions } = JSON.parse(adopted.stdout) as { actions: readonly { changes: readonly { path: string }[] }[] };
    expect(actions[0]?.changes.map((change) => change.path)).toEqual(['/metadata/annotations/signet.dev~1git-sync']);
    expect((await plan(world, ['--dir', folder])).code).toBe(0);
  });
});

test('a revision is a branch, a tag, a commit, or a pull request as its host merges it', async () => {
  const world = await createSyncWorld();
  const url = await servedUrl(world);
  const base = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  const branch = await world.repository.commit(
    { 'b.yaml': configMap('b', '1') },
    { branch: 'feature', isOrphan: true },
  );
  await world.repository.tag('v1', base, { isAnnotated: true });
  await world.repository.git('update-ref', 'refs/pull/7/merge', branch);
  await world.createGitSync('app', { source: { url } });
  const planned = async (revision: string): Promise<string> =>
    (await plan(world, ['app', '--revision', revision])).stderr;
  expect(await planned('feature')).toBe(`signet: feature@sha1:${branch}: 1 create\n`);
  expect(await planned('v1')).toBe(`signet: v1@sha1:${base}: 1 create\n`);
  expect(await planned('refs/tags/v1')).toBe(`signet: v1@sha1:${base}: 1 create\n`);
  expect(await planned('refs/heads/main')).toBe(`signet: main@sha1:${base}: 1 create\n`);
  expect(await planned(branch.toUpperCase())).toBe(`signet: sha1:${branch}: 1 create\n`);
  const merge = await plan(world, ['app', '--revision', 'refs/pull/7/merge', '-o', 'markdown']);
  expect(merge.code).toBe(1);
  const { code, blocks } = readMarkdown(merge.stdout);
  expect(code).toEqual([
    `${world.namespace}/app`,
    `refs/pull/7/merge@sha1:${branch}`,
    `ConfigMap ${world.namespace}/b`,
    'b.yaml:1',
  ]);
  expect(blocks).toHaveLength(1);
  const unknown = await plan(world, ['app', '--revision', base.slice(0, 8)]);
  expect(unknown.code).toBe(8);
  expect(unknown.stderr).toContain(`cannot find revision "${base.slice(0, 8)}"`);
  expect(unknown.stderr).toContain('hint: a commit is given by its full id');
  expect((await plan(world, ['app', '--revision', 'refs/pull/8/merge'])).stderr).toContain(
    'it has no refs/pull/8/merge',
  );
  expect((await plan(world, ['app', '--revision', '--upload-pack=x'])).code).toBe(8);
});

test('a merge is made by git itself, from both histories, and a conflict names its files', async () => {
  const world = await createSyncWorld();
  const url = await servedUrl(world);
  const fork = await world.repository.commit({
    'deploy/a.yaml': configMap('a', '1'),
    'deploy/old.yaml': configMap('old', '1'),
  });
  await world.repository.branch('feature', fork);
  await world.repository.branch('clash', fork);
  const head = await world.repository.commit(
    { 'deploy/b.yaml': configMap('b', '1'), 'deploy/old.yaml': null },
    { branch: 'feature' },
  );
  await world.repository.commit({ 'deploy/a.yaml': configMap('a', '3') }, { branch: 'clash' });
  await world.repository.commit({ 'deploy/x.yaml': configMap('x', '1') }, { branch: 'alone', isOrphan: true });
  const base = await world.repository.commit({
    'deploy/a.yaml': configMap('a', '2'),
    'deploy/c.yaml': configMap('c', '1'),
  });
  await world.createGitSync('app', { source: { url, path: 'deploy' } });
  for (const merge of ['main..feature', '..feature', `${base}..${head}`]) {
    const { stdout, stderr } = await plan(world, ['app', '--merge', merge]);
    expect(stdout.match(/^create +ConfigMap \S+\/(\S+)/gm)?.map((line) => line.at(-1))).toEqual(['a', 'b', 'c']);
    expect(stdout).toContain('+  value: "2"');
    expect(stderr).toMatch(new RegExp(`sha1:${base}\\.\\.(feature@)?sha1:${head}: 3 create\n$`));
  }
  const clash = await plan(world, ['app', '--merge', 'main..clash']);
  expect(clash).toMatchObject({ code: 8, stdout: '' });
  expect(clash.stderr).toContain('cannot merge the commits: both sides changed "deploy/a.yaml"');
  const alone = await plan(world, ['app', '--merge', 'main..alone']);
  expect(alone.stderr).toContain('their histories have no commit in common');
  expect((await plan(world, ['app', '--merge', 'main...feature'])).code).toBe(2);
  expect((await plan(world, ['app', '--merge', 'main..nowhere'])).code).toBe(8);
});

test('what the next sync would refuse for its signature is not planned, and what nobody has merged is not asked for one', async () => {
  const world = await createSyncWorld();
  const url = await servedUrl(world);
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  const verify = { mode: 'Head', secretRef: { name: 'signers' } } as const;
  await world.createGitSync('app', { source: { url, verify } });
  const missing = await plan(world, ['app']);
  expect(missing.code).toBe(8);
  expect(missing.stderr).toContain(`cannot use the signers in Secret ${world.namespace}/signers: it does not exist`);
  const signer = `me ssh-ed25519 ${Buffer.from(`\0\0\0\x0bssh-ed25519\0\0\0\x20${'k'.repeat(32)}`, 'latin1').toString('base64')}\n`;
  const metadata = { namespace: world.namespace, name: 'signers' };
  const data = Object.fromEntries([['allowed_signers', Buffer.from(signer).toString('base64')]]);
  await world.client.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata, data });
  const unsigned = await plan(world, ['app']);
  expect(unsigned).toMatchObject({ code: 8, stdout: '' });
  expect(unsigned.stderr).toMatch(/sign/);
  expect((await plan(world, ['app', '--revision', commit])).code).toBe(1);
});

test('a pinned GitSync is planned at its pin, and elsewhere when that is asked for', async () => {
  const world = await createSyncWorld();
  const url = await servedUrl(world);
  const first = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  const second = await world.repository.commit({ 'b.yaml': configMap('b', '1') });
  await world.createGitSync('app', { source: { url }, pin: { commit: first } });
  const pinned = await plan(world, ['app']);
  expect(pinned.stderr).toContain(`signet: the GitSync is pinned to commit ${first}, and that is what is planned\n`);
  expect(pinned.stderr).toContain(`signet: sha1:${first}: 1 create\n`);
  expect((await plan(world, ['app', '--revision', 'main'])).stderr).toBe(`signet: main@sha1:${second}: 2 create\n`);
});

test('colours are for a terminal whose user has not asked for none', async () => {
  const world = await createSyncWorld();
  await withFiles({ 'a.yaml': configMap('a', '1') }, async (folder) => {
    const isColoured = async (more: Partial<CliWorld>): Promise<boolean> =>
      (await plan(world, ['--dir', folder], more)).stdout.includes('\x1b[');
    expect(await isColoured({ stdoutIsTty: true })).toBe(true);
    expect(await isColoured({ stdoutIsTty: true, env: { NO_COLOR: '' } })).toBe(true);
    expect(await isColoured({ stdoutIsTty: true, env: { NO_COLOR: '1' } })).toBe(false);
    expect(await isColoured({ stdoutIsTty: true, env: { TERM: 'dumb' } })).toBe(false);
    expect(await isColoured({})).toBe(false);
  });
});

test('a plan that the guard refuses says in each form why, and what to do', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  await engine.stop();
  await withFiles({}, async (folder) => {
    for (const form of FORMS) {
      const { code, stdout, stderr } = await plan(world, ['app', '--dir', folder, '-o', form]);
      expect(code).toBe(1);
      expect(form === 'text' ? stderr : stdout).toContain('spec.guard.allowEmpty');
    }
  });
});
