import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Logger } from '../../../../controller/logging/logger.ts';
import type { ReconcileMetrics } from '../../../../controller/metrics/reconcile-metrics.ts';
import { createLoop, type Loop } from '../../../../controller/reconcile-loop/loop.ts';
import type { Outcome, Request } from '../../../../controller/reconcile-loop/reconciler.ts';
import { HeavyTurns, WAITS_FOR_TURN, wakeForTurn } from '../../../../controller/sealed-secrets/heavy-turns.ts';
import { quietLogger } from '../../../support/quiet-logger.ts';

const a: Request = { namespace: 'ns', name: 'a' };
const b: Request = { namespace: 'ns', name: 'b' };
const SETTLED: Outcome = { kind: 'settled' };

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

interface Bench {
  readonly loop: Loop;
  /** `namespace/name` of each reconcile, in order. */
  readonly calls: string[];
  readonly warnings: string[];
  readonly results: string[];
}

function bench(reconcile: (request: Request, signal: AbortSignal) => Promise<Outcome>, concurrency = 2): Bench {
  const calls: string[] = [];
  const warnings: string[] = [];
  const results: string[] = [];
  const logger: Logger = { ...quietLogger, warn: (fields) => warnings.push(String(fields['error'])) };
  const metrics: ReconcileMetrics = {
    reconciled: (_kind, result) => results.push(result),
    queueDepth: () => undefined,
  };
  const reconciler = {
    reconcile: (request: Request, signal: AbortSignal) => {
      calls.push(request.name);
      return reconcile(request, signal);
    },
  };
  const loop = createLoop({ reconciler, name: 'Test', concurrency, random: () => 0, logger, metrics });
  return { loop, calls, warnings, results };
}

test('requests made before the start are kept, and those for one object merge', async () => {
  const { loop, calls } = bench(async () => SETTLED);
  loop.enqueue(a);
  loop.enqueue(a);
  loop.enqueue(b);
  expect(calls).toEqual([]);
  loop.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toEqual(['a', 'b']);
  expect(loop.isBusy()).toBe(false);
});

test('retryNow brings what failed forward with a new backoff, and leaves all else alone', async () => {
  let isFailing = true;
  const outcome = async ({ name }: Request): Promise<Outcome> => {
    if (name === 'b') return { kind: 'again', afterMs: 60_000 };
    return isFailing ? { kind: 'retry', error: new Error('away') } : SETTLED;
  };
  const { loop, calls } = bench(outcome);
  loop.start();
  loop.enqueue(a);
  loop.enqueue(b);
  await vi.advanceTimersByTimeAsync(30_000);
  const before = calls.filter((name) => name === 'a').length;
  loop.retryNow();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls.filter((name) => name === 'a')).toHaveLength(before + 1);
  isFailing = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(calls.filter((name) => name === 'a')).toHaveLength(before + 2);
  loop.retryNow();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls.filter((name) => name === 'a')).toHaveLength(before + 2);
  expect(calls.filter((name) => name === 'b')).toHaveLength(1);
});

test('a request for an object that is being worked on runs afterwards, never at the same time', async () => {
  const gates: (() => void)[] = [];
  const { loop, calls } = bench(() => new Promise((resolve) => gates.push(() => resolve(SETTLED))));
  loop.start();
  loop.enqueue(a);
  loop.enqueue(a);
  loop.enqueue(a);
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toEqual(['a']);
  gates.shift()?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toEqual(['a', 'a']);
  gates.shift()?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toEqual(['a', 'a']);
});

test('no more objects are worked on at once than the concurrency says', async () => {
  let running = 0;
  let most = 0;
  const { loop, calls } = bench(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    return SETTLED;
  });
  loop.start();
  for (const name of ['1', '2', '3', '4', '5']) loop.enqueue({ namespace: 'ns', name });
  await vi.advanceTimersByTimeAsync(50);
  expect(calls).toHaveLength(5);
  expect(most).toBe(2);
});

test('the earliest of several delays wins, and a request without delay beats them all', async () => {
  const { loop, calls } = bench(async () => SETTLED);
  loop.start();
  loop.enqueue(a, 1_000);
  loop.enqueue(a, 200);
  loop.enqueue(a, 500);
  await vi.advanceTimersByTimeAsync(199);
  expect(calls).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(calls).toEqual(['a']);
  loop.enqueue(a, 1_000);
  loop.enqueue(a);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(calls).toEqual(['a', 'a']);
});

test('a failing object comes back after doubling waits, and a new request starts them afresh', async () => {
  const { loop, calls, warnings } = bench(async () => ({ kind: 'retry', error: new Error('not yet') }));
  loop.start();
  loop.enqueue(a);
  await vi.advanceTimersByTimeAsync(0);
  for (const [waitMs, count] of [
    [500, 2],
    [1_000, 3],
    [2_000, 4],
  ] as const) {
    await vi.advanceTimersByTimeAsync(waitMs - 1);
    expect(calls).toHaveLength(count - 1);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toHaveLength(count);
  }
  loop.enqueue(a);
  await vi.advanceTimersByTimeAsync(500);
  expect(calls).toHaveLength(6);
  expect(new Set(warnings)).toEqual(new Set(['not yet']));
});

