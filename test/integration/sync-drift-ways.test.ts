import { expect, onTestFinished, test } from 'vitest';
import { CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, type ResourceType } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { widgetDefinition } from '../support/manifests.ts';
import { DEPLOYMENTS } from '../support/resource-types.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

/** One way to change what Git says, as somebody else would, tried on an object of its own. */
interface Way {
  readonly what: string;
  readonly kind: 'ConfigMap' | 'Deployment' | 'Widget';
  change(world: SyncWorld, type: ResourceType, name: string): Promise<unknown>;
}

const WAYS: readonly Way[] = [
  { what: 'a merge patch of a value', kind: 'ConfigMap', change: patching({ data: { a: 'bad' } }) },
  { what: 'the removal of a key', kind: 'ConfigMap', change: patching({ data: { a: null } }) },
  { what: 'the removal of all data', kind: 'ConfigMap', change: patching({ data: null }) },
  { what: 'a replacement of the whole object', kind: 'ConfigMap', change: replace },
  { what: 'another who applies by force', kind: 'ConfigMap', change: applying('meddler') },
  { what: 'another who applies under the name of Signet', kind: 'ConfigMap', change: applying('signet-sync') },
  {
    what: 'ownership thrown away together with a value',
    kind: 'ConfigMap',
    change: patching({ metadata: { managedFields: [{}] }, data: { a: 'bad' } }),
  },
  { what: 'a label taken away', kind: 'Deployment', change: patching({ metadata: { labels: { tier: null } } }) },
  { what: 'replicas in the object', kind: 'Deployment', change: patching({ spec: { replicas: 3 } }) },
  { what: 'replicas through the scale subresource', kind: 'Deployment', change: scale },
  {
    what: 'the image of a container',
    kind: 'Deployment',
    change: patching({ spec: { template: { spec: { containers: [{ name: 'web', image: 'example.com/evil:1' }] } } } }),
  },
  { what: 'a field of a custom object', kind: 'Widget', change: patching({ spec: { size: 9 } }) },
  { what: 'the whole spec of a custom object', kind: 'Widget', change: patching({ spec: null }) },
];

test('whatever way somebody changes what Git says, it is put right, and once', async () => {
  const world = await createSyncWorld();
  const group = `y${world.namespace.slice(-8)}.example.com`;
  const manifests = WAYS.map(({ kind }, index) => manifestOf(kind, nameOf(index), group));
  await world.repository.commit({ 'crd.yaml': widgetDefinition(group), 'all.yaml': manifests.join('---\n') });
  await world.createGitSync('app');
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  onTestFinished(async () => {
    await world.client.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: `widgets.${group}` });
  });
  const widgets = (await world.client.findType(`${group}/v1`, 'Widget'))!;
  const types = { ConfigMap: CONFIG_MAPS, Deployment: DEPLOYMENTS, Widget: widgets };
  await Promise.all(
    WAYS.map(async ({ what, kind, change }, index) => {
      const [type, name] = [types[kind], nameOf(index)];
      const before = await contentOf(world, type, name);
      await change(world, type, name);
      await eventually(async () => {
        expect({ what, content: await contentOf(world, type, name) }).toEqual({ what, content: before });
      });
    }),
  );
  const repairs = (): number => engine.events.filter(({ reason }) => reason === 'DriftRepaired').length;
  await eventually(() => expect(repairs()).toBe(WAYS.length));
});

function nameOf(index: number): string {
  return `object-${index}`;
}

function manifestOf(kind: Way['kind'], name: string, group: string): string {
  if (kind === 'ConfigMap')
    return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: "1", b: "2"}\n`;
  if (kind === 'Widget') return `apiVersion: ${group}/v1\nkind: Widget\nmetadata: {name: ${name}}\nspec: {size: 1}\n`;
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {tier: front}}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${name}}}
  template: {metadata: {labels: {app: ${name}}}, spec: {containers: [{name: web, image: "example.com/web:1"}]}}
`;
}

async function contentOf(world: SyncWorld, type: ResourceType, name: string): Promise<unknown> {
  const { metadata, data, spec } = (await world.get(type, name))!;
  return { labels: metadata.labels, annotations: metadata.annotations, data, spec };
}

function patching(change: Record<string, unknown>): Way['change'] {
  return (world, type, name) =>
    world.client.mergePatch(type, { namespace: world.namespace, name }, change, { fieldManager: 'meddler' });
}

function applying(fieldManager: string): Way['change'] {
  return (world, type, name) => {
    const annotations = { 'signet.dev/git-sync': `${world.namespace}/app` };
    const metadata = { namespace: world.namespace, name, annotations };
    const data = { a: `by ${fieldManager}`, b: '2' };
    return world.client.apply(type, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, { fieldManager });
  };
}

async function replace(world: SyncWorld, type: ResourceType, name: string): Promise<void> {
  const { managedFields: _managers, ...metadata } = (await world.get(type, name))!.metadata;
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'replaced', b: '2' } };
  await world.client.replace(type, object, { fieldManager: 'meddler' });
}

async function scale(world: SyncWorld, type: ResourceType, name: string): Promise<void> {
  const subresource = 'scale' as unknown as 'status';
  const options = { subresource, fieldManager: 'meddler' };
  await world.client.mergePatch(type, { namespace: world.namespace, name }, { spec: { replicas: 5 } }, options);
}
