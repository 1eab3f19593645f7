import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { KeyUsage, KeyUsageSource } from '../../../../controller/keys/key-usage.ts';
import { UsageFeed } from '../../../../controller/keys/usage-feed.ts';
import type { Fingerprint } from '../../../../shared/certificate/fingerprint.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const KEY = 'SHA256:k' as Fingerprint;

class Source implements KeyUsageSource {
  #usage: KeyUsage | null = null;
  #listener: () => void = () => undefined;

  usage(): KeyUsage | null {
    return this.#usage;
  }

  onUsageChange(listener: () => void): void {
    this.#listener = listener;
  }

  count(objects: number, unknown = 0): void {
    this.#usage = { objects: new Map([[KEY, objects]]), unknown };
    this.#listener();
  }
}

function bench() {
  const source = new Source();
  const refreshed: (number | undefined)[] = [];
  const feed = new UsageFeed({
    intervalMs: 1_000,
    onRefresh: () => refreshed.push(feed.current()?.objects.get(KEY)),
  });
  feed.follow(source);
  return { source, feed, refreshed };
}

test('nothing is known until the source has counted', () => {
  const { feed, refreshed } = bench();
  expect(feed.current()).toBeNull();
  expect(refreshed).toEqual([]);
});

test('the first count comes at once, the following ones once for each interval, and the last one is never lost', () => {
  const { source, refreshed } = bench();
  source.count(1);
  expect(refreshed).toEqual([1]);
  for (let count = 2; count <= 50; count += 1) source.count(count);
  expect(refreshed).toEqual([1]);
  vi.advanceTimersByTime(1_000);
  expect(refreshed).toEqual([1, 50]);
  vi.advanceTimersByTime(10_000);
  source.count(51);
  expect(refreshed).toEqual([1, 50, 51]);
});

test('what was said stays as it was until the next refresh', () => {
  const { source, feed } = bench();
  source.count(1);
  source.count(2);
  expect(feed.current()?.objects.get(KEY)).toBe(1);
});

test('counts that come out the same are no news', () => {
  const { source, refreshed } = bench();
  source.count(1);
  source.count(2);
  source.count(1);
  vi.advanceTimersByTime(10_000);
  expect(refreshed).toEqual([1]);
  source.count(1, 5);
  expect(refreshed).toEqual([1, 1]);
});

test('a stopped feed says nothing more', () => {
  const { source, feed, refreshed } = bench();
  source.count(1);
  source.count(2);
  feed.stop();
  vi.advanceTimersByTime(10_000);
  source.count(3);
  expect(refreshed).toEqual([1]);
});
