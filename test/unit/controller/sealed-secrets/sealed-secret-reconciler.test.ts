import { expect, test } from 'vitest';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { SEALED_SECRETS } from '../../../../shared/kube/resource-type.ts';
import { SealingError, TemplateError } from '../../../../shared/sealing/errors.ts';
import { Keyring } from '../../../../shared/sealing/keyring.ts';
import { scopeAnnotations } from '../../../../shared/sealing/scope.ts';
import { encoded } from '../../../support/key-secret.ts';
import { bothRing, firstKey, secondCertificate } from '../../../support/test-secrets.ts';
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

async function templatedBench(): Promise<UnsealBench> {
  const bench = new UnsealBench();
  const sealed = await sealFor({ password: 'p' });
  await bench.put({ ...sealed, spec: { ...sealed.spec, template: { data: { t: '{{ .password }}' } } } });
  return bench;
}

async function largeBench(): Promise<UnsealBench> {
  const bench = new UnsealBench();
  await bench.put(await sealFor({ password: 'p'.repeat(64 * 1024) }));
  return bench;
}

test.each([
  ['an object with templates', templatedBench],
  ['a large object', largeBench],
])('%s waits for its turn without a place, a decryption or a word', async (_what, benchOf) => {
  const bench = await benchOf();
  const other = { namespace: 'other', name: 'other' };
  bench.turns.enter(other);
  expect(await bench.reconcile()).toBe('again');
  expect([bench.decryptions, bench.events, (await bench.sealed())?.status]).toEqual([[], [], undefined]);
  bench.turns.leave(other);
  expect(bench.woken).toEqual([REQUEST.name]);
  expect(await bench.reconcile()).toBe('settled');
  expect(bench.turns.enter(other)).toBe(true);
});

