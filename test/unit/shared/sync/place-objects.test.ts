import { expect, test } from 'vitest';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { CONFIG_MAPS, NAMESPACES, type ResourceType, SECRETS } from '../../../../shared/kube/resource-type.ts';
import { placeObjects } from '../../../../shared/sync/place-objects.ts';
import { createServedKinds, type ServedKinds } from '../../../../shared/sync/served-kinds.ts';
import { loadTree } from '../../../support/load-tree.ts';
import { configMap, widgetDefinition } from '../../../support/manifests.ts';
import { render } from '../../../support/render-tree.ts';

function kindsOf(...types: ResourceType[]): ServedKinds {
  return createServedKinds({
    findType: async (apiVersion, kind) => {
      if (apiVersion === 'down.example.com/v1')
        throw new KubeError('KUBE_SERVER_ERROR', 'cannot find the kinds: no answer');
      return types.find((type) => type.kind === kind) ?? null;
    },
    findTypeOfGroup: async () => null,
    refresh: () => undefined,
  });
}

function place(files: Record<string, string>, ...types: ResourceType[]) {
  const rendered = render(loadTree(files)).objects;
  return placeObjects(kindsOf(...types), { rendered, defaultNamespace: 'home', owner: 'home/app' });
}

test('placed objects carry namespace and owner, whatever Git says of the owner', async () => {
  const file = `${configMap('a', '1')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: other, annotations: {signet.dev/git-sync: evil/one, kept: "1"}}\n`;
  const { placed, unplaced } = await place({ 'a.yaml': file }, CONFIG_MAPS);
  expect(unplaced).toEqual([]);
  expect(placed.map(({ identity }) => `${identity.namespace}/${identity.name}`)).toEqual(['home/a', 'other/b']);
  expect(placed[1]?.object.metadata.annotations).toEqual({ 'signet.dev/git-sync': 'home/app', kept: '1' });
});

test('a kind that the commit itself defines is placed by its definition', async () => {
  const definition: ResourceType = { ...NAMESPACES, kind: 'CustomResourceDefinition' };
  const widget = (version: string) =>
    `apiVersion: w.example.com/${version}\nkind: Widget\nmetadata: {name: ${version}}\n`;
  const files = { 'crd.yaml': widgetDefinition('w.example.com'), 'v1.yaml': widget('v1'), 'v9.yaml': widget('v9') };
  const { placed, unplaced } = await place(files, definition);
  expect(placed.map(({ identity }) => `${identity.kind} ${identity.namespace}`)).toEqual([
    'CustomResourceDefinition ',
    'Widget home',
  ]);
  expect(unplaced.map(({ failure }) => failure.message)).toEqual([
    'no kind "Widget" in version "w.example.com/v9" is served by the cluster',
  ]);
});

test('a kind that cannot be looked up fails alone, with the reason and its place', async () => {
  const files = {
    'a.yaml': configMap('a', '1'),
    'b.yaml': 'apiVersion: down.example.com/v1\nkind: Thing\nmetadata: {name: t}\n',
  };
  const { placed, unplaced } = await place(files, CONFIG_MAPS);
  expect(placed).toHaveLength(1);
  expect(unplaced[0]?.failure).toEqual({
    kind: 'Thing',
    name: 't',
    file: 'b.yaml',
    line: 1,
    message: 'cannot find the kinds: no answer',
  });
});

test('an Inventory from Git is never applied', async () => {
  const inventory: ResourceType = { ...CONFIG_MAPS, kind: 'Inventory' };
  const file = 'apiVersion: signet.dev/v1alpha1\nkind: Inventory\nmetadata: {name: app}\nspec: {entries: []}\n';
  const { placed, unplaced } = await place({ 'a.yaml': file }, inventory);
  expect(placed).toEqual([]);
  expect(unplaced[0]?.failure.message).toBe('is written by the controller and cannot come from Git');
});

test('what sealing depends on is not taken from Git', async () => {
  const object = (kind: string, metadata: string): string => `apiVersion: v1\nkind: ${kind}\nmetadata: ${metadata}\n`;
  const files = {
    'digest.yaml': object('Secret', '{name: signet-digest-key}'),
    'key.yaml': object('Secret', '{name: k, labels: {sealedsecrets.bitnami.com/sealed-secrets-key: active}}'),
    'keys.yaml': object('ConfigMap', '{name: signet-keys}'),
    'requests.yaml': object('ConfigMap', '{name: signet-requests}'),
    'other.yaml': `${object('ConfigMap', '{name: signet}')}---\n${object('Secret', '{name: signet-keys}')}`,
  };
  const { placed, unplaced } = await place(files, CONFIG_MAPS, SECRETS);
  expect(placed.map(({ identity }) => identity.name)).toEqual(['signet', 'signet-keys']);
  expect(unplaced.map(({ failure }) => failure.name)).toEqual([
    'signet-digest-key',
    'k',
    'signet-keys',
    'signet-requests',
  ]);
});
