import { expect, test } from 'vitest';
import { startAhead } from '../../../../cli/terminal/start-ahead.ts';

async function* upTo(count: number, log: string[] = []): AsyncGenerator<number> {
  for (let item = 1; item <= count; item += 1) {
    log.push(`asked ${item}`);
    yield item;
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('results come in the order of the items, whichever is ready first', async () => {
  const double = async (item: number) => {
    await new Promise((resolve) => setTimeout(resolve, 5 - item));
    return 2 * item;
  };
  for (const count of [0, 1, 2, 3, 4, 5]) {
    const results = await all(startAhead(upTo(count), { size: 2, groups: 1 }, double));
    expect(results).toEqual([2, 4, 6, 8, 10].slice(0, count));
  }
});

test('items are started in groups, and so many groups are under way when results are taken up', async () => {
  const log: string[] = [];
  const start = async (item: number) => {
    log.push(`started ${item}`);
    return item;
  };
  for await (const result of startAhead(upTo(5, log), { size: 2, groups: 1 }, start)) log.push(`taken up ${result}`);
  expect(log.join(', ')).toBe(
    'asked 1, asked 2, started 1, started 2, asked 3, asked 4, started 3, started 4, taken up 1, taken up 2, asked 5, started 5, taken up 3, taken up 4, taken up 5',
  );
});

test('a failure of the items waits for no work', async () => {
  async function* failing(): AsyncGenerator<number> {
    yield 1;
    throw new Error('no more');
  }
  const never = () => new Promise<number>(() => undefined);
  const results = startAhead(failing(), { size: 1, groups: 1 }, never);
  await expect(all(results)).rejects.toThrow('no more');
});

test('a failure of the work comes in its turn, and ends the asking', async () => {
  const log: string[] = [];
  const start = async (item: number) => {
    if (item >= 2) throw new Error(`failed ${item}`);
    return item;
  };
  const taken: number[] = [];
  const takeAll = async () => {
    for await (const result of startAhead(upTo(9, log), { size: 1, groups: 2 }, start)) taken.push(result);
  };
  await expect(takeAll()).rejects.toThrow('failed 2');
  expect(taken).toEqual([1]);
  expect(log.at(-1)).toBe('asked 4');
});
