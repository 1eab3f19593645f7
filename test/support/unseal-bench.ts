/** @module One SealedSecret and a controller for it, in memory: what the cluster holds, what was asked of it, and what was said. */
import type { EventNote } from '../../controller/events/event-recorder.ts';
import type { KeySource } from '../../controller/keys/key-part.ts';
import { NO_KEYS } from '../../controller/keys/key-snapshot.ts';
import type { Request } from '../../controller/reconcile-loop/reconciler.ts';
import { createDigests } from '../../controller/sealed-secrets/digests.ts';
import { HeavyTurns } from '../../controller/sealed-secrets/heavy-turns.ts';
import { KeyUsageTally } from '../../controller/sealed-secrets/key-usage-tally.ts';
import { SealedSecretReconciler } from '../../controller/sealed-secrets/sealed-secret-reconciler.ts';
import { SealedSecretStore } from '../../controller/sealed-secrets/sealed-secret-store.ts';
import { SecretIndex } from '../../controller/sealed-secrets/secret-index.ts';
import { StatusReporter } from '../../controller/sealed-secrets/status-reporter.ts';
import { ClusterStatus } from '../../controller/sealed-secrets/status-target.ts';
import { WriteBursts } from '../../controller/sealed-secrets/write-bursts.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { KubeReader, KubeWriter } from '../../shared/kube/client.ts';
import { SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { Condition } from '../../shared/resources/conditions.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Keyring } from '../../shared/sealing/keyring.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import type { TemplateRenderer } from '../../shared/sealing/template-renderer.ts';
import { MemoryObjects } from './memory-objects.ts';
import { quietLogger } from './quiet-logger.ts';
import { firstCertificate, firstRing, secretOf } from './test-secrets.ts';

/** The one object. */
export const REQUEST: Request = { namespace: 'shop', name: 'db' };
const DIGESTS = createDigests(SecretBytes.fromText('a key'));
const signal = new AbortController().signal;
const quiet = () => undefined;

/** Fields of a status that sealed-secrets' own resource definition does not store. */
const UNDECLARED = ['unsealed', 'attempt', 'lastSynced'];

/** One SealedSecret, `shop/db`, and a controller for it whose watches tell when `sync` is called. */
export class UnsealBench {
  readonly sealedObjects = new MemoryObjects();
  readonly secrets = new MemoryObjects();
  readonly events: EventNote[] = [];
  readonly decryptions: string[] = [];
  usage = new KeyUsageTally();
  readonly prunes: boolean;
  keyring: Keyring = firstRing;
  render: TemplateRenderer['render'] = async () => new Map();
  /** Heavy objects that were woken because it is their turn. */
  readonly woken: string[] = [];
  readonly turns = new HeavyTurns({ places: 1, wake: ({ name }) => this.woken.push(name) });
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
    this.usage = new KeyUsageTally();
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

  async condition(type: string): Promise<Condition | undefined> {
    return (await this.sealed())?.status?.conditions?.find((condition) => condition.type === type);
  }

  async ready(): Promise<string | undefined> {
    return (await this.condition('Ready'))?.reason;
  }

  /** Lets the watches tell what there is, reconciles once, and writes the report. */
  async reconcile(): Promise<string> {
    const sealed = await this.sealed();
    const secret = await this.secret();
    if (sealed !== null) this.#store.observe(sealed);
    const uid = this.#index.find(REQUEST.namespace, REQUEST.name)?.uid;
    if (secret === null) this.#index.forget({ ...REQUEST, ...(uid !== undefined && { uid }) });
    else this.#index.observe(secret);
    const { kind } = await this.#reconciler.reconcile(REQUEST, signal);
    await this.#reporter.reconcile(REQUEST);
    return kind;
  }

  #keys(): KeySource {
    return { ready: Promise.resolve(), onChange: quiet, current: () => ({ ...NO_KEYS, keyring: this.keyring }) };
  }

  #createReporter(): StatusReporter {
    return new StatusReporter({
      client: this.#client(),
      statuses: new ClusterStatus({ client: this.#client(), store: this.#store, logger: quietLogger }),
      store: this.#store,
      events: { record: (note) => this.events.push(note) },
      logger: quietLogger,
      now: () => new Date(this.nowMs),
    });
  }

  #createReconciler(): SealedSecretReconciler {
    return new SealedSecretReconciler({
      client: this.#client(),
      store: this.#store,
      index: this.#index,
      keys: this.#keys(),
      digests: DIGESTS,
      reporter: this.#reporter,
      submitReport: quiet,
      usage: this.usage,
      metrics: { decrypted: (reason) => this.decryptions.push(reason), failed: quiet, secretWritten: quiet },
      renderer: { render: (request) => this.render(request) },
      turns: this.turns,
      bursts: new WriteBursts({ size: 4, maxWaitMs: 1 }),
      acceptV1: true,
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

/** SealedSecret `shop/db` of `values`. */
export const sealFor = (values: Record<string, string>, certificate = firstCertificate) =>
  sealSecret(secretOf(values), { certificate });

/** A bench on which `password: p` was unsealed and nothing noted since. */
export async function unsealedBench(options: { prunes?: boolean } = {}): Promise<UnsealBench> {
  const bench = new UnsealBench(options);
  await bench.put(await sealFor({ password: 'p' }));
  await bench.reconcile();
  if ((await bench.ready()) !== 'Unsealed') throw new Error('the bench does not unseal');
  bench.secrets.calls.length = 0;
  bench.decryptions.length = 0;
  bench.events.length = 0;
  return bench;
}
