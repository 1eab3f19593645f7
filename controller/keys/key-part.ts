/**
 * @module The controller's sealing keys as one running part. Each run of it goes the same way: load what the cluster
 * holds, hand it on, make a key when one is due, and say in public what there is.
 */
import type { KubeReader, KubeWatcher, KubeWriter } from '../../shared/kube/client.ts';
import { KEYS_CONFIG_MAP, REQUESTS_CONFIG_MAP } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { Logger } from '../logging/logger.ts';
import { ProblemLog } from '../logging/problem-log.ts';
import type { KeyMetrics } from '../metrics/sealing-metrics.ts';
import { Converger } from './converger.ts';
import { KeysError } from './errors.ts';
import { issueKey, type KeySettings } from './issue-key.ts';
import { KeyLoader } from './key-loader.ts';
import { KeyObjects } from './key-objects.ts';
import { type KeySecret, readKeySecret } from './key-secret.ts';
import { type KeySnapshot, NO_KEYS, takeSnapshot, toKeyList } from './key-snapshot.ts';
import { ensureRequestsObject, publishKeyList } from './public-objects.ts';
import { decideRotation, findRefusedRequests } from './rotation.ts';

/** A remark on an object that people should see beside it. */
export type ReportProblem = (regarding: KubeObject, reason: string, message: string) => void;

/** What the part is made of. */
export interface KeyPartOptions {
  readonly client: KubeReader & KubeWriter & KubeWatcher;
  /** Where key Secrets live. */
  readonly namespace: string;
  readonly settings: KeySettings;
  /** Age at which the active key gets a successor; 0: never by age. */
  readonly renewPeriodMs: number;
  /** How many values one key opens at once. */
  readonly lanes: number;
  readonly now: () => Date;
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: KeyMetrics;
  readonly report: ReportProblem;
}

/** The sealing keys for those who use them. */
export interface KeySource {
  /** The keys now. */
  current(): KeySnapshot;
  /** Resolves when the cluster's keys are loaded and there is one to seal to. */
  readonly ready: Promise<void>;
  /** Calls `listener` after each change of the loaded keys; it must not throw. */
  onChange(listener: (snapshot: KeySnapshot) => void): void;
}

/** Watches, loads, renews, rotates and publishes sealing keys. */
export class KeyPart implements KeySource {
  readonly #options: KeyPartOptions;
  readonly #objects: KeyObjects;
  readonly #loader: KeyLoader;
  readonly #converger: Converger;
  readonly #listeners: ((snapshot: KeySnapshot) => void)[] = [];
  readonly #watchProblems: ProblemLog;
  readonly #updateProblems: ProblemLog;
  readonly #reported = new Map<string, string>();
  readonly #becameReady = Promise.withResolvers<void>();
  readonly ready = this.#becameReady.promise;
  #snapshot = NO_KEYS;
  #isReady = false;

