import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, inject, test } from 'vitest';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import { CONFIG_MAPS, SEALED_SECRETS } from '../../shared/kube/resource-type.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { eventually } from '../support/eventually.ts';
import { createKeyListWorld } from '../support/key-list-world.ts';
import { configMap } from '../support/manifests.ts';
import { DEPLOYMENTS } from '../support/resource-types.ts';
import { type CliResult, runCli, withTempFolder } from '../support/run-cli.ts';
import { servedUrl } from '../support/served-url.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';
import { secretOf } from '../support/test-secrets.ts';
import { deployment, writeRollout } from '../support/workloads.ts';

function run(world: SyncWorld, words: readonly string[], cwd = '/', signal?: AbortSignal): Promise<CliResult> {
  const place = ['--kubeconfig', inject('kubeconfig'), '-n', world.namespace];
  const env = { PATH: process.env['PATH'] ?? '' };
  return runCli(['sync', 'run', ...words, ...place], { cwd, env, ...(signal !== undefined && { signal }) });
}

/** Calls `task` with a folder that holds `files`, and with what changes it. */
function inFolder(
  files: Readonly<Record<string, string>>,
  task: (cwd: string, change: (files: Readonly<Record<string, string | null>>) => Promise<void>) => Promise<void>,
): Promise<void> {
  return withTempFolder(async (cwd) => {
    const change = async (some: Readonly<Record<string, string | null>>): Promise<void> => {
      for (const [name, text] of Object.entries(some)) {
        const file = path.join(cwd, name);
        await mkdir(path.dirname(file), { recursive: true });
        await (text === null ? rm(file) : writeFile(file, text));
      }
    };
    await change(files);
    await task(cwd, change);
  });
}

async function dataOf(world: SyncWorld, name: string): Promise<unknown> {
  return (await world.get(CONFIG_MAPS, name))?.['data'];
}

const gitSyncFile = (url: string): string =>
  `apiVersion: signet.dev/v1alpha1\nkind: GitSync\nmetadata: {name: app}\nspec:\n  source: {url: "${url}"}\n  prune: true\n`;

test('a GitSync in a file is synced from Git, over and over, and nothing of it need be in the cluster', async () => {
  const world = await createSyncWorld();
  const url = await servedUrl(world);
  const first = await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
  await inFolder({ 'sync.yaml': gitSyncFile(url) }, async (cwd) => {
    const sync = (...words: string[]): Promise<CliResult> =>
      run(world, ['-f', 'sync.yaml', '--allow-http-git', ...words], cwd);
    const planned = await sync('--dry-run');
    expect(planned.code, planned.stderr).toBe(1);
    expect(await world.get(CONFIG_MAPS, 'a')).toBeNull();
    expect(await world.inventory('app')).toBeNull();

    const created = await sync();
    expect(created.stderr).toBe(`signet: main@sha1:${first}: 2 created\n`);
    expect(created.stdout).toMatch(new RegExp(`^created +ConfigMap ${world.namespace}/a +a\\.yaml:1$`, 'm'));
    expect(created.code).toBe(0);
    const inventory = await world.inventory('app');
    expect(inventory?.spec.entries.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'applied'],
      ['b', 'applied'],
    ]);
    expect(await sync()).toMatchObject({ code: 0, stderr: `signet: main@sha1:${first}: 2 unchanged\n` });

    const second = await world.repository.commit({ 'a.yaml': configMap('a', '2'), 'b.yaml': null });
    const changed = await sync('-o', 'json');
    expect(changed.code, changed.stderr).toBe(0);
    expect(JSON.parse(changed.stdout)).toEqual({
      form: 1,
      gitSync: `${world.namespace}/app`,
      revision: `main@sha1:${second}`,
      refusal: null,
      heldBack: 0,
      objects: [
        { action: 'changed', object: `ConfigMap ${world.namespace}/a`, file: 'a.yaml', line: 1 },
        { action: 'pruned', object: `ConfigMap ${world.namespace}/b` },
      ],
    });
    expect(await world.get(CONFIG_MAPS, 'b')).toBeNull();
  });
});

test('a folder with a name is applied and pruned; what fails is told, and holds pruning back', async () => {
  const world = await createSyncWorld();
  await inFolder({ 'a.yaml': configMap('a', '1'), 'old.yaml': configMap('old', '1') }, async (cwd, change) => {
    const sync = (): Promise<CliResult> => run(world, ['--dir', '.', '--name', 'app', '--prune'], cwd);
    expect(await sync()).toMatchObject({ code: 0, stderr: 'signet: .: 2 created\n' });
    const bad = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bad}\ndata: {value: {}}\n';
    await change({ 'bad.yaml': bad, 'old.yaml': null, 'new.yaml': configMap('new', '1') });
    const failed = await sync();
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(new RegExp(`^failed +ConfigMap ${world.namespace}/bad +bad\\.yaml:1 +`, 'm'));
    expect(failed.stderr).toContain('1 created, 1 unchanged, 1 failed'.split(', ')[2]);
    expect(failed.stderr).toContain('1 to prune once everything else is in place');
    expect(await world.get(CONFIG_MAPS, 'old')).not.toBeNull();
    expect(await dataOf(world, 'new')).toEqual({ value: '1' });
    await change({ 'bad.yaml': null });
    expect((await sync()).code).toBe(0);
    expect(await world.get(CONFIG_MAPS, 'old')).toBeNull();
  });
});

