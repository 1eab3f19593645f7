import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EventNote } from '../../../../controller/events/event-recorder.ts';
import { createEventRecorder } from '../../../../controller/events/kube-event-recorder.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { quietLogger } from '../../../support/quiet-logger.ts';

function note(message = 'm', name = 'db'): EventNote {
  const metadata = { name, namespace: 'shop', uid: name };
  const regarding = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', metadata };
  return { regarding, type: 'Normal', reason: 'Unsealed', message };
}

function bench(options: { fail?: () => unknown; isBusy?: () => boolean; gate?: Promise<void> } = {}) {
  const created: KubeObject[] = [];
  const patched: { name: string; patch: unknown }[] = [];
  const results: string[] = [];
  const recorder = createEventRecorder({
    client: {
      create: async (_type, object) => {
        const failure = options.fail?.();
        if (failure !== undefined) throw failure;
        await options.gate;
        created.push(object);
        return object;
      },
      mergePatch: async (_type, { name }, patch) => {
        if (!created.some((event) => event.metadata.name === name)) throw new KubeError('KUBE_NOT_FOUND', 'gone');
        patched.push({ name, patch });
        return note().regarding;
      },
    },
    now: () => new Date(Date.now()),
    logger: quietLogger,
    metrics: { event: (result) => results.push(result) },
    isBusy: options.isBusy ?? (() => false),
  });
  return { recorder, created, patched, results };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('a note becomes an event in the background', async () => {
  const { recorder, created, results } = bench();
  recorder.record(note());
  await vi.advanceTimersByTimeAsync(0);
  expect(created).toHaveLength(1);
  expect(results).toEqual(['written']);
});

test('a repeated note raises the count of its event', async () => {
  const { recorder, created, patched } = bench();
  recorder.record(note());
  await vi.advanceTimersByTimeAsync(1_000);
  recorder.record(note());
  await vi.advanceTimersByTimeAsync(1_000);
  recorder.record(note('other'));
  await vi.advanceTimersByTimeAsync(0);
  expect(created).toHaveLength(2);
  expect(patched).toEqual([{ name: created[0]?.metadata.name, patch: expect.objectContaining({ count: 2 }) }]);
});

test('a note that is repeated while its event is being written raises the count of that event', async () => {
  const gate = Promise.withResolvers<void>();
  const { recorder, created, patched } = bench({ gate: gate.promise });
  recorder.record(note());
  await vi.advanceTimersByTimeAsync(1_000);
  recorder.record(note());
  recorder.record(note('other'));
  await vi.advanceTimersByTimeAsync(1_000);
  gate.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(created.map((event) => event['message'])).toEqual(['m', 'other']);
  expect(patched).toEqual([{ name: created[0]?.metadata.name, patch: expect.objectContaining({ count: 2 }) }]);
});

test('a repeated note whose event has gone becomes a new event', async () => {
  const { recorder, created } = bench();
  recorder.record(note());
  await vi.advanceTimersByTimeAsync(0);
  created.length = 0;
  recorder.record(note());
  await vi.advanceTimersByTimeAsync(0);
  expect(created).toHaveLength(1);
});

test('a failure to write is counted, and later notes are written', async () => {
  const failures: unknown[] = [new KubeError('KUBE_FORBIDDEN', 'no')];
  const { recorder, created, results } = bench({ fail: () => failures.shift() });
  recorder.record(note('first'));
  await vi.advanceTimersByTimeAsync(0);
  recorder.record(note('second'));
  await vi.advanceTimersByTimeAsync(0);
  expect(results).toEqual(['dropped', 'written']);
  expect(created).toHaveLength(1);
});

test('events wait while more urgent work is under way, but not for ever', async () => {
  let isBusy = true;
  const { recorder, created } = bench({ isBusy: () => isBusy });
  recorder.record(note('a'));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(created).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(created).toHaveLength(1);
  recorder.record(note('b'));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(created).toHaveLength(1);
  isBusy = false;
  await vi.advanceTimersByTimeAsync(200);
  expect(created).toHaveLength(2);
});

test('a flood of notes is bounded', async () => {
  const { recorder, results } = bench({ isBusy: () => true });
  for (let index = 0; index < 5_000; index += 1) recorder.record(note('m', `n${index}`));
  expect(results.filter((result) => result === 'dropped').length).toBeGreaterThan(800);
});

test('stop writes what waits and takes nothing more', async () => {
  const { recorder, created } = bench({ isBusy: () => true });
  recorder.record(note('a'));
  const stopping = recorder.stop();
  recorder.record(note('b'));
  await vi.advanceTimersByTimeAsync(300);
  await stopping;
  expect(created.map((event) => event['message'])).toEqual(['a']);
});
