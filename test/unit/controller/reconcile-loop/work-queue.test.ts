import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WorkQueue } from '../../../../controller/reconcile-loop/work-queue.ts';

const request = { namespace: 'ns', name: 'a' };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('a taken key is handed out again only after its release', () => {
  const queue = new WorkQueue(() => undefined);
  queue.add('a', request, 0);
  expect(queue.take()?.key).toBe('a');
  queue.add('a', request, 0);
  expect(queue.take()).toBeNull();
  queue.release('a');
  expect(queue.take()?.key).toBe('a');
  queue.release('a');
  expect(queue.take()).toBeNull();
});

test('keys come out in the order in which they came up', () => {
  const queue = new WorkQueue(() => undefined);
  queue.add('late', request, 20);
  queue.add('first', request, 0);
  queue.add('second', request, 0);
  vi.advanceTimersByTime(20);
  expect([queue.take()?.key, queue.take()?.key, queue.take()?.key]).toEqual(['first', 'second', 'late']);
});

test('a key whose delay ends while it is taken comes up on its release', () => {
  const queue = new WorkQueue(() => undefined);
  queue.add('a', request, 0);
  queue.take();
  queue.add('a', request, 10);
  vi.advanceTimersByTime(10);
  expect(queue.depth).toBe(0);
  queue.release('a');
  expect(queue.depth).toBe(1);
});

test('a wait longer than a timer can hold does not come up at once', () => {
  const queue = new WorkQueue(() => undefined);
  queue.add('a', request, 10 ** 12);
  vi.advanceTimersByTime(1_000);
  expect(queue.depth).toBe(0);
});

test('clear forgets entries and stops their timers', () => {
  const queue = new WorkQueue(() => undefined);
  queue.add('a', request, 0);
  queue.add('b', request, 10);
  queue.clear();
  vi.advanceTimersByTime(10);
  expect(queue.take()).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});
