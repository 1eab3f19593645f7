import { expect, test } from 'vitest';
import { CONFIG_MAPS, GIT_SYNCS } from '../../shared/kube/resource-type.ts';
import { CLAIM, configMap, configMaps } from '../support/manifests.ts';
import { CLAIMS, JOBS } from '../support/resource-types.ts';
import { runSyncVerb } from '../support/run-sync-verb.ts';
import { servedUrl } from '../support/served-url.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

function job(image: string): string {
  return `apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  suspend: true
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "${image}"}]}}
`;
}

/** A world in which a Job that wants to be made anew and a claim that left Git wait for approval. */
async function heldWorld(): Promise<{ world: SyncWorld; commit: string; digest: string }> {
  const world = await createSyncWorld();
  const source = { url: await servedUrl(world) };
  await world.repository.commit({
    'claim.yaml': CLAIM,
    'job.yaml': job('example.com/a:1'),
    'a.yaml': configMap('a', '1'),
  });
  await world.createGitSync('app', { prune: true, source });
  return { world, ...(await holdBack(world)) };
}

async function holdBack(world: SyncWorld): Promise<{ commit: string; digest: string }> {
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const commit = await world.repository.commit({ 'claim.yaml': null, 'job.yaml': job('example.com/a:2') });
  await world.reconcile('app');
  const held = await world.untilReason('app', 'ApprovalNeeded', commit);
  return { commit, digest: held.status?.approval?.digest ?? '' };
}

test('plan, status and approve speak of one digest, and approving it carries out just that', async () => {
  const { world, commit, digest } = await heldWorld();
  const plan = await runSyncVerb(world, ['plan', 'app', '-o', 'json']);
  expect(plan.code).toBe(1);
  const { approval, counts } = JSON.parse(plan.stdout);
  expect(approval.digest).toBe(digest);
  expect(approval.command).toBe(`signet sync approve app -n ${world.namespace} --plan ${digest}`);
  expect(counts).toMatchObject({ recreate: 1, keep: 1, prune: 0 });
  const markdown = await runSyncVerb(world, ['plan', 'app', '-o', 'markdown']);
  expect(markdown.stdout).toContain(approval.command);
  const text = await runSyncVerb(world, ['plan', 'app']);
  expect(text.stdout).toMatch(/recreate +Job .*once that is approved/);
  expect(text.stderr).toContain(approval.command);

  const before = (await world.get(JOBS, 'once'))?.metadata.uid;
  const approved = await runSyncVerb(world, ['approve', 'app', '--plan', digest]);
  expect(approved.stdout).toContain(`PersistentVolumeClaim ${world.namespace}/data`);
  expect(approved.stdout).toContain(`Job ${world.namespace}/once`);
  expect((await world.get(JOBS, 'once'))?.metadata.uid).not.toBe(before);
  expect(approved.code).toBe(1);
  expect(approved.stdout).toContain(
    `Pruning: waiting until these are gone: PersistentVolumeClaim ${world.namespace}/data`,
  );
  // Nobody looks after the finalizer of claims here.
  await world.client.mergePatch(
    CLAIMS,
    { namespace: world.namespace, name: 'data' },
    { metadata: { finalizers: null } },
  );
  const done = await world.untilReason('app', 'Applied', commit);
  expect(await world.get(CLAIMS, 'data')).toBeNull();
  expect(done.status?.approval).toBeUndefined();
  const again = await runSyncVerb(world, ['approve', 'app', '--plan', digest]);
  expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('wants approval')]);
});

test('another digest, a plan that changed and a paused GitSync are refused, and nobody is asked without a terminal', async () => {
  const { world, digest } = await heldWorld();
  const other = await runSyncVerb(world, ['approve', 'app', '--plan', 'f'.repeat(32)]);
  expect([other.code, other.stderr]).toEqual([3, expect.stringContaining(digest)]);
  const unasked = await runSyncVerb(world, ['approve', 'app']);
  expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining(`--plan ${digest}`)]);
  const refused = await runSyncVerb(world, ['approve', 'app'], { typed: ['n'] });
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('nothing was changed')]);
  expect((await world.gitSync('app')).metadata.annotations?.['signet.dev/approve']).toBeUndefined();

  // A new commit that asks for the same is another plan.
  await world.repository.commit({ 'a.yaml': configMap('a', '2') });
  await world.reconcile('app');
  const stale = await runSyncVerb(world, ['approve', 'app', '--plan', digest]);
  expect(stale.code).toBe(3);
  await world.annotate(GIT_SYNCS, 'app', { 'signet.dev/approve': digest });
  await world.reconcile('app');
  expect((await world.get(JOBS, 'once'))?.metadata.deletionTimestamp).toBeUndefined();
  expect(await world.get(CLAIMS, 'data')).not.toBeNull();
  expect((await world.gitSync('app')).status?.approval?.digest).not.toBe(digest);

  await world.patchSpec('app', { suspend: true });
  expect(await runSyncVerb(world, ['approve', 'app', '--plan', digest])).toMatchObject({ code: 3 });
});

test('a plan that deletes too much is approved as a whole, by a person who saw it, and an event names the manager', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'all.yaml': configMaps(12) });
  await world.createGitSync('app', { prune: true, source: { url: await servedUrl(world) } });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  const commit = await world.repository.commit({ 'all.yaml': configMaps(2) });
  await world.reconcile('app');
  const refused = await world.untilReason('app', 'TooManyDeletions');
  const digest = refused.status?.approval?.digest;
  const plan = await runSyncVerb(world, ['plan', 'app', '-o', 'json']);
  expect(JSON.parse(plan.stdout)).toMatchObject({ refusal: { reason: 'TooManyDeletions' }, approval: { digest } });
  const approved = await runSyncVerb(world, ['approve', 'app'], { typed: ['yes'] });
  expect(approved.stdout.match(/delete +ConfigMap/g)).toHaveLength(10);
  expect(approved.code).toBe(0);
  await world.untilReason('app', 'Applied', commit);
  const { items } = await world.client.list(CONFIG_MAPS, { namespace: world.namespace });
  expect(items.filter(({ metadata }) => metadata.name?.startsWith('object-'))).toHaveLength(2);
  const [event] = engine.events.filter(({ reason }) => reason === 'Approved');
  expect(event?.message).toContain(
    `plan ${digest} of commit ${commit.slice(0, 12)} was approved by field manager "signet-cli" at `,
  );
});

test('a plan that is approved while no controller runs is carried out by the next one, and a digest in vain approves nothing', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'all.yaml': configMaps(12) });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  const commit = await world.repository.commit({ 'all.yaml': configMaps(2) });
  await world.annotate(GIT_SYNCS, 'app', { 'signet.dev/approve': 'f'.repeat(32) });
  await world.reconcile('app');
  const refused = await world.untilReason('app', 'TooManyDeletions');
  await engine.stop();
  await world.annotate(GIT_SYNCS, 'app', { 'signet.dev/approve': refused.status?.approval?.digest ?? '' });
  await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  const { items } = await world.client.list(CONFIG_MAPS, { namespace: world.namespace });
  expect(items.filter(({ metadata }) => metadata.name?.startsWith('object-'))).toHaveLength(2);
});
