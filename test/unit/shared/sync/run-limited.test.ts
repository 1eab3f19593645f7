import { expect, test } from 'vitest';
import { runLimited } from '../../../../shared/sync/run-limited.ts';

test('runLimited works on every item, and on no more than the limit at a time', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await runLimited([1, 2, 3, 4, 5, 6, 7], { limit: 3 }, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
    done.push(item);
  });
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test('runLimited starts nothing more once its signal is aborted', async () => {
  const controller = new AbortController();
  const started: number[] = [];
  await runLimited([1, 2, 3, 4], { limit: 1, signal: controller.signal }, async (item) => {
    started.push(item);
    if (item === 2) controller.abort();
  });
  expect(started).toEqual([1, 2]);
});

test('runLimited waits for the others before it throws the first failure', async () => {
  const ended: number[] = [];
  const work = async (item: number): Promise<void> => {
    await Promise.resolve();
    if (item === 1) throw new Error('one');
    ended.push(item);
  };
  await expect(runLimited([1, 2, 3], { limit: 3 }, work)).rejects.toThrow('one');
  expect(ended).toEqual([2, 3]);
});
