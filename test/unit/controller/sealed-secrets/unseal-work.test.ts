import { expect, test } from 'vitest';
import { SEALED_SECRETS } from '../../../../shared/kube/resource-type.ts';
import { DRIFT_ANNOTATION, MANAGED_ANNOTATION, PATCH_ANNOTATION } from '../../../../shared/resources/names.ts';
import { encoded } from '../../../support/key-secret.ts';
import { REQUEST, sealFor, UnsealBench, unsealedBench } from '../../../support/unseal-bench.ts';

const EDITED = encoded({ password: 'canary-edited' });

async function annotate(bench: UnsealBench, mode: string | null): Promise<void> {
  const patch = { metadata: { annotations: { [DRIFT_ANNOTATION]: mode } } };
  await bench.sealedObjects.mergePatch(SEALED_SECRETS, REQUEST, patch);
}

async function edit(bench: UnsealBench, data: Record<string, string> = EDITED): Promise<void> {
  const live = await bench.secret();
  const managedFields = [
    { manager: 'kubectl-edit', time: '2026-01-01T11:00:00Z', fieldsV1: { 'f:data': { 'f:password': {} } } },
  ];
  bench.secrets.put({ ...live!, metadata: { ...live!.metadata, managedFields }, data });
}

/** A bench under `mode` that has seen its own work since. */
async function benchOf(mode: string, options: { prunes?: boolean } = {}): Promise<UnsealBench> {
  const bench = await unsealedBench(options);
  await annotate(bench, mode);
  await bench.reconcile();
  bench.events.length = 0;
  bench.decryptions.length = 0;
  bench.secrets.calls.length = 0;
  return bench;
}

const writes = (bench: UnsealBench) => bench.secrets.calls.filter((call) => call !== 'get');
const reasons = (bench: UnsealBench) => bench.events.map(({ reason }) => reason);
const condition = async (bench: UnsealBench, type: string) =>
  (await bench.sealed())?.status?.conditions?.find((one) => one.type === type);

test('a repair says who had changed what, and when', async () => {
  const bench = await unsealedBench();
  await edit(bench);
  await bench.reconcile();
  expect(bench.events).toMatchObject([
    {
      type: 'Warning',
      reason: 'SecretRepaired',
      message:
        'Secret "db" is as it was sealed again: changed by "kubectl-edit" at 2026-01-01T11:00:00Z: key "password" changed',
    },
  ]);
  expect(await condition(bench, 'Drifted')).toBeUndefined();
});

test.each([true, false])(
  'report: an edit stays, with one event and a condition (pruned status: %s)',
  async (prunes) => {
    const bench = await benchOf('report', { prunes });
    await edit(bench);
    for (let round = 0; round < 3; round += 1) expect(await bench.reconcile()).toBe('settled');
    expect(writes(bench)).toEqual([]);
    expect((await bench.secret())?.['data']).toEqual(EDITED);
    expect(bench.decryptions).toEqual(['Unsealed']);
    expect(bench.events).toMatchObject([{ type: 'Warning', reason: 'SecretDrifted' }]);
    expect(bench.events[0]?.message).toContain(
      'changed by "kubectl-edit" at 2026-01-01T11:00:00Z: key "password" changed',
    );
    expect(JSON.stringify([bench.events, await bench.sealed()])).not.toContain('canary');
    expect(await condition(bench, 'Drifted')).toMatchObject({ status: 'True', reason: 'SecretChanged' });
    expect(await condition(bench, 'Ready')).toMatchObject({ status: 'True', reason: 'Unsealed' });
  },
);

test('report: a restart says nothing again and decrypts nothing', async () => {
  const bench = await benchOf('report');
  await edit(bench);
  await bench.reconcile();
  const before = (await bench.sealed())?.metadata.resourceVersion;
  bench.restart();
  await bench.reconcile();
  await bench.reconcile();
  expect([bench.decryptions, bench.events, writes(bench)]).toEqual([[], [], []]);
  expect((await bench.sealed())?.metadata.resourceVersion).toBe(before);
});

test('report: where records are not stored, a restart decrypts once and says nothing again', async () => {
  const bench = await benchOf('report', { prunes: true });
  await edit(bench);
  await bench.reconcile();
  bench.restart();
  await bench.reconcile();
  await bench.reconcile();
  expect([bench.decryptions, bench.events, writes(bench)]).toEqual([['Unsealed'], [], []]);
  expect(await condition(bench, 'Drifted')).toMatchObject({ status: 'True' });
});

