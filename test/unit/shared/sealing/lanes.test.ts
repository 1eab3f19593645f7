import { expect, test } from 'vitest';
import { Lanes } from '../../../../shared/sealing/lanes.ts';

/** An operation that ends when told. */
function heldOperation() {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { operation: () => promise, finish: resolve };
}

test('Lanes gives each lane to one operation at a time', async () => {
  const lanes = new Lanes(['a', 'b']);
  const inUse = new Set<string>();
  let most = 0;
  const use = async (lane: string): Promise<void> => {
    expect(inUse.has(lane)).toBe(false);
    inUse.add(lane);
    most = Math.max(most, inUse.size);
    await new Promise(setImmediate);
    inUse.delete(lane);
  };
  await Promise.all(Array.from({ length: 20 }, () => lanes.run(use)));
  expect([most, lanes.size]).toEqual([2, 2]);
});

test('Lanes serves waiting operations in the order of their arrival', async () => {
  const lanes = new Lanes([1]);
  const first = heldOperation();
  const order: string[] = [];
  const runs = [
    lanes.run(first.operation),
    lanes.run(async () => order.push('second')),
    lanes.run(async () => order.push('third')),
  ];
  expect(order).toEqual([]);
  first.finish('first');
  expect(await runs[0]).toBe('first');
  await Promise.all(runs);
  expect(order).toEqual(['second', 'third']);
});

test('Lanes gives a lane back when its operation fails', async () => {
  const lanes = new Lanes([1]);
  await expect(lanes.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await lanes.run(async (lane) => lane)).toBe(1);
});
