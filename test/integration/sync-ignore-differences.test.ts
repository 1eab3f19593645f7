import { expect, test } from 'vitest';
import { CONFIG_MAPS, GIT_SYNCS } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { eventually } from '../support/eventually.ts';
import { DEPLOYMENTS } from '../support/resource-types.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

const deployment = (replicas: number, image: string, note: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {example.com/note: ${JSON.stringify(note)}, example.com/kept: git}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: ${JSON.stringify(image)}}, {name: side, image: "example.com/side:1"}]}
`;

const IGNORE = [
  {
    target: { kind: 'Deployment', group: 'apps' },
    paths: ['/spec/replicas', '/metadata/annotations/example.com~1note', '/spec/template/spec/containers/0/image'],
  },
  { target: { kind: 'ConfigMap', name: 'map' }, paths: ['/data/theirs', '/data/missing'] },
];

interface Shown {
  readonly replicas: unknown;
  readonly note: unknown;
  readonly kept: unknown;
  readonly images: readonly unknown[];
}

function show(object: KubeObject | null): Shown {
  const { metadata, spec } = object as KubeObject & {
    spec: { replicas?: number; template: { spec: { containers: { image: string }[] } } };
  };
  return {
    replicas: spec.replicas,
    note: metadata.annotations?.['example.com/note'],
    kept: metadata.annotations?.['example.com/kept'],
    images: spec.template.spec.containers.map(({ image }) => image),
  };
}

async function web(world: SyncWorld): Promise<Shown> {
  return show(await world.get(DEPLOYMENTS, 'web'));
}

/** As an autoscaler writes it. */
async function scale(world: SyncWorld, replicas: number): Promise<void> {
  const subresource = 'scale' as unknown as 'status';
  const options = { subresource, fieldManager: 'kube-controller-manager' };
  await world.client.mergePatch(
    DEPLOYMENTS,
    { namespace: world.namespace, name: 'web' },
    { spec: { replicas } },
    options,
  );
}

test('ignored fields are set when the object is made, and belong to whoever changes them from then on', async () => {
  const world = await createSyncWorld();
  const map = (git: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {theirs: git, ours: ${git}}\n`;
  await world.repository.commit({ 'web.yaml': deployment(2, 'example.com/web:1', 'git'), 'map.yaml': map('a') });
  await world.createGitSync('app', { ignoreDifferences: IGNORE });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  expect(await web(world)).toEqual({
    replicas: 2,
    note: 'git',
    kept: 'git',
    images: ['example.com/web:1', 'example.com/side:1'],
  });
  // Nobody else owns them yet: another version of the rest must not take them away.
  await world.repository.commit({
    'web.yaml': deployment(3, 'example.com/web:2', 'changed').replace('kept: git', 'kept: more'),
  });
  await world.reconcile('app');
  expect(await web(world)).toEqual({
    replicas: 2,
    note: 'git',
    kept: 'more',
    images: ['example.com/web:1', 'example.com/side:1'],
  });
  await scale(world, 7);
  const reference = { namespace: world.namespace, name: 'web' };
  await world.annotate(DEPLOYMENTS, 'web', { 'example.com/note': 'theirs' });
  const containers = [
    { name: 'web', image: 'example.com/web:9' },
    { name: 'side', image: 'example.com/side:1' },
  ];
  const change = { spec: { template: { spec: { containers } } } };
  await world.client.mergePatch(DEPLOYMENTS, reference, change, { fieldManager: 'image-updater' });
  await world.client.mergePatch(CONFIG_MAPS, { namespace: world.namespace, name: 'map' }, { data: { theirs: 'own' } });
  await world.reconcile('app');
  await world.repository.commit({ 'web.yaml': deployment(4, 'example.com/web:3', 'again'), 'map.yaml': map('b') });
  await world.reconcile('app');
  expect(await web(world)).toEqual({
    replicas: 7,
    note: 'theirs',
    kept: 'git',
    images: ['example.com/web:9', 'example.com/side:1'],
  });
  expect((await world.get(CONFIG_MAPS, 'map'))?.['data']).toEqual({ theirs: 'own', ours: 'b' });
  await scale(world, 8);
  await world.reconcile('app');
  expect((await web(world)).replicas).toBe(8);
  expect(engine.events.filter(({ reason }) => reason.startsWith('Drift'))).toEqual([]);
  // Everything else is still put right.
  await world.annotate(DEPLOYMENTS, 'web', { 'example.com/kept': 'bad' });
  await eventually(async () => expect((await web(world)).kept).toBe('git'));
  expect((await web(world)).replicas).toBe(8);
});

test('a field that is not ignored any more is what Git says', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'web.yaml': deployment(2, 'example.com/web:1', 'git') });
  await world.createGitSync('app', { ignoreDifferences: IGNORE });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  await scale(world, 7);
  await world.reconcile('app');
  await world.patchSpec('app', { ignoreDifferences: [] });
  await eventually(async () => expect((await web(world)).replicas).toBe(2));
});

test('an ignored field that another one changes is no drift where drift is reported', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'web.yaml': deployment(2, 'example.com/web:1', 'git') });
  await world.createGitSync('app', { ignoreDifferences: IGNORE, drift: 'Report' });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  await scale(world, 7);
  await world.annotate(DEPLOYMENTS, 'web', { 'example.com/kept': 'bad' });
  await eventually(async () => {
    const { status } = await world.gitSync('app');
    expect(status?.drifted?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^was changed: \/metadata\/annotations\/example\.com~1kept by /),
    ]);
  });
  expect(await web(world)).toMatchObject({ replicas: 7, kept: 'bad' });
});

test.each([
  ['spec/replicas', /should match|no JSON pointer/],
  ['/a~2b', /should match|neither ~0/],
  ['/metadata/finalizers', /only labels and annotations/],
  ['/kind', /never compared/],
])('the server refuses to ignore %s', async (path, message) => {
  const world = await createSyncWorld();
  const created = world.createGitSync('app', {
    ignoreDifferences: [{ target: { kind: 'Deployment' }, paths: [path] }],
  });
  await expect(created).rejects.toThrow(message);
  expect(await world.client.get(GIT_SYNCS, { namespace: world.namespace, name: 'app' })).toBeNull();
});