test('report: another label on an edited Secret is compared, not decrypted, and is no news', async () => {
  const bench = await benchOf('report');
  await edit(bench);
  await bench.reconcile();
  bench.events.length = 0;
  bench.decryptions.length = 0;
  const live = await bench.secret();
  bench.secrets.put({ ...live!, metadata: { ...live!.metadata, labels: { team: 'blue' } } });
  await bench.reconcile();
  expect([bench.decryptions, bench.events]).toEqual([[], []]);
  expect(await condition(bench, 'Drifted')).toMatchObject({ status: 'True' });
});

test('report: another edit is told again', async () => {
  const bench = await benchOf('report');
  await edit(bench);
  await bench.reconcile();
  await edit(bench, { ...EDITED, ...encoded({ extra: 'e' }) });
  await bench.reconcile();
  expect(reasons(bench)).toEqual(['SecretDrifted', 'SecretDrifted']);
  expect((await condition(bench, 'Drifted'))?.message).toContain('key "extra" added');
});

test('report: an edit that is taken back ends the condition', async () => {
  const bench = await benchOf('report');
  await edit(bench);
  await bench.reconcile();
  await edit(bench, encoded({ password: 'p' }));
  await bench.reconcile();
  expect(await condition(bench, 'Drifted')).toMatchObject({ status: 'False', message: '' });
  expect(Object.keys((await bench.sealed())?.status?.unsealed ?? {})).not.toContain('driftedVersion');
  expect((await condition(bench, 'Ready'))?.message).toBe('the Secret is as it was sealed');
  expect(reasons(bench)).toEqual(['SecretDrifted']);
});

test.each([true, false])('report: a new generation is written over an edit (pruned status: %s)', async (prunes) => {
  const bench = await benchOf('report', { prunes });
  await edit(bench);
  await bench.reconcile();
  const sealed = await sealFor({ password: 'new' });
  await bench.put({ ...sealed, metadata: { ...sealed.metadata, annotations: { [DRIFT_ANNOTATION]: 'report' } } }, 2);
  bench.restart();
  await bench.reconcile();
  expect((await bench.secret())?.['data']).toEqual(encoded({ password: 'new' }));
  expect(await condition(bench, 'Drifted')).toMatchObject({ status: 'False' });
});

test.each(['report', 'repair'])('%s: a deleted Secret is made again', async (mode) => {
  const bench = await benchOf(mode);
  bench.secrets.remove(REQUEST);
  await bench.reconcile();
  expect((await bench.secret())?.['data']).toEqual(encoded({ password: 'p' }));
  expect(reasons(bench)).toEqual(['Unsealed']);
});

test.each([true, false])('ignore: neither an edit nor a deletion is looked at (pruned status: %s)', async (prunes) => {
  const bench = await benchOf('ignore', { prunes });
  await edit(bench);
  await bench.reconcile();
  // Each reconcile of the bench looks once itself.
  expect(bench.secrets.calls).toEqual(['get', 'get']);
  bench.restart();
  await bench.reconcile();
  expect(writes(bench)).toEqual([]);
  bench.secrets.remove(REQUEST);
  await bench.reconcile();
  bench.restart();
  await bench.reconcile();
  expect(await bench.secret()).toBeNull();
  expect(bench.events).toEqual([]);
  expect(await bench.ready()).toBe('Unsealed');
});

test('ignore: a new generation is written', async () => {
  const bench = await benchOf('ignore');
  await edit(bench);
  const sealed = await sealFor({ password: 'new' });
  await bench.put({ ...sealed, metadata: { ...sealed.metadata, annotations: { [DRIFT_ANNOTATION]: 'ignore' } } }, 2);
  await bench.reconcile();
  expect((await bench.secret())?.['data']).toEqual(encoded({ password: 'new' }));
});

test.each(['report', 'ignore'])('an edit under %s is repaired when the annotation goes', async (mode) => {
  for (const isRestarted of [true, false]) {
    const bench = await benchOf(mode);
    await edit(bench);
    await bench.reconcile();
    if (isRestarted) bench.restart();
    await annotate(bench, null);
    await bench.reconcile();
    expect((await bench.secret())?.['data']).toEqual(encoded({ password: 'p' }));
    expect(reasons(bench)).toContain('SecretRepaired');
  }
});

