import { expect, test } from 'vitest';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import type { CliResult } from '../support/run-cli.ts';
import { runSyncVerb } from '../support/run-sync-verb.ts';
import { servedUrl } from '../support/served-url.ts';
import { createSyncWorld, type RunningEngine, type SyncWorld } from '../support/sync-engine.ts';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "example.com/web:1"}]}}
`;

function explain(world: SyncWorld, word: string, ...words: readonly string[]): Promise<CliResult> {
  return runSyncVerb(world, ['explain', word, ...words]);
}

/** A world with two objects in place, whose files come from two commits. */
async function syncedWorld(): Promise<{ world: SyncWorld; engine: RunningEngine; first: string; second: string }> {
  const world = await createSyncWorld();
  const url = await servedUrl(world);
  const first = await world.repository.commit({ 'deploy/all.yaml': `${configMap('a', '1')}---\n${DEPLOYMENT}` });
  const second = await world.repository.commit({ 'deploy/b.yaml': configMap('b', '1') });
  await world.createGitSync('app', { source: { url, path: 'deploy' } });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied', second);
  return { world, engine, first, second };
}

test('an object in place is explained by GitSync, file, line, revision, last change and last apply', async () => {
  const { world, first, second } = await syncedWorld();
  const line = configMap('a', '1').split('\n').length + 1;
  for (const word of ['deploy/web', 'Deployment/web', 'deployments.apps/web']) {
    const { code, stdout } = await explain(world, word);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(`Deployment ${world.namespace}/web`);
    expect(lines[1]).toBe(`  GitSync       ${world.namespace}/app`);
    expect(lines[2]).toBe(`  file          deploy/all.yaml:${line}`);
    expect(lines[3]).toBe(`  revision      main@sha1:${second.slice(0, 12)}`);
    expect(lines[4]).toMatch(new RegExp(`^  last change   ${first.slice(0, 12)} 2023-\\S+Z Test: change$`));
    expect(lines[5]).toMatch(/^ {2}last apply {4}\d{4}-\S+Z$/);
    expect(lines.slice(6)).toEqual(['  drift         none', '  synced        yes', '']);
    expect(code).toBe(0);
  }
  const json = JSON.parse((await explain(world, 'cm/b', '-o', 'json')).stdout) as Record<string, unknown>;
  expect(json).toMatchObject({ gitSync: `${world.namespace}/app`, file: 'deploy/b.yaml', line: 1, drift: 'none' });
  expect(json['lastChange']).toMatchObject({ commit: second, subject: 'change', author: 'Test' });
});

test('drift of a paused GitSync is shown field by field, and a missing object as missing', async () => {
  const { world } = await syncedWorld();
  await world.patchSpec('app', { suspend: true });
  await eventually(async () => {
    const conditions = (await world.gitSync('app')).status?.conditions ?? [];
    expect(conditions.find(({ type }) => type === 'Reconciling')?.reason).toBe('Suspended');
  });
  await world.client.mergePatch(CONFIG_MAPS, { namespace: world.namespace, name: 'a' }, { data: { value: '2' } });
  const drifted = await explain(world, 'configmap/a');
  expect(drifted.stdout).toMatch(/^ {2}drift +it differs from Git\n +~ \/data\/value: "2" -> "1"\n/m);
  expect(drifted.stdout).toMatch(/^ {2}synced +no: the GitSync is paused$/m);
  expect(drifted.code).toBe(1);
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'b' });
  const gone = await explain(world, 'configmap/b');
  expect(gone.stdout).toMatch(/^ {2}drift +it is missing in the cluster$/m);
});

test('an object that left Git is explained by what keeps it', async () => {
  const { world } = await syncedWorld();
  const commit = await world.repository.commit({ 'deploy/b.yaml': null });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
  const { stdout, code } = await explain(world, 'cm/b');
  expect(stdout).toMatch(/^ {2}synced +no: it left Git, and the GitSync does not prune$/m);
  expect(code).toBe(1);
});

test('a refused newest commit is named, beside the place in the revision in force', async () => {
  const { world, second } = await syncedWorld();
  await world.repository.commit({ 'deploy/c.yaml': 'kind: ConfigMap\n' });
  await world.reconcile('app');
  const { stdout } = await explain(world, 'cm/b');
  expect(stdout).toMatch(new RegExp(`^ {2}revision +main@sha1:${second.slice(0, 12)}$`, 'm'));
  expect(stdout).toMatch(/^ {2}synced +no: revision main@sha1:\S+ is not in place: RenderFailed: .*c\.yaml:1/m);
});

test('an object that nobody owns is said to be so, with what is known of it', async () => {
  const { world, engine } = await syncedWorld();
  const { namespace } = world;
  const create = (name: string, annotations: Record<string, string>) =>
    world.client.create(
      CONFIG_MAPS,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name, annotations }, data: { a: '1' } },
      { fieldManager: 'somebody' },
    );
  await create('free', {});
  await create('orphan', { 'signet.dev/git-sync': `${namespace}/gone` });
  await create('copied', { 'signet.dev/git-sync': `${namespace}/app` });
  const free = await explain(world, 'cm/free');
  expect(free.stdout).toBe(
    `ConfigMap ${namespace}/free\n  GitSync   none\n  synced    no: no GitSync has it in its inventory; it is written by somebody\n`,
  );
  expect(free.code).toBe(1);
  expect((await explain(world, 'cm/orphan')).stdout).toContain(`GitSync "${namespace}/gone", which does not exist`);
  expect((await explain(world, 'cm/copied')).stdout).toContain('was the object copied?');
  expect((await explain(world, 'cm/nothing')).stdout).toContain('it does not exist, and no GitSync has it');
  expect(await explain(world, 'nokind/x')).toMatchObject({ code: 6, stdout: '' });
  expect((await explain(world, 'cm')).code).toBe(2);
  await engine.stop();
});

test('drift that is only reported is explained with field and author, and so is an object that is left alone', async () => {
  const { world } = await syncedWorld();
  await world.patchSpec('app', { drift: 'Report' });
  await world.reconcile('app');
  const reference = { namespace: world.namespace, name: 'a' };
  await world.client.mergePatch(CONFIG_MAPS, reference, { data: { value: 'bad' } }, { fieldManager: 'meddler' });
  await eventually(async () => expect((await world.gitSync('app')).status?.drifted).toHaveLength(1));
  const reported = await explain(world, 'configmap/a');
  expect(reported.code).toBe(1);
  expect(reported.stdout).toMatch(
    /no: drift is reported and not repaired: since \S+ it was changed: \/data\/value by meddler/,
  );
  await world.annotate(CONFIG_MAPS, 'b', { 'signet.dev/reconcile': 'disabled' });
  const left = await explain(world, 'configmap/b');
  expect([left.code, left.stdout]).toEqual([1, expect.stringContaining('no: its annotation has it left alone')]);
});

test('an object that is only made when it is absent is in order, whatever it holds', async () => {
  const { world } = await syncedWorld();
  const once = configMap('once', '1').replace(
    '{name: once}',
    '{name: once, annotations: {signet.dev/apply: if-absent}}',
  );
  await world.repository.commit({ 'deploy/once.yaml': once });
  await world.reconcile('app');
  const reference = { namespace: world.namespace, name: 'once' };
  await world.client.mergePatch(CONFIG_MAPS, reference, { data: { value: 'own' } });
  const { code, stdout } = await explain(world, 'configmap/once');
  expect([code, stdout]).toEqual([0, expect.stringContaining('left as it is on purpose')]);
});
