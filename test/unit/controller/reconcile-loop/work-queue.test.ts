import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Urgency, WorkQueue } from '../../../../controller/reconcile-loop/work-queue.ts';

const request = { namespace: 'ns', name: 'a' };
const add = (queue: WorkQueue, key: string, delayMs: number, urgency: Urgency = 'fresh') =>
  queue.add(key, request, { delayMs, urgency });
const takeAll = (queue: WorkQueue) => Array.from({ length: queue.depth }, () => queue.take()?.key);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('a taken key is handed out again only after its release', () => {
  const queue = new WorkQueue(() => undefined);
  add(queue, 'a', 0);
  expect(queue.take()?.key).toBe('a');
  add(queue, 'a', 0);
  expect(queue.take()).toBeNull();
  queue.release('a');
  expect(queue.take()?.key).toBe('a');
  queue.release('a');
  expect(queue.take()).toBeNull();
});

test('keys come out in the order in which they came up', () => {
  const queue = new WorkQueue(() => undefined);
  add(queue, 'late', 20);
  add(queue, 'first', 0);
  add(queue, 'second', 0);
  vi.advanceTimersByTime(20);
  expect([queue.take()?.key, queue.take()?.key, queue.take()?.key]).toEqual(['first', 'second', 'late']);
});

test('a key whose delay ends while it is taken comes up on its release', () => {
  const queue = new WorkQueue(() => undefined);
  add(queue, 'a', 0);
  queue.take();
  add(queue, 'a', 10);
  vi.advanceTimersByTime(10);
  expect(queue.depth).toBe(0);
  queue.release('a');
  expect(queue.depth).toBe(1);
});

test('a wait longer than a timer can hold does not come up at once', () => {
  const queue = new WorkQueue(() => undefined);
  add(queue, 'a', 10 ** 12);
  vi.advanceTimersByTime(1_000);
  expect(queue.depth).toBe(0);
});

test('clear forgets entries and stops their timers', () => {
  const queue = new WorkQueue(() => undefined);
  add(queue, 'a', 0);
  add(queue, 'b', 10);
  queue.clear();
  vi.advanceTimersByTime(10);
  expect(queue.take()).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});

test('fresh keys come out before the backlog, whatever came first', () => {
  const queue = new WorkQueue(() => undefined);
  for (const key of ['old-1', 'old-2']) add(queue, key, 0, 'backlog');
  for (const key of ['new-1', 'new-2']) add(queue, key, 0);
  expect(takeAll(queue)).toEqual(['new-1', 'new-2', 'old-1', 'old-2']);
});

test('a key of the backlog that becomes fresh moves forward, and stays one entry', () => {
  const queue = new WorkQueue(() => undefined);
  for (const key of ['old-1', 'old-2', 'edited']) add(queue, key, 0, 'backlog');
  add(queue, 'edited', 0);
  add(queue, 'edited', 0, 'backlog');
  expect(takeAll(queue)).toEqual(['edited', 'old-1', 'old-2']);
});

test('a key that is edited while its repetition waits for its release comes out as fresh', () => {
  const queue = new WorkQueue(() => undefined);
  add(queue, 'edited', 0);
  queue.take();
  add(queue, 'edited', 0, 'backlog');
  add(queue, 'old', 0, 'backlog');
  add(queue, 'edited', 0);
  queue.release('edited');
  expect(takeAll(queue)).toEqual(['edited', 'old']);
});

test('the backlog gets one of eight turns while fresh work never ends', () => {
  const queue = new WorkQueue(() => undefined);
  for (const key of ['old-1', 'old-2']) add(queue, key, 0, 'backlog');
  for (let index = 0; index < 20; index += 1) add(queue, `new-${index}`, 0);
  const taken = takeAll(queue);
  expect([taken.indexOf('old-1'), taken.indexOf('old-2')]).toEqual([7, 15]);
});
