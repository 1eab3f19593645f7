import { expect, test } from 'vitest';
import type { EventNote } from '../../../../controller/events/event-recorder.ts';
import { NO_KEYS } from '../../../../controller/keys/key-snapshot.ts';
import type { Logger } from '../../../../controller/logging/logger.ts';
import type { Request } from '../../../../controller/reconcile-loop/reconciler.ts';
import { createDigests } from '../../../../controller/sealed-secrets/digests.ts';
import { SealedSecretReconciler } from '../../../../controller/sealed-secrets/sealed-secret-reconciler.ts';
import { SealedSecretStore } from '../../../../controller/sealed-secrets/sealed-secret-store.ts';
import { SecretIndex } from '../../../../controller/sealed-secrets/secret-index.ts';
import { StatusReporter } from '../../../../controller/sealed-secrets/status-reporter.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import type { KubeReader, KubeWriter } from '../../../../shared/kube/client.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { SEALED_SECRETS, SECRETS } from '../../../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { sealSecret } from '../../../../shared/sealing/seal-secret.ts';
import { encoded } from '../../../support/key-secret.ts';
import { MemoryObjects } from '../../../support/memory-objects.ts';
import { bothRing, firstCertificate, firstRing, secondCertificate, secretOf } from '../../../support/test-secrets.ts';

const REQUEST: Request = { namespace: 'shop', name: 'db' };
const signal = new AbortController().signal;
const quiet = () => undefined;
const logger: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => logger };

/** Fields of a status that sealed-secrets' own resource definition does not store. */
const UNDECLARED = ['unsealed', 'attempt', 'lastSynced'];

/** One SealedSecret, `shop/db`, and a controller for it whose watches tell when `sync` is called. */
class Bench {
  readonly sealedObjects = new MemoryObjects();
  readonly secrets = new MemoryObjects();
  readonly events: EventNote[] = [];
  readonly decryptions: string[] = [];
  readonly prunes: boolean;
  keyring = firstRing;
  nowMs = Date.UTC(2026, 0, 1);
  #store = new SealedSecretStore();
  #index = new SecretIndex();
  #reporter: StatusReporter;
  #reconciler: SealedSecretReconciler;

  constructor(options: { prunes?: boolean } = {}) {
    this.prunes = options.prunes ?? false;
    this.#reporter = this.#createReporter();
    this.#reconciler = this.#createReconciler();
  }

  /** A controller that knows nothing but what the cluster holds. */
  restart(): void {
    this.#store = new SealedSecretStore();
    this.#index = new SecretIndex();
    this.#reporter = this.#createReporter();
    this.#reconciler = this.#createReconciler();
    this.decryptions.length = 0;
    this.events.length = 0;
  }

  async put(sealed: SealedSecret, generation = 1): Promise<void> {
    const status = (await this.sealed())?.status;
    const metadata = { ...sealed.metadata, uid: 'sealed-uid', generation };
    this.sealedObjects.put({ ...sealed, metadata, ...(status && { status }) });
  }

  async sealed(): Promise<SealedSecret | null> {
    return (await this.sealedObjects.get(SEALED_SECRETS, REQUEST)) as SealedSecret | null;
  }

  secret(): Promise<KubeObject | null> {
    return this.secrets.get(SECRETS, REQUEST);
  }

  ready(): Promise<string | undefined> {
    return this.sealed().then((sealed) => sealed?.status?.conditions?.find(({ type }) => type === 'Ready')?.reason);
  }

  /** Lets the watches tell what there is, reconciles once, and writes the report. */
  async reconcile(): Promise<string> {
    const sealed = await this.sealed();
    const secret = await this.secret();
    if (sealed !== null) this.#store.observe(sealed);
    if (secret === null) this.#index.forget({ ...REQUEST });
    else this.#index.observe(secret);
    const { kind } = await this.#reconciler.reconcile(REQUEST, signal);
    await this.#reporter.reconcile(REQUEST);
    return kind;
  }

  #createReporter(): StatusReporter {
    return new StatusReporter({
      client: this.#client(),
      store: this.#store,
      events: { record: (note) => this.events.push(note) },
      logger,
      now: () => new Date(this.nowMs),
    });
  }

  #createReconciler(): SealedSecretReconciler {
    return new SealedSecretReconciler({
      client: this.#client(),
      store: this.#store,
      index: this.#index,
      keys: { ready: Promise.resolve(), onChange: quiet, current: () => ({ ...NO_KEYS, keyring: this.keyring }) },
      digests: createDigests(SecretBytes.fromText('a key')),
      reporter: this.#reporter,
      submitReport: quiet,
      metrics: { decrypted: (reason) => this.decryptions.push(reason), failed: quiet, secretWritten: quiet },
      now: () => new Date(this.nowMs),
    });
  }

  #client(): Pick<KubeReader, 'get'> & Pick<KubeWriter, 'create' | 'replace' | 'mergePatch'> {
    const of = (plural: string) => (plural === 'secrets' ? this.secrets : this.sealedObjects);
    return {
      get: (type, reference) => of(type.plural).get(type, reference),
      create: (type, object) => of(type.plural).create(type, object),
      replace: (type, object) => of(type.plural).replace(type, object),
      mergePatch: (type, reference, patch) =>
        of(type.plural).mergePatch(type, reference, this.prunes ? pruned(patch) : patch),
    };
  }
}

function pruned(patch: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const status = Object.entries((patch['status'] ?? {}) as object).filter(([field]) => !UNDECLARED.includes(field));
  return patch['status'] === undefined ? patch : { ...patch, status: Object.fromEntries(status) };
}

const seal = (values: Record<string, string>, certificate = firstCertificate) =>
  sealSecret(secretOf(values), { certificate });

async function unsealedBench(options: { prunes?: boolean } = {}): Promise<Bench> {
  const bench = new Bench(options);
  await bench.put(await seal({ password: 'p' }));
  await bench.reconcile();
  expect(await bench.ready()).toBe('Unsealed');
  bench.secrets.calls.length = 0;
  bench.decryptions.length = 0;
  bench.events.length = 0;
  return bench;
}

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
  expect(bench.events.map(({ reason }) => reason)).toEqual(['Unsealed']);
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
  const bench = new Bench();
  await bench.put(await seal({ password: 'p' }, secondCertificate));
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
    await bench.put(await seal({ password: 'new' }), 2);
    await bench.reconcile();
    expect(seen).toEqual(['Unknown']);
    expect(await synced()).toMatchObject({ status: 'True', lastTransitionTime: before });
  },
);

test('an end between Unknown and the result keeps the transition, too', async () => {
  const bench = await unsealedBench();
  const before = (await bench.sealed())?.status?.conditions?.[0]?.lastTransitionTime;
  bench.nowMs += 60_000;
  await bench.put(await seal({ password: 'new' }), 2);
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
  const bench = new Bench();
  await bench.put(await seal({ password: 'p' }));
  bench.secrets.before = (verb) => {
    if (verb === 'create') throw new KubeError('KUBE_UNREACHABLE', 'no route');
  };
  expect(await bench.reconcile()).toBe('retry');
  expect((await bench.sealed())?.status).toBeUndefined();
});

test('a status that others write at the same time is written again over theirs', async () => {
  const bench = new Bench();
  await bench.put(await seal({ password: 'p' }));
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
  const bench = new Bench();
  const sealed = await seal({ password: 'p' });
  await bench.put({ ...sealed, metadata: { ...sealed.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
  expect(await bench.reconcile()).toBe('settled');
  expect(await bench.secret()).toBeNull();
});
