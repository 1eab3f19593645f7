import { expect, test } from 'vitest';
import { CONFIG_MAPS } from '../../../../shared/kube/resource-type.ts';
import type { GitSync, GitSyncSpec } from '../../../../shared/resources/git-sync.ts';
import { createServedKinds } from '../../../../shared/sync/served-kinds.ts';
import { findWanted } from '../../../../shared/sync/wanted-objects.ts';
import { loadTree } from '../../../support/load-tree.ts';
import { configMap } from '../../../support/manifests.ts';
import { render } from '../../../support/render-tree.ts';

const kinds = createServedKinds({
  findType: async (_, kind) => (kind === 'ConfigMap' ? CONFIG_MAPS : null),
  findTypeOfGroup: async () => null,
  refresh: () => undefined,
});

function find(files: Readonly<Record<string, string>>, spec: Partial<GitSyncSpec> = {}) {
  const gitSync: GitSync = {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace: 'home', name: 'app' },
    spec: { source: { url: 'https://git.example.com/app' }, ...spec },
  };
  const digest = async (object: object): Promise<string> => JSON.stringify(object);
  return findWanted({ kinds, digest }, gitSync, render(loadTree(files)).objects);
}

test('an object is wanted with the namespace and owner that its GitSync says, and its digest is of just that', async () => {
  const { wanted, unplaced } = await find({ 'a.yaml': configMap('a', '1') }, { targetNamespace: 'shop' });
  const [one] = wanted.values();
  expect(one?.object.metadata).toMatchObject({ namespace: 'shop', annotations: { 'signet.dev/git-sync': 'home/app' } });
  expect(one?.digest).toBe(JSON.stringify(one?.object));
  expect([...wanted.keys()]).toEqual([one?.key]);
  expect(unplaced).toEqual([]);
});

test('only an object that is kept in another way than most has rules, and they count for its digest', async () => {
  const files = { 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') };
  const ignored = [{ target: { kind: 'ConfigMap', name: 'b' }, paths: ['/data/value'] }];
  const [a, b] = (await find(files, { ignoreDifferences: ignored })).wanted.values();
  expect([a?.rules, b?.rules?.ignored]).toEqual([undefined, [['data', 'value']]]);
  const [, plain] = (await find(files)).wanted.values();
  expect(b?.digest).not.toBe(plain?.digest);
});

test('of files that hold an object twice nothing is wanted', async () => {
  const twice = {
    'a.yaml': configMap('a', '1'),
    'b.yaml': configMap('a', '2').replace('name: a', 'name: a, namespace: home'),
  };
  const { wanted, problems } = await find(twice);
  expect([wanted.size, problems.length]).toEqual([0, 1]);
});