test('templates that were ended once are not begun again, also after a restart', async () => {
  const bench = await templatedBench();
  let renderings = 0;
  bench.render = async () => {
    renderings += 1;
    const openly = new SealingError('TEMPLATE_CALL_FAILED', 'cannot make the Secret: a template fails');
    throw new TemplateError('TEMPLATE_TIMED_OUT', 'template "t": takes too long', { openly, hint: 'loop less' });
  };
  for (let round = 0; round < 3; round += 1) {
    expect(await bench.reconcile()).toBe('stalled');
    bench.restart();
  }
  expect(renderings).toBe(1);
  expect((await bench.condition('Ready'))?.message).toBe('cannot make the Secret: a template fails');
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

/** A failure as whoever may write status would claim it: the digests are public, in other objects' status as well. */
async function forgeFailure(bench: UnsealBench): Promise<void> {
  const { sealedDigest } = (await bench.sealed())!.status!.unsealed!;
  const failing = new UnsealBench();
  await failing.put(await sealFor({ password: 'p' }, secondCertificate));
  await failing.reconcile();
  const { keysDigest } = (await failing.sealed())!.status!.attempt!;
  const conditions = [{ ...(await failing.condition('Ready')), message: 'forged' }];
  const status = { unsealed: null, attempt: { sealedDigest, keysDigest, secret: '', proof: '' }, conditions };
  await bench.sealedObjects.mergePatch(SEALED_SECRETS, REQUEST, { status });
}

test('a failure that others wrote into status does not keep an object from being unsealed', async () => {
  const bench = await unsealedBench();
  await forgeFailure(bench);
  bench.secrets.remove(REQUEST);
  bench.restart();
  expect(await bench.reconcile()).toBe('settled');
  expect((await bench.secret())?.['data']).toEqual(encoded({ password: 'p' }));
  expect(await bench.ready()).toBe('Unsealed');
});

test.each([
  ['message', { message: 'forged' }],
  ['reason', { reason: 'Malformed' }],
])('a %s that others put into the condition of a failure is not believed', async (_what, forged) => {
  const bench = new UnsealBench();
  await bench.put(await sealFor({ password: 'p' }, secondCertificate));
  await bench.reconcile();
  const told = await bench.condition('Ready');
  const conditions = [{ ...told, ...forged }];
  await bench.sealedObjects.mergePatch(SEALED_SECRETS, REQUEST, { status: { conditions } });
  bench.restart();
  expect(await bench.reconcile()).toBe('stalled');
  expect(await bench.condition('Ready')).toMatchObject({ reason: 'KeyNotFound', message: told!.message });
});

test('an object that was unsealed before is told which scope it lacks, however many keys have come since', async () => {
  const bench = new UnsealBench();
  const { metadata, ...sealed } = await sealFor({ password: 'p' });
  const { annotations: _, ...bare } = metadata;
  await bench.put({ ...sealed, metadata: bare });
  await bench.reconcile();
  const keys = Array.from({ length: 40 }, (_, at) => {
    const fingerprint = `SHA256:${at}` as typeof firstKey.fingerprint;
    return { ...firstKey, fingerprint, createdAt: new Date('2027-01-01T00:00:00Z'), unwrap: async () => null };
  });
  bench.keyring = new Keyring([firstKey, ...keys]);
  await bench.put({ ...sealed, metadata: { ...bare, annotations: scopeAnnotations('cluster-wide') } }, 2);
  await bench.reconcile();
  expect(await bench.condition('Ready')).toMatchObject({
    reason: 'WrongScope',
    message: expect.stringContaining('sealed as strict, the object says cluster-wide'),
  });
});

test('an object whose key comes while it is tried without it is tried again, and not called failed', async () => {
  const bench = await unsealedBench();
  await bench.put(await sealFor({ password: 'q' }, secondCertificate), 2);
  const unwrap = async () => {
    bench.keyring = bothRing;
    return null;
  };
  bench.keyring = new Keyring([{ ...firstKey, unwrap }]);
  expect(await bench.reconcile()).toBe('again');
  expect(bench.events).toEqual([]);
  expect(await bench.reconcile()).toBe('settled');
  expect((await bench.secret())?.['data']).toEqual(encoded({ password: 'q' }));
});

test.each([
  ['names no keys', { keys: null, keysProof: null }],
  ['names keys that somebody wrote into it', { keys: ['SHA256:forged'] }],
])(
  'a record that %s is not believed: the object is opened once more, counted right, and nothing is written or said',
  async (_what, unsealed) => {
    const bench = await unsealedBench();
    await bench.sealedObjects.mergePatch(SEALED_SECRETS, REQUEST, { status: { unsealed } });
    bench.restart();
    bench.secrets.calls.length = 0;
    bench.usage.begin([REQUEST]);
    await bench.reconcile();
    expect([bench.decryptions, bench.events]).toEqual([['Unsealed'], []]);
    expect(bench.secrets.calls.filter((call) => call !== 'get')).toEqual([]);
    expect([...(bench.usage.usage()?.objects ?? [])]).toEqual([[firstKey.fingerprint, 1]]);
    bench.restart();
    await bench.reconcile();
    expect(bench.decryptions).toEqual([]);
  },
);

test('a new generation that waits for its turn with templates does not pass for the old one, and says so once', async () => {
  const bench = await unsealedBench();
  bench.turns.enter({ namespace: 'shop', name: 'slow' });
  const sealed = await sealFor({ password: 'p' });
  const template = { ...sealed.spec.template, data: { t: '{{ .password }}' } };
  await bench.put({ ...sealed, spec: { ...sealed.spec, template } }, 2);
  expect(await bench.reconcile()).toBe('again');
  expect(await bench.condition('Synced')).toMatchObject({ status: 'Unknown', reason: 'Progressing' });
  bench.nowMs += 60_000;
  const version = (await bench.sealed())?.metadata.resourceVersion;
  await bench.reconcile();
  expect((await bench.sealed())?.metadata.resourceVersion).toBe(version);
});
