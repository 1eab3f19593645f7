import { expect, test } from 'vitest';
import { watchInventories } from '../../../../controller/sync/inventory-watch.ts';
import { collectingLogger } from '../../../support/collecting-logger.ts';
import { createDrivenWatcher } from '../../../support/driven-watcher.ts';

test('only Inventories that are deleted are told of', () => {
  const watcher = createDrivenWatcher();
  const removed: string[] = [];
  watchInventories({
    client: watcher,
    onRemoved: ({ namespace, name }) => removed.push(`${namespace}/${name}`),
    logger: collectingLogger([]),
  });
  const [watch] = watcher.watches;
  const object = {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'Inventory',
    metadata: { namespace: 'shop', name: 'app' },
  };
  watch?.tell('added', object);
  watch?.sync();
  watch?.tell('changed', object);
  expect(removed).toEqual([]);
  watch?.tell('removed', object);
  expect(removed).toEqual(['shop/app']);
});
