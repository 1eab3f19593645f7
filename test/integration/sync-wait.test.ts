import { expect, inject, test } from 'vitest';
import { CONFIG_MAPS, NAMESPACES } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { eventually } from '../support/eventually.ts';
import { configMap, configMaps } from '../support/manifests.ts';
import { DEPLOYMENTS } from '../support/resource-types.ts';
import { runCli } from '../support/run-cli.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';
import { deployment, writeRollout } from '../support/workloads.ts';

function conditionsOf({ status }: GitSync): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (status?.conditions ?? []).map(({ type, status: truth, reason }) => [type, `${truth} ${reason}`]),
  );
}

function rollout(world: SyncWorld, name: string, state: 'done' | 'hanging' | 'failed'): Promise<void> {
  return writeRollout(world.client, { namespace: world.namespace, name }, state);
}

test('a revision is Ready when its objects are healthy, and not before', async () => {
  const world = await createSyncWorld();
  const commit = await world.repository.commit({ 'a.yaml': deployment('web'), 'b.yaml': configMap('b', '1') });
  await world.createGitSync('app', { prune: true, wait: true });
  await world.startEngine();
  const waiting = await world.untilReason('app', 'WaitingForHealth', commit);
  expect(conditionsOf(waiting)).toEqual({
    Ready: 'Unknown WaitingForHealth',
    Reconciling: 'True WaitingForHealth',
    Stalled: 'False WaitingForHealth',
    Healthy: 'Unknown WaitingForHealth',
  });
  expect(waiting.status?.unhealthy).toEqual([
    {
      kind: 'Deployment',
      namespace: world.namespace,
      name: 'web',
      file: 'a.yaml',
      line: 1,
      message: 'was not looked at by its controller yet',
    },
  ]);
  expect(waiting.status?.lastAppliedRevision).toBe(`main@sha1:${commit}`);
  await rollout(world, 'web', 'hanging');
  await eventually(async () =>
    expect((await world.gitSync('app')).status?.unhealthy?.[0]?.message).toBe('has 0 of 1 replicas available'),
  );
  await rollout(world, 'web', 'done');
  const ready = await world.untilReason('app', 'Applied', commit);
  expect(conditionsOf(ready)).toMatchObject({
    Ready: 'True Applied',
    Reconciling: 'False Applied',
    Healthy: 'True Healthy',
  });
  expect(ready.status?.unhealthy ?? []).toEqual([]);
});

test('without wait, nobody looks at health', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': deployment('web') });
  await world.createGitSync('app');
  await world.startEngine();
  const ready = await world.untilReason('app', 'Applied');
  expect(Object.keys(conditionsOf(ready))).toEqual(['Ready', 'Reconciling', 'Stalled']);
  await world.patchSpec('app', { wait: true });
  await world.untilReason('app', 'WaitingForHealth');
  await world.patchSpec('app', { wait: false });
  const again = await world.untilReason('app', 'Applied');
  expect(Object.keys(conditionsOf(again))).toEqual(['Ready', 'Reconciling', 'Stalled']);
  expect(again.status?.unhealthy ?? []).toEqual([]);
});

test('an object that failed ends the wait, and its recovery mends it', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': deployment('web') });
  await world.createGitSync('app', { wait: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'WaitingForHealth');
  await rollout(world, 'web', 'failed');
  const failed = await world.untilReason('app', 'HealthCheckFailed');
  expect(conditionsOf(failed)).toEqual({
    Ready: 'False HealthCheckFailed',
    Reconciling: 'False HealthCheckFailed',
    Stalled: 'True HealthCheckFailed',
    Healthy: 'False HealthCheckFailed',
  });
  expect(failed.status?.conditions?.[0]?.message).toContain(
    `Deployment ${world.namespace}/web: did not make progress in time: ProgressDeadlineExceeded: it took too long`,
  );
  await rollout(world, 'web', 'done');
  await world.untilReason('app', 'Applied');
  await eventually(() =>
    expect(engine.events.map(({ type, reason }) => `${type} ${reason}`)).toEqual(
      expect.arrayContaining(['Warning HealthCheckFailed', 'Normal Healthy']),
    ),
  );
  await rollout(world, 'web', 'hanging');
  await world.untilReason('app', 'WaitingForHealth');
});

test('a wait ends after its timeout, and a request begins another', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': deployment('web') });
  await world.createGitSync('app', { wait: true, timeout: '300ms' });
  await world.startEngine();
  const late = await world.untilReason('app', 'HealthTimeout');
  expect(late.status?.conditions?.[0]?.message).toContain('not healthy after 300ms');
  expect(conditionsOf(late)).toMatchObject({ Ready: 'False HealthTimeout', Stalled: 'True HealthTimeout' });
  await world.patchSpec('app', { timeout: '10m' });
  await world.untilReason('app', 'WaitingForHealth');
});