test('a GitSync that a controller looks after is left to it, until it is paused; and the controller takes it up again', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  await inFolder({ 'a.yaml': configMap('a', '2'), 'b.yaml': configMap('b', '2') }, async (cwd) => {
    const refused = await run(world, ['app', '--dir', '.'], cwd);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('a controller looks after it');
    expect(refused.stderr).toContain(`signet sync pause app -n ${world.namespace}`);
    expect(await dataOf(world, 'a')).toEqual({ value: '1' });
    await world.patchSpec('app', { suspend: true });
    await eventually(async () => {
      const { status } = await world.gitSync('app');
      expect(status?.conditions?.find(({ type }) => type === 'Reconciling')?.reason).toBe('Suspended');
    });
    const done = await run(world, ['app', '--dir', '.'], cwd);
    expect(done.stderr).toBe('signet: .: 1 changed, 1 created\n');
    expect(done.code).toBe(0);
  });
  await engine.stop();
  await world.patchSpec('app', { suspend: false });
  await world.startEngine();
  // What the run brought is in the inventory, so it is pruned as if the controller had made it.
  await eventually(async () => {
    expect(await dataOf(world, 'a')).toEqual({ value: '1' });
    expect(await world.get(CONFIG_MAPS, 'b')).toBeNull();
  });
});

test('health is waited for until it is there, and its lack has an exit code of its own', async () => {
  const world = await createSyncWorld();
  await inFolder({ 'web.yaml': deployment('web', 'a:1') }, async (cwd) => {
    const words = ['--dir', '.', '--name', 'app', '--wait'];
    const late = await run(world, [...words, '--timeout', '1s'], cwd);
    expect(late.code).toBe(9);
    expect(late.stdout).toMatch(new RegExp(`^unhealthy +Deployment ${world.namespace}/web +web\\.yaml:1 +`, 'm'));
    const running = run(world, words, cwd);
    await eventually(async () => expect(await world.get(DEPLOYMENTS, 'web')).not.toBeNull());
    await writeRollout(world.client, { namespace: world.namespace, name: 'web' }, 'done');
    expect(await running).toMatchObject({ code: 0 });
  });
});

test('an interrupted run has everything that it made in its inventory', async () => {
  const world = await createSyncWorld();
  const abort = new AbortController();
  await inFolder({ 'a.yaml': configMap('a', '1'), 'web.yaml': deployment('web', 'a:1') }, async (cwd) => {
    const running = run(world, ['--dir', '.', '--name', 'app', '--wait'], cwd, abort.signal);
    await eventually(async () => expect(await world.get(DEPLOYMENTS, 'web')).not.toBeNull());
    abort.abort(new Error('interrupted'));
    await running.catch(() => undefined);
    const inventory = await world.inventory('app');
    expect(inventory?.spec.entries.map(({ name }) => name).toSorted()).toEqual(['a', 'web']);
  });
});

test('a folder that lost most of its files is refused, and so are SealedSecrets that this cluster cannot open', async () => {
  const world = await createSyncWorld();
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`${at}.yaml`, configMap(`c${at}`, '1')]));
  const keys = await createKeyListWorld();
  const options = ['--name', 'app', '--prune', '--controller-namespace', keys.namespace];
  await inFolder(files, async (cwd, change) => {
    const sync = (): Promise<CliResult> => run(world, ['--dir', '.', ...options], cwd);
    expect((await sync()).code).toBe(0);
    await change(
      Object.fromEntries(
        Object.keys(files)
          .slice(1)
          .map((name) => [name, null]),
      ),
    );
    const refused = await sync();
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('(TooManyDeletions)');
    expect(await world.get(CONFIG_MAPS, 'c5')).not.toBeNull();

    const metadata = { name: 'db', namespace: world.namespace };
    const sealed = await sealSecret(secretOf({ a: 'x' }, { metadata }), { certificate: keys.old });
    await change({ ...files, 'db.yaml': stringifyYaml(sealed), '0.yaml': configMap('c0', '2') });
    expect((await sync()).code).toBe(0);
    const planned = await run(world, ['--dir', '.', ...options, '--dry-run'], cwd);
    expect(planned.stderr).toContain(`SealedSecret ${world.namespace}/db is sealed to key ${keys.old.fingerprint}`);
    expect(planned.stderr).toContain('(a); reseal db.yaml');
    await keys.publish({ old: { state: 'retired' } });
    await change({ '0.yaml': configMap('c0', '3') });
    const refusal = await run(world, ['--dir', '.', ...options, '--dry-run'], cwd);
    expect(refusal.code).toBe(1);
    expect(refusal.stderr).toContain(
      'the sync would be refused whole: SealedSecrets cannot be unsealed in this cluster: db.yaml:1',
    );
    const closed = await sync();
    expect(closed.code).toBe(5);
    expect(closed.stdout).toContain('[SEALED_KEY_RETIRED]');
    expect(await dataOf(world, 'c0')).toEqual({ value: '2' });
    expect(await world.get(SEALED_SECRETS, 'db')).not.toBeNull();
  });
});

test.each([
  [['app', '--name', 'other', '--dir', '.'], 'name one GitSync'],
  [[], 'name one GitSync'],
  [['--name', 'app'], '--name is for a folder'],
  [['app', '--prune'], '--prune goes with --name'],
])('%j is no way to call it', async (words, told) => {
  const result = await runCli(['sync', 'run', ...words, '--kubeconfig', inject('kubeconfig')], { cwd: '/' });
  expect(result.code).toBe(2);
  expect(result.stderr).toContain(told);
});
