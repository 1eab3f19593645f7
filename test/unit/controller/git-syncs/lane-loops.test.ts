import { expect, onTestFinished, test } from 'vitest';
import { LaneLoops } from '../../../../controller/git-syncs/lane-loops.ts';
import type { Outcome, Request } from '../../../../controller/reconcile-loop/reconciler.ts';
import { eventually } from '../../../support/eventually.ts';
import { quietLogger } from '../../../support/quiet-logger.ts';

/** Lanes of requests by the first letter of their names; work on them ends when it is told to. */
function world() {
  const lanes = new Map<string, string>();
  const running = new Map<string, () => void>();
  const seen: string[] = [];
  const depths: number[] = [];
  const reconcile = ({ name }: Request): Promise<Outcome> => {
    expect(running.has(name)).toBe(false);
    seen.push(name);
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    running.set(name, () => {
      running.delete(name);
      resolve({ kind: 'settled' });
    });
    return promise;
  };
  const loops = new LaneLoops({
    reconciler: { reconcile },
    concurrency: 4,
    random: () => 0.5,
    logger: quietLogger,
    metrics: { reconciled: () => undefined, queueDepth: (_, depth) => depths.push(depth) },
    laneOf: ({ name }) => lanes.get(name) ?? '',
  });
  onTestFinished(() => {
    for (const end of [...running.values()]) end();
    return loops.stop();
  });
  const enqueue = (name: string, lane = lanes.get(name) ?? ''): void => {
    lanes.set(name, lane);
    loops.enqueue({ namespace: 'n', name });
  };
  loops.start();
  return { loops, enqueue, running, seen, depths, lanes };
}

test('a lane that is full holds up no other', async () => {
  const { enqueue, running, depths } = world();
  for (const name of ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']) enqueue(name, 'hole');
  for (const name of ['a', 'b', 'c', 'd']) enqueue(name);
  enqueue('o', 'other');
  await eventually(() => expect([...running.keys()].sort()).toEqual(['a', 'b', 'c', 'd', 'h1', 'h2', 'o']));
  expect(depths.at(-1)).toBe(4);
});

test('a request that changes its lane is never worked on in both', async () => {
  const { enqueue, running, seen } = world();
  enqueue('x');
  await eventually(() => expect(running.has('x')).toBe(true));
  enqueue('x', 'other');
  enqueue('y', 'other');
  await eventually(() => expect(running.has('y')).toBe(true));
  expect(seen).toEqual(['x', 'y']);
  running.get('x')?.();
  await eventually(() => expect(seen).toEqual(['x', 'y', 'x']));
});

test('what waits in the lane of before is worked on in the present one', async () => {
  const { enqueue, running, lanes, seen } = world();
  for (const name of ['h1', 'h2']) enqueue(name, 'hole');
  enqueue('x', 'hole');
  lanes.set('x', '');
  running.get('h1')?.();
  await eventually(() => expect(seen).toContain('x'));
});

test('lanes in which nothing is left to do are forgotten, and come back when they are needed', async () => {
  const { loops, enqueue, running, depths, seen } = world();
  for (let index = 0; index < 50; index += 1) {
    const name = `x${index}`;
    enqueue(name, `lane ${index}`);
    await eventually(() => expect(running.has(name)).toBe(true));
    running.get(name)?.();
    await eventually(() => expect(running.has(name)).toBe(false));
  }
  depths.length = 0;
  // Each lane that there is tells its depth.
  loops.start();
  expect(depths.length).toBeLessThan(5);
  enqueue('x0', 'lane 0');
  await eventually(() => expect(seen.at(-1)).toBe('x0'));
});
