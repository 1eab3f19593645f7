import { expect, inject, test } from 'vitest';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { hasFieldManager } from '../../shared/resources/object-meta.ts';
import { eventually } from '../support/eventually.ts';
import { runProgram } from '../support/run-program.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const map = (data: string, annotations = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map, annotations: {${annotations}}}\ndata: {${data}}\n`;

/** As a person's client leaves an object behind. */
async function make(world: SyncWorld, fieldManager: string, data: Record<string, string>): Promise<void> {
  const annotations = { [LAST_APPLIED]: '{"data":{"a":"1"}}' };
  const metadata = { namespace: world.namespace, name: 'map', annotations };
  await world.client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, { fieldManager });
}

async function dataOf(world: SyncWorld): Promise<unknown> {
  return (await world.get(CONFIG_MAPS, 'map'))?.['data'];
}

test.each(['kubectl-client-side-apply', 'kubectl-create', 'kubectl-edit'])(
  'what %s made is taken over: fields that Git does not have go away',
  async (manager) => {
    const world = await createSyncWorld();
    await make(world, manager, { a: '1', b: '1', c: '1' });
    await world.repository.commit({ 'map.yaml': map('a: "1", b: "2"') });
    await world.createGitSync('app');
    await world.startEngine();
    await world.untilReason('app', 'Applied');
    expect(await dataOf(world)).toEqual({ a: '1', b: '2' });
    const { metadata } = (await world.get(CONFIG_MAPS, 'map'))!;
    expect(hasFieldManager(metadata, manager)).toBe(false);
    expect(metadata.annotations?.[LAST_APPLIED]).toBeUndefined();
    await world.repository.commit({ 'map.yaml': map('b: "2"') });
    await world.reconcile('app');
    expect(await dataOf(world)).toEqual({ b: '2' });
  },
);

test('an object that says so is merged: what a person applied stays theirs', async () => {
  const world = await createSyncWorld();
  await make(world, 'kubectl-client-side-apply', { a: '1', c: '1' });
  await world.repository.commit({ 'map.yaml': map('a: "2"', 'signet.dev/apply: merge') });
  await world.createGitSync('app');
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  expect(await dataOf(world)).toEqual({ a: '2', c: '1' });
});

test('single changes by kubectl, and what other programs own, are not taken over, and cost no request', async () => {
  const world = await createSyncWorld();
  await make(world, 'some-operator', { a: '1', c: '1' });
  const reference = { namespace: world.namespace, name: 'map' };
  await world.client.mergePatch(CONFIG_MAPS, reference, { data: { d: '1' } }, { fieldManager: 'kubectl-patch' });
  await world.repository.commit({ 'map.yaml': map('a: "2"') });
  await world.createGitSync('app');
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  expect(await dataOf(world)).toEqual({ a: '2', c: '1', d: '1' });
});

test('another manager that applies the same field loses it, and an event names it', async () => {
  const world = await createSyncWorld();
  const metadata = { namespace: world.namespace, name: 'map' };
  const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1', c: '1' } };
  await world.client.apply(CONFIG_MAPS, theirs, { fieldManager: 'other-tool' });
  await world.repository.commit({ 'map.yaml': map('a: "2"') });
  await world.createGitSync('app');
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  expect(await dataOf(world)).toEqual({ a: '2', c: '1' });
  expect(engine.events.filter(({ reason }) => reason === 'FieldsTaken').map(({ message }) => message)).toEqual([
    expect.stringContaining(`ConfigMap ${world.namespace}/map lost fields that other-tool applies, too`),
  ]);
});

test('what the real kubectl applied and edited on the client side is taken over', async () => {
  const world = await createSyncWorld();
  const words = ['--kubeconfig', inject('kubeconfig'), '-n', world.namespace];
  const kubectl = (input: string, ...more: string[]) => runProgram(inject('kubectl'), [...words, ...more], { input });
  const applied = await kubectl(map('a: "1", b: "1"'), 'apply', '-f', '-');
  expect(applied.code, applied.stderr).toBe(0);
  await world.repository.commit({ 'map.yaml': map('b: "2"') });
  await world.createGitSync('app');
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  expect(await dataOf(world)).toEqual({ b: '2' });
  // Somebody goes on with kubectl: what it adds goes with the repair of what it changed.
  const again = await kubectl(map('b: "3", c: "3"'), 'apply', '-f', '-');
  expect(again.code, again.stderr).toBe(0);
  await eventually(async () => expect(await dataOf(world)).toEqual({ b: '2' }));
});