test('a new commit and a request cancel the wait at once', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': deployment('web', 'broken:1') });
  await world.createGitSync('app', { wait: true, prune: true });
  await world.startEngine();
  await world.untilReason('app', 'WaitingForHealth');
  const requested = await world.reconcile('app');
  expect(conditionsOf(requested)['Ready']).toBe('Unknown WaitingForHealth');
  const commit = await world.repository.commit({ 'a.yaml': null, 'b.yaml': configMap('b', '1') });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
  expect(await world.get(DEPLOYMENTS, 'web')).toBeNull();
});

test('looks at health read what the watch tells of, and neither Git nor anything else', async () => {
  const world = await createSyncWorld();
  const files = { 'a.yaml': deployment('web'), 'b.yaml': deployment('api'), 'c.yaml': configMaps(50) };
  await world.repository.commit(files);
  await world.createGitSync('app', { wait: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'WaitingForHealth');
  await rollout(world, 'web', 'done');
  await rollout(world, 'api', 'done');
  await world.untilReason('app', 'Applied');
  const before = engine.requestCount();
  await world.reconcile('app');
  expect(engine.requestCount() - before).toBeLessThanOrEqual(5);
  const quiet = engine.requestCount();
  const startedAtMs = performance.now();
  for (let count = 0; count < 20; count += 1) {
    const annotations = { 'example.com/count': String(count) };
    await world.client.mergePatch(
      DEPLOYMENTS,
      { namespace: world.namespace, name: 'web' },
      { metadata: { annotations } },
    );
  }
  await world.annotate(CONFIG_MAPS, 'object-1', { 'example.com/count': '1' });
  await rollout(world, 'web', 'hanging');
  await world.untilReason('app', 'WaitingForHealth');
  const seconds = Math.floor((performance.now() - startedAtMs) / 1_000);
  // Twenty changes of one object, within a second or so on a machine with time: a read in each second, and one status.
  expect(engine.requestCount() - quiet).toBeLessThanOrEqual(10 + seconds);
});

test('a restart finds the health of what is there', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': deployment('web') });
  await world.createGitSync('app', { wait: true });
  const first = await world.startEngine();
  await world.untilReason('app', 'WaitingForHealth');
  await first.stop();
  await rollout(world, 'web', 'done');
  await world.startEngine();
  await world.untilReason('app', 'Applied');
});

test.each(['0s', '-1s', 'soon'])('the API server refuses timeout %s, or the controller does', async (timeout) => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.startEngine();
  try {
    await world.createGitSync('app', { wait: true, timeout });
  } catch (error) {
    expect(String(error)).toContain('spec.timeout');
    return;
  }
  const refused = await world.untilReason('app', 'SpecInvalid');
  expect(refused.status?.conditions?.[0]?.message).toContain('spec.timeout "0s" is not usable');
});

test('what failed is tried again once in retryInterval at least', async () => {
  const world = await createSyncWorld();
  const other = `later-${world.namespace.slice(-8)}`;
  const inOther = (name: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${other}}\n`;
  await world.repository.commit({ 'a.yaml': inOther('a') });
  await world.createGitSync('app', { retryInterval: '1s' });
  const engine = await world.startEngine();
  await world.untilReason('app', 'ApplyFailed');
  const waits = (): number[] =>
    engine.logs
      .flatMap((line) => /reconcile failed.*?retryInMs":(\d+)|retryInMs":(\d+).*?reconcile failed/.exec(line) ?? [])
      .filter((text) => /^\d+$/.test(text))
      .map(Number);
  await eventually(() => expect(waits().length).toBeGreaterThanOrEqual(4));
  expect(Math.max(...waits())).toBeLessThanOrEqual(1_000);
  await world.patchSpec('app', { retryInterval: '10m' });
  await eventually(() => expect(Math.max(...waits())).toBeGreaterThan(2_000));
  await world.client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: other } });
  await world.untilReason('app', 'Applied');
});

test('a reconcile that runs out of time says what the GitSync still waits for', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': deployment('web') });
  await world.createGitSync('app', { wait: true });
  await world.startEngine();
  await world.untilReason('app', 'WaitingForHealth');
  let hoursLater = 0;
  const result = await runCli(
    ['sync', 'reconcile', 'app', '-n', world.namespace, '--kubeconfig', inject('kubeconfig')],
    {
      cwd: '/',
      now: () => new Date(Date.now() + hoursLater * 3_600_000),
      sleep: async () => {
        await eventually(async () => {
          const { metadata, status } = await world.gitSync('app');
          expect(status?.lastHandledReconcileAt).toBe(metadata.annotations?.['signet.dev/reconcile-requested-at']);
          expect(status?.conditions?.[0]?.reason).toBe('WaitingForHealth');
        });
        hoursLater = 1;
      },
    },
  );
  expect(result).toMatchObject({ code: 9, stdout: '' });
  expect(result.stderr).toContain(
    `GitSync "${world.namespace}/app" was looked at and is not in place yet: WaitingForHealth: waiting until`,
  );
  expect(result.stderr).not.toContain('no answer');
});
