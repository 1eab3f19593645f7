import { expect, test } from 'vitest';
import type { KubeReader } from '../../../../shared/kube/client.ts';
import { objectKey } from '../../../../shared/resources/object-meta.ts';
import { lookUpOwners } from '../../../../shared/sync/owner-lookup.ts';

const identity = { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'a' };
const key = objectKey(identity);
const other = objectKey({ ...identity, name: 'b' });

function reader(answer: (kind: string, name: string) => unknown): { client: KubeReader; asked: string[] } {
  const asked: string[] = [];
  const client = {
    get: async (type: { kind: string }, reference: { namespace?: string; name: string }) => {
      asked.push(`${type.kind} ${reference.namespace}/${reference.name}`);
      return answer(type.kind, reference.name);
    },
  };
  return { client: client as unknown as KubeReader, asked };
}

const inventory = { spec: { entries: [{ ...identity, version: 'v1', state: 'applied' }] } };

test('an owner owns what its inventory has, and each owner is asked about once', async () => {
  const { client, asked } = reader(() => inventory);
  const claims = [
    { key, owner: 'shop/first' },
    { key: other, owner: 'shop/first' },
  ];
  const isOwnedBy = await lookUpOwners(client, claims);
  expect([isOwnedBy('shop/first', key), isOwnedBy('shop/first', other)]).toEqual([true, false]);
  expect(asked).toEqual(['GitSync shop/first', 'Inventory shop/first']);
});

test('a GitSync that is gone, or a text that names none, owns nothing', async () => {
  const { client, asked } = reader((kind) => (kind === 'GitSync' ? null : inventory));
  const isOwnedBy = await lookUpOwners(client, [
    { key, owner: 'shop/gone' },
    { key, owner: 'nonsense' },
    { key, owner: '/x' },
    { key, owner: 'x/' },
  ]);
  for (const owner of ['shop/gone', 'nonsense', '/x', 'x/', 'shop/never-asked']) {
    expect(isOwnedBy(owner, key)).toBe(false);
  }
  expect(asked).toEqual(['GitSync shop/gone']);
});

test('an inventory that cannot be read owns everything: nothing is taken away because of a failure', async () => {
  const { client } = reader(() => {
    throw new Error('forbidden');
  });
  const isOwnedBy = await lookUpOwners(client, [{ key, owner: 'shop/first' }]);
  expect([isOwnedBy('shop/first', key), isOwnedBy('shop/first', other)]).toEqual([true, true]);
});