test('an unknown mode repairs, and is told once', async () => {
  const bench = await unsealedBench();
  await annotate(bench, 'Repotr');
  await bench.reconcile();
  await edit(bench);
  await bench.reconcile();
  bench.restart();
  await bench.reconcile();
  expect(await condition(bench, 'Ready')).toMatchObject({
    status: 'True',
    message: expect.stringContaining('"Repotr"'),
  });
  expect((await bench.secret())?.['data']).toEqual(encoded({ password: 'p' }));
  expect(bench.events).toEqual([]);
});

test('an unknown mode is told by an event', async () => {
  const bench = await unsealedBench();
  await annotate(bench, 'Repotr');
  await bench.reconcile();
  await bench.reconcile();
  expect(reasons(bench)).toEqual(['DriftModeUnknown']);
});

test('a Secret that is replaced by one of somebody else is no drift but in the way', async () => {
  const bench = await benchOf('report');
  bench.secrets.remove(REQUEST);
  bench.secrets.put({ apiVersion: 'v1', kind: 'Secret', metadata: { ...REQUEST, uid: 'foreign' }, data: EDITED });
  await bench.reconcile();
  expect(await bench.ready()).toBe('SecretExists');
});

test('where records are not stored, a restart leaves labels of others alone, and repairs an edit', async () => {
  const bench = await unsealedBench({ prunes: true });
  const live = await bench.secret();
  bench.secrets.put({ ...live!, metadata: { ...live!.metadata, labels: { team: 'blue' } } });
  bench.restart();
  await bench.reconcile();
  expect([writes(bench), bench.events]).toEqual([[], []]);
  await edit(bench);
  bench.restart();
  await bench.reconcile();
  expect((await bench.secret())?.['data']).toEqual(encoded({ password: 'p' }));
  expect(reasons(bench)).toEqual(['SecretRepaired']);
});

const FOREIGN = { ...REQUEST, uid: 'foreign', resourceVersion: '7' };

/** A bench that never unsealed, whose status says that it did, and a Secret of somebody else with other values. */
async function forgedBench(annotations: Record<string, string>, mode: string, guess: string): Promise<UnsealBench> {
  const bench = new UnsealBench();
  const metadata = { ...FOREIGN, annotations };
  bench.secrets.put({ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: encoded({ password: 'p' }) });
  await bench.put(await sealFor({ password: guess }));
  await annotate(bench, mode);
  const condition = { type: 'Synced', status: 'True', reason: 'Unsealed', message: '', lastTransitionTime: '' };
  const status = { observedGeneration: 1, conditions: [condition] };
  await bench.sealedObjects.mergePatch(SEALED_SECRETS, REQUEST, { status });
  return bench;
}

test.each([
  ['report', { [PATCH_ANNOTATION]: 'true' }],
  ['ignore', { [PATCH_ANNOTATION]: 'true' }],
  ['report', { [MANAGED_ANNOTATION]: 'true' }],
  ['ignore', { [MANAGED_ANNOTATION]: 'true' }],
])('%s: what a status claims compares no Secret of somebody else (%o)', async (mode, annotations) => {
  const seen = await Promise.all(
    ['p', 'guess'].map(async (guess) => {
      const bench = await forgedBench(annotations, mode, guess);
      await bench.reconcile();
      expect((await bench.secret())?.['data']).toEqual(encoded({ password: guess }));
      const { conditions } = (await bench.sealed())?.status ?? {};
      // A wrong guess is written, so it costs the value that was guessed at.
      for (const told of ['SecretDrifted', 'SecretRepaired']) expect(reasons(bench)).not.toContain(told);
      return { conditions, record: Object.keys((await bench.sealed())?.status?.unsealed ?? {}) };
    }),
  );
  const [right, wrong] = seen;
  expect(right).toEqual(wrong);
});

test('report: a patched Secret of ours that is made again by somebody else is not compared', async () => {
  const bench = await benchOf('report');
  bench.secrets.remove(REQUEST);
  const metadata = { ...FOREIGN, annotations: { [PATCH_ANNOTATION]: 'true' } };
  bench.secrets.put({ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: EDITED });
  await bench.reconcile();
  expect((await bench.secret())?.['data']).toEqual(encoded({ password: 'p' }));
  expect(reasons(bench)).not.toContain('SecretDrifted');
});