  constructor(options: KeyPartOptions) {
    this.#options = options;
    this.#watchProblems = new ProblemLog(options.logger, 'cannot watch the sealing keys');
    this.#updateProblems = new ProblemLog(options.logger, 'cannot bring the sealing keys up to date');
    this.#loader = new KeyLoader(options.lanes);
    this.#converger = new Converger({
      random: options.random,
      run: () => this.#run(),
      onFailure: (error) => this.#updateProblems.report(error),
    });
    this.#objects = new KeyObjects({
      client: options.client,
      namespace: options.namespace,
      prefix: options.settings.prefix,
      onChange: () => this.#converger.trigger(),
      onProblem: (error) => this.#watchProblems.report(error),
    });
  }

  current(): KeySnapshot {
    return this.#snapshot;
  }

  /** True from the moment at which {@link ready} resolves. */
  isReady(): boolean {
    return this.#isReady;
  }

  onChange(listener: (snapshot: KeySnapshot) => void): void {
    this.#listeners.push(listener);
  }

  async start(): Promise<void> {
    this.#objects.start();
  }

  async stop(): Promise<void> {
    this.#objects.stop();
    await this.#converger.stop();
  }

  /** One run; returns the wait until the active key's time comes. */
  async #run(): Promise<number | null> {
    if (!this.#objects.isSynced()) return null;
    this.#watchProblems.clear();
    const secrets = this.#readSecrets();
    await this.#load(secrets);
    const waitMs = await this.#issueAndPublish(secrets);
    this.#updateProblems.clear();
    return waitMs;
  }

  async #issueAndPublish(secrets: readonly KeySecret[]): Promise<number | null> {
    try {
      return await this.#issueIfDue(secrets);
    } finally {
      // Also when no key could be made: those that there are must be known.
      await this.#publish();
    }
  }

  #readSecrets(): readonly KeySecret[] {
    return this.#objects.secrets().map((object) => readKeySecret(object, this.#options.settings.prefix));
  }

  async #load(secrets: readonly KeySecret[]): Promise<void> {
    const results = await this.#loader.load(secrets.filter((secret) => secret.isActive));
    const failed = results.filter((result) => 'problem' in result);
    const unusable = failed.map(({ secret, problem }) => ({ secret: secret.name, problem }));
    const loaded = results.filter((result) => 'key' in result);
    const before = this.#snapshot;
    this.#snapshot = takeSnapshot(loaded, unusable);
    const { active, sealing } = this.#snapshot;
    this.#options.metrics.keys(
      sealing.length,
      this.#snapshot.unusable.length,
      active?.key.certificate.notAfter ?? null,
    );
    for (const { secret, problem } of this.#snapshot.unusable) {
      const object = secrets.find((candidate) => candidate.name === secret)?.object;
      if (object !== undefined) this.#reportOnce(object, 'KeyUnusable', `cannot use this sealing key: ${problem}`);
    }
    if (identityOf(before) === identityOf(this.#snapshot)) return;
    this.#options.logger.info(
      { keys: loaded.length, unusable: unusable.length, active: active?.key.fingerprint, secret: active?.secret.name },
      'sealing keys loaded',
    );
    this.#isReady ||= active !== null;
    if (this.#isReady) this.#becameReady.resolve();
    for (const listener of this.#listeners) listener(this.#snapshot);
  }

  /** Makes a key when one is due, and loads it. Returns the wait until the next one is, or null. */
  async #issueIfDue(secrets: readonly KeySecret[]): Promise<number | null> {
    const { now, renewPeriodMs, logger, metrics, client, namespace, settings } = this.#options;
    const requestObjects = [KEYS_CONFIG_MAP, REQUESTS_CONFIG_MAP].flatMap(
      (name) => this.#objects.configMap(name) ?? [],
    );
    for (const { object, problem } of findRefusedRequests(requestObjects, now())) {
      this.#reportOnce(object, 'RotationRequestRefused', problem);
    }
    const state = { snapshot: this.#snapshot, secrets, requestObjects, renewPeriodMs, now: now() };
    const decision = decideRotation(state);
    if (decision.kind === 'wait') return decision.untilMs === null ? null : decision.untilMs - now().getTime();
    const { object, isOurs } = await issueKey(
      { client, namespace, settings, now },
      { secrets, answers: decision.answers },
    );
    this.#objects.noteSecret(object);
    if (isOurs) metrics.issued();
    logger.info({ secret: object.metadata.name, why: decision.why, isOurs }, 'sealing key issued');
    await this.#load(this.#readSecrets());
    if (this.#snapshot.active === null) {
      // Thrown so that the next try waits: making keys in a tight loop would fill the namespace.
      throw new KeysError('KEYS_UNUSABLE', `cannot use the new key Secret "${object.metadata.name}"`);
    }
    // What to do next is decided afresh, with the new key in sight.
    this.#converger.trigger();
    return null;
  }

  async #publish(): Promise<void> {
    const current = this.#objects.configMap(KEYS_CONFIG_MAP);
    if (current === null && this.#snapshot.active === null) return;
    this.#objects.noteConfigMap(await publishKeyList(this.#options, toKeyList(this.#snapshot), current));
    if (this.#objects.configMap(REQUESTS_CONFIG_MAP) === null) await ensureRequestsObject(this.#options);
  }

  #reportOnce(object: KubeObject, reason: string, message: string): void {
    const key = `${object.kind}/${object.metadata.name}`;
    if (this.#reported.get(key) === message) return;
    this.#reported.set(key, message);
    this.#options.logger.warn({ object: key, reason }, message);
    this.#options.report(object, reason, message);
  }
}

/** Equal for snapshots that load the same keys from the same Secrets. */
function identityOf(snapshot: KeySnapshot): string {
  const fingerprints = snapshot.keyring.keys.map((key) => key.fingerprint).sort();
  return JSON.stringify([fingerprints, snapshot.active?.secret.uid, snapshot.unusable]);
}
