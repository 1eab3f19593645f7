import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { stopOnSignals } from '../../../controller/shutdown.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function bench(stop: () => Promise<void>) {
  const signals = new EventEmitter();
  const raised: string[] = [];
  const exitCodes: number[] = [];
  stopOnSignals({
    signals,
    stop,
    raise: (signal) => raised.push(signal),
    setExitCode: (code) => exitCodes.push(code),
    logger: quietLogger,
    deadlineMs: 10_000,
  });
  return { signals, raised, exitCodes };
}

test('the first signal stops once; a second one is no longer ours and ends the program', async () => {
  let stops = 0;
  const { signals } = bench(async () => {
    stops += 1;
  });
  signals.emit('SIGTERM', 'SIGTERM');
  expect(signals.listenerCount('SIGTERM') + signals.listenerCount('SIGINT')).toBe(0);
  await vi.advanceTimersByTimeAsync(0);
  expect(stops).toBe(1);
});

test('a stop that takes too long ends as the signal would have', async () => {
  const { signals, raised } = bench(() => new Promise(() => undefined));
  signals.emit('SIGINT', 'SIGINT');
  await vi.advanceTimersByTimeAsync(9_999);
  expect(raised).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(raised).toEqual(['SIGINT']);
});

test('a stop that fails sets the exit code', async () => {
  const { signals, exitCodes } = bench(async () => {
    throw new Error('no');
  });
  signals.emit('SIGTERM', 'SIGTERM');
  await vi.advanceTimersByTimeAsync(0);
  expect(exitCodes).toEqual([1]);
});

test('a stop in order leaves the exit code alone', async () => {
  const { signals, exitCodes, raised } = bench(async () => undefined);
  signals.emit('SIGTERM', 'SIGTERM');
  await vi.advanceTimersByTimeAsync(0);
  expect([exitCodes, raised]).toEqual([[], []]);
});
