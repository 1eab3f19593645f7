import { expect, inject, test } from 'vitest';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import type { SyncHistoryEntry } from '../../shared/resources/git-sync.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

async function historyOf(world: SyncWorld): Promise<readonly SyncHistoryEntry[]> {
  return (await world.gitSync('app')).status?.history ?? [];
}

/** What an entry says, without its times. */
function gist({ revision, created, changed, pruned, failed, result }: SyncHistoryEntry): string {
  return `${revision} +${created} ~${changed} -${pruned} !${failed} ${result}`;
}

/** Gives the tip of main another message. */
async function reword({ repository }: SyncWorld, message: string): Promise<string> {
  const commit = await repository.git('commit-tree', 'main^{tree}', '-p', 'main~1', '-m', message);
  await repository.branch('main', commit);
  return commit;
}

test('each sync that changes something is remembered with its commit, counts and result', async () => {
  const world = await createSyncWorld();
  const first = await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied', first);
  const second = await world.repository.commit({ 'a.yaml': configMap('a', '2'), 'b.yaml': null });
  await world.reconcile('app');
  const broken = await world.repository.commit({ 'c.yaml': 'kind: ConfigMap\n' });
  await world.reconcile('app');
  const history = await historyOf(world);
  expect(history.map(gist)).toEqual([
    `main@sha1:${broken} +0 ~0 -0 !1 RenderFailed`,
    `main@sha1:${second} +0 ~1 -1 !0 Applied`,
    `main@sha1:${first} +2 ~0 -0 !0 Applied`,
  ]);
  for (const entry of history) {
    expect(entry).toMatchObject({ subject: 'change', author: 'Test', generation: 1 });
    expect(entry.duration).toMatch(/^\d+\.\d{3}s$/);
    expect(Date.parse(entry.startedAt)).toBeLessThanOrEqual(Date.now());
  }
});

test('a sync without work, a repair of drift and a restart add nothing', async () => {
  const world = await createSyncWorld();
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app');
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  const before = await historyOf(world);
  await world.reconcile('app');
  const other = await world.repository.commit({ 'README.md': 'nothing for the cluster' });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', other);
  const reference = { namespace: world.namespace, name: 'a' };
  await world.client.mergePatch(CONFIG_MAPS, reference, { data: { value: 'drifted' } });
  await eventually(async () => expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: '1' }));
  await engine.stop();
  await world.client.delete(CONFIG_MAPS, reference);
  await world.startEngine();
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'a')).not.toBeNull());
  await world.reconcile('app');
  expect(await historyOf(world)).toEqual(before);
});

test('a revision that needs several rounds is one entry that adds them up', async () => {
  const world = await createSyncWorld();
  const bad = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: not-there}\n';
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': bad });
  await world.createGitSync('app');
  await world.startEngine();
  await world.untilReason('app', 'ApplyFailed', commit);
  expect((await historyOf(world)).map(gist)).toEqual([`main@sha1:${commit} +1 ~0 -0 !1 ApplyFailed`]);
  const mended = await world.repository.commit({ 'b.yaml': configMap('b', '1') });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', mended);
  expect((await historyOf(world)).map(gist)).toEqual([
    `main@sha1:${mended} +1 ~0 -0 !0 Applied`,
    `main@sha1:${commit} +1 ~0 -0 !1 ApplyFailed`,
  ]);
});

test('the texts of a commit arrive without control characters and cut to a length', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'README.md': 'first' });
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  const commit = await reword(world, `\u001b[31mred\u202e ${'x'.repeat(5000)}\n\nbody`);
  await world.createGitSync('app');
  await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  const [entry] = await historyOf(world);
  expect(entry?.subject).toBe(`[31mred ${'x'.repeat(111)}…`);
  expect(entry?.author).toBe('Test');
});

test('the history ends at twenty entries, the oldest left out', async () => {
  const world = await createSyncWorld();
  const commits: string[] = [await world.repository.commit({ 'a.yaml': configMap('a', '0') })];
  await world.createGitSync('app');
  await world.startEngine();
  await world.untilReason('app', 'Applied', commits[0]);
  for (let round = 1; round < 23; round += 1) {
    commits.push(await world.repository.commit({ 'a.yaml': configMap('a', String(round)) }));
    await world.reconcile('app');
  }
  const history = await historyOf(world);
  expect(history.map(({ revision }) => revision)).toEqual(
    commits
      .slice(-20)
      .reverse()
      .map((commit) => `main@sha1:${commit}`),
  );
});

test('the command line shows the history as a table and as JSON', async () => {
  const world = await createSyncWorld();
  const show = (...words: readonly string[]): Promise<CliResult> =>
    runCli(['sync', 'history', 'app', ...words, '-n', world.namespace, '--kubeconfig', inject('kubeconfig')], {
      cwd: '/',
      env: {},
    });
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app');
  expect(await show()).toMatchObject({ code: 0, stdout: '', stderr: 'signet: nothing was synced yet\n' });
  await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  const { code, stdout } = await show();
  expect(stdout).toMatch(/^STARTED +REVISION +TOOK +CREATED +CHANGED +PRUNED +FAILED +RESULT +AUTHOR +SUBJECT\n/);
  const row = `Z +main@sha1:${commit.slice(0, 12)} +[0-9.]+s +1 +0 +0 +0 +Applied +Test +change\n$`;
  expect(stdout).toMatch(new RegExp(row));
  expect(code).toBe(0);
  expect(JSON.parse((await show('-o', 'json')).stdout)).toEqual(await historyOf(world));
});