test('a failure that names a wait is not tried again before it', async () => {
  const { loop, calls } = bench(async () => ({ kind: 'retry', error: new Error('busy'), atLeastMs: 9_000 }));
  loop.start();
  loop.enqueue(a);
  await vi.advanceTimersByTimeAsync(8_999);
  expect(calls).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(calls).toHaveLength(2);
});

test('a fresh failure begins the backoff anew, and a ceiling holds', async () => {
  const retry = (parts: object): Outcome => ({ kind: 'retry', error: new Error('no'), ...parts });
  const outcomes = [retry({}), retry({}), retry({}), retry({ isFresh: true }), retry({ atMostMs: 600 }), SETTLED];
  const { loop, calls } = bench(async () => outcomes.shift() ?? SETTLED);
  loop.start();
  loop.enqueue(a);
  await vi.advanceTimersByTimeAsync(500 + 1_000 + 2_000);
  expect(calls).toHaveLength(4);
  await vi.advanceTimersByTimeAsync(500);
  expect(calls).toHaveLength(5);
  await vi.advanceTimersByTimeAsync(600);
  expect(calls).toHaveLength(6);
});

test('"again" looks again after its time, "stalled" only after a request', async () => {
  const outcomes: Outcome[] = [{ kind: 'again', afterMs: 300 }, { kind: 'stalled', reason: 'Broken' }, SETTLED];
  const { loop, calls, results } = bench(async () => outcomes.shift() ?? SETTLED);
  loop.start();
  loop.enqueue(a);
  await vi.advanceTimersByTimeAsync(300);
  expect(calls).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(calls).toHaveLength(2);
  loop.enqueue(a);
  await vi.advanceTimersByTimeAsync(0);
  expect(results).toEqual(['again', 'stalled', 'settled']);
});

test('objects that fail and wait for a turn in between come back ever more rarely all the same', async () => {
  const names = Array.from({ length: 12 }, (_, index) => ({ namespace: 'ns', name: `n${index}` }));
  const turns = new HeavyTurns({ places: 1, wake: (request) => wakeForTurn(loop, request) });
  const { loop, results } = bench(async (request) => {
    try {
      if (!turns.enter(request)) return WAITS_FOR_TURN;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { kind: 'retry', error: new Error('refused') };
    } finally {
      turns.leave(request);
    }
  }, 4);
  for (const name of names) loop.enqueue(name);
  loop.start();
  await vi.advanceTimersByTimeAsync(600_000);
  // Each doubles its wait from half a second to five minutes: some eleven tries in ten minutes.
  expect(results.filter((result) => result === 'retry').length).toBeLessThan(12 * 14);
});

test('a reconciler that throws is tried again and harms no other object', async () => {
  const { loop, calls, results } = bench(async (request) => {
    if (request.name === 'a') throw new Error('bug');
    return SETTLED;
  }, 1);
  loop.start();
  loop.enqueue(a);
  loop.enqueue(b);
  await vi.advanceTimersByTimeAsync(500);
  expect(calls).toEqual(['a', 'b', 'a']);
  expect(results).toEqual(['panic', 'settled', 'panic']);
});

test('stop aborts what runs, waits for it, and starts nothing more', async () => {
  let aborted = false;
  const { loop, calls } = bench(
    (_request, signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          aborted = true;
          setTimeout(() => resolve({ kind: 'again', afterMs: 1 }), 50);
        }),
      ),
  );
  loop.start();
  loop.enqueue(a);
  loop.enqueue(b, 10);
  await vi.advanceTimersByTimeAsync(0);
  let stopped = false;
  const stopping = loop.stop().then(() => {
    stopped = true;
  });
  await vi.advanceTimersByTimeAsync(49);
  expect({ aborted, stopped }).toEqual({ aborted: true, stopped: false });
  await vi.advanceTimersByTimeAsync(1);
  await stopping;
  loop.enqueue(a);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls).toEqual(['a']);
});

test('a new object is worked on before the backlog of a start, and a retry takes no other turn', async () => {
  const isBad = (name: string) => name === 'bad';
  const { loop, calls } = bench(
    async ({ name }) => (isBad(name) ? { kind: 'retry', error: new Error('not yet') } : SETTLED),
    1,
  );
  const named = (name: string): Request => ({ namespace: 'ns', name });
  loop.enqueue(named('bad'), 0, 'backlog');
  for (let index = 0; index < 5; index += 1) loop.enqueue(named(`old-${index}`), 0, 'backlog');
  loop.start();
  loop.enqueue(named('new'));
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toEqual(['bad', 'new', 'old-0', 'old-1', 'old-2', 'old-3', 'old-4']);
  await vi.advanceTimersByTimeAsync(500);
  expect(calls.slice(7)).toEqual(['bad']);
});
