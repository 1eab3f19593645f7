import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WriteBursts } from '../../../../controller/sealed-secrets/write-bursts.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Objects that are prepared until the test says so, and then written. */
function bench() {
  const bursts = new WriteBursts({ size: 3, maxWaitMs: 50 });
  const written: string[] = [];
  const add = (name: string) => {
    const prepared = Promise.withResolvers<void>();
    const done = bursts
      .prepare(() => prepared.promise)
      .then(() => bursts.turn())
      .then(() => written.push(name));
    return { done, ready: prepared.resolve, fail: prepared.reject };
  };
  return { bursts, written, add };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

test('a write that no other one is about to join begins at once', async () => {
  const { written, add } = bench();
  const only = add('a');
  only.ready();
  await settle();
  expect(written).toEqual(['a']);
  expect(vi.getTimerCount()).toBe(0);
});

test('writes wait until a burst is full, and then begin together', async () => {
  const { written, add } = bench();
  const [a, b, c] = [add('a'), add('b'), add('c')];
  add('d');
  a.ready();
  b.ready();
  await settle();
  expect(written).toEqual([]);
  c.ready();
  await settle();
  expect(written).toEqual(['a', 'b', 'c']);
  expect(vi.getTimerCount()).toBe(0);
});

test('writes begin when nothing is prepared any more', async () => {
  const { written, add } = bench();
  const [a, b] = [add('a'), add('b')];
  a.ready();
  await settle();
  expect(written).toEqual([]);
  b.ready();
  await settle();
  expect(written.toSorted()).toEqual(['a', 'b']);
});

test('what fails while it is prepared holds nobody up', async () => {
  const { written, add } = bench();
  const [a, b] = [add('a'), add('b')];
  a.ready();
  b.fail(new Error('does not open'));
  await expect(b.done).rejects.toThrow('does not open');
  await settle();
  expect(written).toEqual(['a']);
});

test('no write waits longer for a slow one than the longest wait', async () => {
  const { written, add } = bench();
  const slow = add('slow');
  add('a').ready();
  await vi.advanceTimersByTimeAsync(40);
  add('b').ready();
  await vi.advanceTimersByTimeAsync(9);
  expect(written).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(written).toEqual(['a', 'b']);
  add('c').ready();
  await vi.advanceTimersByTimeAsync(49);
  expect(written).toEqual(['a', 'b']);
  await vi.advanceTimersByTimeAsync(1);
  expect(written).toEqual(['a', 'b', 'c']);
  slow.ready();
  await settle();
  expect(written).toEqual(['a', 'b', 'c', 'slow']);
});
