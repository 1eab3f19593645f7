import { expect, test } from 'vitest';
import type { EventNote } from '../../../../controller/events/event-recorder.ts';
import { SealedSecretStore } from '../../../../controller/sealed-secrets/sealed-secret-store.ts';
import { StatusReporter } from '../../../../controller/sealed-secrets/status-reporter.ts';
import type { Verdict } from '../../../../controller/sealed-secrets/verdict.ts';
import { describeError } from '../../../../shared/errors/describe-error.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { liveSealed } from '../../../support/live-objects.ts';
import { quietLogger } from '../../../support/quiet-logger.ts';

const request = { namespace: 'shop', name: 'db' };
const verdict: Verdict = { state: 'unsealed', reason: 'Unsealed', message: '', record: null, attempt: null };
const reportOf = (wroteSecret: boolean) => ({ uid: 'sealed-uid', generation: 1, verdict, wroteSecret });

/** A reporter whose next write of a status ends as `answer` does. */
function bench() {
  const store = new SealedSecretStore();
  store.observe(liveSealed());
  const world = { answer: Promise.resolve() };
  const events: EventNote[] = [];
  const reporter = new StatusReporter({
    client: { get: async () => null },
    store,
    statuses: {
      asSaid: (sealed) => sealed,
      write: async (sealed, status) => {
        await world.answer;
        const { resourceVersion = '' } = sealed.metadata;
        store.observe({ ...liveSealed({ metadata: { resourceVersion: `${resourceVersion}1` }, status }) });
      },
      forget: () => undefined,
    },
    events: { record: (note) => events.push(note) },
    logger: quietLogger,
    now: () => new Date(0),
  });
  return { reporter, world, events };
}

test('what is told while its status is being written is not told again for a report that comes meanwhile', async () => {
  const { reporter, world, events } = bench();
  const gate = Promise.withResolvers<void>();
  world.answer = gate.promise;
  reporter.keep(request, reportOf(true));
  const writing = reporter.reconcile(request);
  reporter.keep(request, reportOf(false));
  gate.resolve();
  await writing;
  await reporter.reconcile(request);
  expect(events.map(({ reason }) => reason)).toEqual(['Unsealed']);
});

test('a report whose status could not be written is told when it is, whatever was reported since', async () => {
  const { reporter, world, events } = bench();
  const gate = Promise.withResolvers<void>();
  world.answer = gate.promise;
  reporter.keep(request, { ...reportOf(true), repair: 'key "a" changed' });
  const writing = reporter.reconcile(request);
  reporter.keep(request, reportOf(false));
  gate.reject(new KubeError('KUBE_UNREACHABLE', 'cannot reach it'));
  expect(await writing).toMatchObject({ kind: 'retry' });
  expect(events).toEqual([]);
  world.answer = Promise.resolve();
  await reporter.reconcile(request);
  expect(events.map(({ reason }) => reason)).toEqual(['Unsealed', 'SecretRepaired']);
});

test('a failure whose status may not be written is in what the log says instead', async () => {
  const { reporter, world } = bench();
  world.answer = Promise.reject(new KubeError('KUBE_FORBIDDEN', 'cannot patch it', { retryAfterMs: 7_000 }));
  const failed: Verdict = { ...verdict, state: 'stalled', reason: 'KeyNotFound', message: 'no key (a)\nseal it again' };
  reporter.keep(request, { ...reportOf(false), verdict: failed });
  const outcome = await reporter.reconcile(request);
  expect(outcome).toMatchObject({ kind: 'retry', atLeastMs: 7_000 });
  const said = outcome.kind === 'retry' ? describeError(outcome.error) : '';
  expect(said).toBe('cannot patch it; it was to say KeyNotFound: no key (a) seal it again');
});
