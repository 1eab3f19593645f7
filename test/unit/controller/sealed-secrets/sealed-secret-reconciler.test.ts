import { expect, test } from 'vitest';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { SEALED_SECRETS } from '../../../../shared/kube/resource-type.ts';
import { encoded } from '../../../support/key-secret.ts';
import { bothRing, secondCertificate } from '../../../support/test-secrets.ts';
import { REQUEST, sealFor, UnsealBench, unsealedBench } from '../../../support/unseal-bench.ts';

const quiet = () => undefined;

test('a second look at an unchanged object asks nothing, decrypts nothing and says nothing', async () => {
  const bench = await unsealedBench();
  const version = (await bench.sealed())?.metadata.resourceVersion;
  bench.restart();
  bench.secrets.calls.length = 0;
  expect(await bench.reconcile()).toBe('settled');
  // The one request is the bench's own look.
  expect(bench.secrets.calls).toEqual(['get']);
  expect([bench.decryptions, bench.events]).toEqual([[], []]);
  expect((await bench.sealed())?.metadata.resourceVersion).toBe(version);
});

test('a Secret that others have written to is compared, not decrypted', async () => {
  const bench = await unsealedBench();
  const live = await bench.secret();
  bench.secrets.put({ ...live!, metadata: { ...live!.metadata, labels: { team: 'blue' } } });
  bench.restart();
  expect(await bench.reconcile()).toBe('settled');
  expect(bench.decryptions).toEqual([]);
  expect((await bench.secret())?.metadata.labels).toEqual({ team: 'blue' });
});

test('a changed value is found and put right, with an event', async () => {
  const bench = await unsealedBench();
  const live = await bench.secret();
  bench.secrets.put({ ...live!, data: encoded({ password: 'edited' }) });
  await bench.reconcile();
  expect((await bench.secret())?.['data']).toEqual(encoded({ password: 'p' }));
  expect(bench.events.map(({ reason }) => reason)).toEqual(['SecretRepaired']);
});

test('a fight over a Secret is slowed down, and never given up', async () => {
  const bench = await unsealedBench();
  const edit = async () => {
    const live = await bench.secret();
    bench.secrets.put({ ...live!, data: encoded({ password: 'edited' }) });
    return bench.reconcile();
  };
  const outcomes = [];
  for (let round = 0; round < 11; round += 1) outcomes.push(await edit());
  expect(outcomes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'settled'));
  expect(outcomes[10]).toBe('again');
  bench.nowMs += 60_000;
  expect(await edit()).toBe('settled');
});

test('a failing object is not tried again before object or keys change', async () => {
  const bench = new UnsealBench();
  await bench.put(await sealFor({ password: 'p' }, secondCertificate));
  expect(await bench.reconcile()).toBe('stalled');
  expect(bench.events).toHaveLength(1);
  bench.restart();
  expect(await bench.reconcile()).toBe('stalled');
  expect([bench.decryptions, bench.events]).toEqual([[], []]);
  bench.keyring = bothRing;
  expect(await bench.reconcile()).toBe('settled');
  expect(await bench.ready()).toBe('Unsealed');
});

test('where the API server stores no records, one decryption per start is all it costs', async () => {
  const bench = await unsealedBench({ prunes: true });
  const conditions = (await bench.sealed())?.status?.conditions;
  await bench.reconcile();
  await bench.reconcile();
  expect(bench.decryptions).toEqual([]);
  bench.restart();
  bench.nowMs += 60_000;
  await bench.reconcile();
  await bench.reconcile();
  expect(bench.decryptions).toEqual(['Unsealed']);
  expect(bench.secrets.calls.filter((call) => call !== 'get')).toEqual([]);
  expect(bench.events).toEqual([]);
  expect((await bench.sealed())?.status).toEqual({ observedGeneration: 1, conditions });
});

test.each([true, false])(
  'Synced keeps its transition through Unknown, whatever the API server stores (%s)',
  async (prunes) => {
    const bench = await unsealedBench({ prunes });
    const synced = async () => (await bench.sealed())?.status?.conditions?.[0];
    const before = (await synced())?.lastTransitionTime;
    const seen: unknown[] = [];
    bench.secrets.before = async (verb) => {
      if (verb === 'replace') seen.push((await synced())?.status);
    };
    bench.nowMs += 60_000;
    await bench.put(await sealFor({ password: 'new' }), 2);
    await bench.reconcile();
    expect(seen).toEqual(['Unknown']);
    expect(await synced()).toMatchObject({ status: 'True', lastTransitionTime: before });
  },
);

test('an end between Unknown and the result keeps the transition, too', async () => {
  const bench = await unsealedBench();
  const before = (await bench.sealed())?.status?.conditions?.[0]?.lastTransitionTime;
  bench.nowMs += 60_000;
  await bench.put(await sealFor({ password: 'new' }), 2);
  bench.secrets.before = (verb) => {
    if (verb === 'replace') throw new KubeError('KUBE_UNREACHABLE', 'gone');
  };
  expect(await bench.reconcile()).toBe('retry');
  expect((await bench.sealed())?.status?.conditions?.[0]?.status).toBe('Unknown');
  bench.secrets.before = quiet;
  bench.restart();
  await bench.reconcile();
  expect((await bench.sealed())?.status?.conditions?.[0]).toMatchObject({ status: 'True', lastTransitionTime: before });
});

test('a server that cannot be reached is no reason to say that the object failed', async () => {
  const bench = new UnsealBench();
  await bench.put(await sealFor({ password: 'p' }));
  bench.secrets.before = (verb) => {
    if (verb === 'create') throw new KubeError('KUBE_UNREACHABLE', 'no route');
  };
  expect(await bench.reconcile()).toBe('retry');
  expect((await bench.sealed())?.status).toBeUndefined();
});

test('a status that others write at the same time is written again over theirs', async () => {
  const bench = new UnsealBench();
  await bench.put(await sealFor({ password: 'p' }));
  let edits = 0;
  bench.sealedObjects.before = (verb) => {
    if (verb !== 'patch' || edits++ > 0) return;
    void bench.sealedObjects.mergePatch(SEALED_SECRETS, REQUEST, { metadata: { labels: { edited: 'yes' } } });
  };
  await bench.reconcile();
  expect(await bench.ready()).toBe('Unsealed');
  expect((await bench.sealed())?.metadata.labels).toEqual({ edited: 'yes' });
});

test('a deleted object is left alone', async () => {
  const bench = new UnsealBench();
  const sealed = await sealFor({ password: 'p' });
  await bench.put({ ...sealed, metadata: { ...sealed.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
  expect(await bench.reconcile()).toBe('settled');
  expect(await bench.secret()).toBeNull();
});
