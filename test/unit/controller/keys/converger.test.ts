import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Converger } from '../../../../controller/keys/converger.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function bench(run: () => Promise<number | null>) {
  const failures: unknown[] = [];
  let runs = 0;
  const converger = new Converger({
    random: () => 1,
    run: () => {
      runs += 1;
      return run();
    },
    onFailure: (error) => failures.push(error),
  });
  return { converger, failures, runs: () => runs };
}

test('triggers during a run make one more run', async () => {
  const gates: (() => void)[] = [];
  const { converger, runs } = bench(() => new Promise((resolve) => gates.push(() => resolve(null))));
  converger.trigger();
  converger.trigger();
  converger.trigger();
  await vi.advanceTimersByTimeAsync(0);
  expect(runs()).toBe(1);
  gates.shift()?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(runs()).toBe(2);
  gates.shift()?.();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(runs()).toBe(2);
});

test('a run that names a time is followed by one at that time', async () => {
  const { converger, runs } = bench(async () => 5_000);
  converger.trigger();
  await vi.advanceTimersByTimeAsync(4_999);
  expect(runs()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(runs()).toBe(2);
  await converger.stop();
});

test('a time beyond what a timer holds does not come at once', async () => {
  const { converger, runs } = bench(async () => 10 ** 12);
  converger.trigger();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(runs()).toBe(1);
  await converger.stop();
});

test('a failed run is told of and tried again after growing waits', async () => {
  const { converger, failures, runs } = bench(async () => {
    throw new Error('no');
  });
  converger.trigger();
  await vi.advanceTimersByTimeAsync(500);
  expect(runs()).toBe(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(runs()).toBe(3);
  expect(failures).toHaveLength(3);
  await converger.stop();
});

test('stop waits for the run and allows no other', async () => {
  let finish: () => void = () => undefined;
  const { converger, runs } = bench(
    () =>
      new Promise((resolve) => {
        finish = () => resolve(1);
      }),
  );
  converger.trigger();
  let stopped = false;
  const stopping = converger.stop().then(() => {
    stopped = true;
  });
  await vi.advanceTimersByTimeAsync(10);
  expect(stopped).toBe(false);
  finish();
  await stopping;
  converger.trigger();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(runs()).toBe(1);
});
