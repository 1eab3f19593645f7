import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deferral } from '../../../../controller/sealed-secrets/deferral.ts';

const request = (name: string) => ({ namespace: 'ns', name });

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function bench() {
  const state = { isBusy: false };
  const released: string[] = [];
  const deferral = new Deferral({ isBusy: () => state.isBusy, release: ({ name }) => released.push(name) });
  return { state, released, deferral };
}

test('requests pass almost at once when nothing more urgent is under way', async () => {
  const { released, deferral } = bench();
  deferral.add(request('a'));
  deferral.add(request('a'));
  deferral.add(request('b'));
  await vi.advanceTimersByTimeAsync(5);
  expect(released).toEqual(['a', 'b']);
});

test('requests wait for what is more urgent, and then pass together', async () => {
  const { state, released, deferral } = bench();
  state.isBusy = true;
  deferral.add(request('a'));
  await vi.advanceTimersByTimeAsync(3_000);
  deferral.add(request('b'));
  expect(released).toEqual([]);
  state.isBusy = false;
  await vi.advanceTimersByTimeAsync(60);
  expect(released).toEqual(['a', 'b']);
});

test('no request waits longer than ten seconds', async () => {
  const { state, released, deferral } = bench();
  state.isBusy = true;
  deferral.add(request('a'));
  await vi.advanceTimersByTimeAsync(5_000);
  deferral.add(request('b'));
  await vi.advanceTimersByTimeAsync(5_100);
  expect(released).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(released).toEqual(['a', 'b']);
});

test('flush passes everything and leaves no timer', () => {
  const { state, released, deferral } = bench();
  state.isBusy = true;
  deferral.add(request('a'));
  deferral.flush();
  expect(released).toEqual(['a']);
  expect(vi.getTimerCount()).toBe(0);
});
