import { expect, test } from 'vitest';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import type { PlannedAction } from '../../shared/sync/planned-action.ts';
import { previewSync } from '../../shared/sync/preview-sync.ts';
import { createValueDigest } from '../../shared/sync/value-digest.ts';
import { loadTree } from '../support/load-tree.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

const digest = createValueDigest(SecretBytes.fromText('a key of this test'));
const map = (name: string, data: string, annotations = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, annotations: {${annotations}}}\ndata: {${data}}\n`;

async function plan(
  world: SyncWorld,
  files: Record<string, string>,
  commit?: string,
): Promise<readonly PlannedAction[]> {
  const gitSync = await world.gitSync('app');
  const entries = (await world.inventory('app'))?.spec.entries ?? [];
  const input = { gitSync, tree: loadTree(files), entries, ...(commit !== undefined && { commit }) };
  return (await previewSync({ client: world.client, digest }, input)).actions;
}

async function edit(world: SyncWorld, name: string, data: Record<string, string>): Promise<void> {
  const reference = { namespace: world.namespace, name };
  await world.client.mergePatch(CONFIG_MAPS, reference, { data }, { fieldManager: 'meddler' });
}

test('a plan leaves what a sync would leave, and says why', async () => {
  const world = await createSyncWorld();
  const files = {
    'deleted.yaml': map('deleted', 'a: "1"', 'signet.dev/drift: report'),
    'hands.yaml': map('hands', 'a: "1"'),
    'ignored.yaml': map('ignored', 'a: "1", b: "1"'),
    'once.yaml': map('once', 'a: "1"', 'signet.dev/apply: if-absent'),
    'report.yaml': map('report', 'a: "1"', 'signet.dev/drift: report'),
  };
  const commit = await world.repository.commit(files);
  await world.createGitSync('app', {
    ignoreDifferences: [{ target: { kind: 'ConfigMap', name: 'ignored' }, paths: ['/data/b'] }],
  });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  await engine.stop();
  for (const name of ['hands', 'once', 'report']) await edit(world, name, { a: 'other' });
  await edit(world, 'ignored', { b: 'other' });
  await world.annotate(CONFIG_MAPS, 'hands', { 'signet.dev/reconcile': 'disabled' });
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'deleted' });
  const inForce = await plan(world, files, commit);
  expect(inForce.map(({ kind, identity, reason = '' }) => [kind, identity.name, reason])).toEqual([
    ['keep', 'deleted', 'it was deleted; drift is reported and not repaired'],
    ['keep', 'hands', 'its annotation has it left alone'],
    ['unchanged', 'ignored', ''],
    ['keep', 'once', 'it is there already, and its annotation has it never changed'],
    ['keep', 'report', 'it was changed: /data/a by meddler; drift is reported and not repaired'],
  ]);
  const other = await plan(world, { ...files, 'ignored.yaml': map('ignored', 'a: "2", b: "2"') });
  const [, , ignored, , report] = other;
  expect(ignored).toMatchObject({ kind: 'update', changes: [{ path: '/data/a', before: '"1"', after: '"2"' }] });
  expect(report).toMatchObject({ kind: 'update', notes: [expect.stringContaining('only where Git changed it')] });
});

test('a plan shows which fields of a person go away, and names who loses fields', async () => {
  const world = await createSyncWorld();
  const { namespace } = world;
  const make = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name } });
  const kubectl = { ...make('kubectl'), data: { a: '1', gone: '1' } };
  await world.client.create(CONFIG_MAPS, kubectl, { fieldManager: 'kubectl-client-side-apply' });
  await world.client.apply(CONFIG_MAPS, { ...make('tool'), data: { a: '1' } }, { fieldManager: 'other-tool' });
  await world.createGitSync('app', { suspend: true });
  const actions = await plan(world, { 'all.yaml': `${map('kubectl', 'a: "1"')}---\n${map('tool', 'a: "2"')}` });
  const data = actions.map(({ identity: { name }, changes = [], notes = [] }) => ({
    name,
    paths: changes.map(({ path }) => path).filter((path) => path.startsWith('/data')),
    notes,
  }));
  expect(data).toEqual([
    {
      name: 'kubectl',
      paths: ['/data/gone'],
      notes: ['is taken over from kubectl-client-side-apply: fields that Git does not have go away'],
    },
    { name: 'tool', paths: ['/data/a'], notes: ['loses fields that "other-tool" applies, too'] },
  ]);
});
