import { expect, test } from 'vitest';
import type { Cluster } from '../../../../cli/connect/cluster.ts';
import { readObjectKeys } from '../../../../cli/connect/needing-objects.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';

/** A SealedSecret that fails as `Malformed`, with `attempt` in its status. */
function malformed(name: string, attempt: unknown): KubeObject {
  const conditions = [{ type: 'Ready', status: 'False', reason: 'Malformed' }];
  const metadata = { namespace: 'shop', name, generation: 1 };
  const status = { observedGeneration: 1, conditions, attempt };
  return { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata, status };
}

const clusterOf = (...items: readonly KubeObject[]) =>
  ({ client: { list: async () => ({ items, resourceVersion: '1' }) } }) as unknown as Pick<Cluster, 'client'>;

test('an object that opens and whose Secret the API server does not take is not one of which nobody knows the key', async () => {
  const opened = malformed('too-large', { keys: ['SHA256:a'] });
  const objects = await readObjectKeys(clusterOf(opened, malformed('flipped', {}), malformed('older', null)));
  expect(objects?.unopened).toEqual(['shop/flipped', 'shop/older']);
  expect(objects?.needing('SHA256:a')).toEqual(['shop/too-large']);
});
