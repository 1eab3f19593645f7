/**
 * @module The controller's sealing keys as one running part. Each run of it goes the same way: load what the cluster
 * holds, hand it on, make a key when one is due, and say in public what there is.
 */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeReader, KubeWatcher, KubeWriter } from '../../shared/kube/client.ts';
import { KEYS_CONFIG_MAP, REQUESTS_CONFIG_MAP, ROTATE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { KeyConfig } from '../config/config.ts';
import type { Logger } from '../logging/logger.ts';
import { ProblemLog } from '../logging/problem-log.ts';
import type { KeyMetrics } from '../metrics/sealing-metrics.ts';
import { Converger } from './converger.ts';
import { KeysError } from './errors.ts';
import { issueKey } from './issue-key.ts';
import { KeyLoader } from './key-loader.ts';
import { KeyObjects } from './key-objects.ts';
import { hasExpired } from './key-order.ts';
import { KeyReports, type ReportProblem } from './key-reports.ts';
import { type KeySecret, readKeySecret } from './key-secret.ts';
import { type KeySnapshot, NO_KEYS, takeSnapshot } from './key-snapshot.ts';
import { toKeyList } from './key-statement.ts';
import type { KeyUsageSource } from './key-usage.ts';
import { ensureRequestsObject, publishKeyList } from './public-objects.ts';
import { decideRotation, findRefusedRequests, type RotationDecision } from './rotation.ts';
import { UsageFeed } from './usage-feed.ts';

/** What the part is made of. */
export interface KeyPartOptions {
  readonly client: KubeReader & KubeWriter & KubeWatcher;
  /** Where key Secrets live. */
  readonly namespace: string;
  readonly config: KeyConfig;
  /** How many values one key opens at once. */
  readonly lanes: number;
  readonly now: () => Date;
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: KeyMetrics;
  readonly report: ReportProblem;
  /** Which SealedSecrets are looked at, where these are not all of the cluster. */
  readonly partialView?: string | undefined;
}

/** Pace at which changed counts of objects are published; changes of keys are published at once. */
const USAGE_INTERVAL_MS = 3_000;
const MAY_NOT_MAKE_ONE =
  'there is no sealing key, and none may be made (--first-key=never): restore a key Secret, with the label sealedsecrets.bitnami.com/sealed-secrets-key=active';
const COULD_NOT_MAKE_ONE = 'there is no sealing key, and making one failed: the log of the controller says why';

/** The sealing keys for those who use them. */
export interface KeySource {
  /** The keys now. */
  current(): KeySnapshot;
  /** Resolves when the cluster's keys are loaded and there is one to seal to, or none may be made. */
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
  readonly #reports: KeyReports;
  readonly #usage: UsageFeed;
  readonly #becameReady = Promise.withResolvers<void>();
  readonly ready = this.#becameReady.promise;
  /** Stands for the objects that carry requests; null until somebody asks this process itself. */
  #askedHere: KubeObject | null = null;
  #snapshot = NO_KEYS;
  #areLoaded = false;
  #wasPublished = false;

  constructor(options: KeyPartOptions) {
    this.#options = options;
    this.#watchProblems = new ProblemLog(options.logger, 'cannot watch the sealing keys', options.now);
    this.#updateProblems = new ProblemLog(options.logger, 'cannot bring the sealing keys up to date', options.now);
    this.#reports = new KeyReports(options.logger, options.report);
    this.#usage = new UsageFeed({ intervalMs: USAGE_INTERVAL_MS, onRefresh: () => this.#converger.trigger() });
    this.#loader = new KeyLoader(options.lanes);
    this.#converger = new Converger({
      random: options.random,
      run: () => this.#run(),
      onFailure: (error) => this.#updateProblems.report(error),
    });
    this.#objects = new KeyObjects({
      client: options.client,
      namespace: options.namespace,
      prefix: options.config.prefix,
      onChange: () => this.#converger.trigger(),
      onProblem: (error) => this.#watchProblems.report(error),
      onConfigMapsRefused: (error) =>
        options.logger.warn(
          { error: describeError(error) },
          'cannot publish the sealing keys, nor be asked for new ones: people seal to the certificate at /v1/cert.pem',
        ),
    });
  }

  current(): KeySnapshot {
    return this.#snapshot;
  }

  /** True when {@link ready} has resolved and people can read what to seal to, or it was tried in vain to tell them. */
  isReady(): boolean {
    return this.#areLoaded && this.#wasPublished;
  }

  waitingFor(): string | null {
    if (this.isReady()) return null;
    if (this.#areLoaded) return 'keys: waits until they are published';
    if (this.#objects.isSynced()) return `keys: waits for a sealing key${this.#updateProblems.code()}`;
    return `keys: waits for a complete look at the key Secrets${this.#watchProblems.code()}`;
  }

  onChange(listener: (snapshot: KeySnapshot) => void): void {
    this.#listeners.push(listener);
  }

  /** Publishes how many objects need each key, as `source` counts them. Called at most once, before the start or after it. */
  followUsage(source: KeyUsageSource): void {
    this.#usage.follow(source);
  }

  /** Asks for a new key now. It records the request as those of other ways do, so that the same one is answered once. */
  requestRotation(): void {
    const annotations = { [ROTATE_REQUESTED_ANNOTATION]: this.#options.now().toISOString() };
    this.#askedHere = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { annotations } };
    this.#converger.trigger();
  }

  async start(): Promise<void> {
    this.#objects.start();
  }

  async stop(): Promise<void> {
    this.#objects.stop();
    this.#usage.stop();
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
      const decision = this.#decide(secrets);
      if (decision.kind === 'issue') await this.#issue(secrets, decision);
      else this.#becomeReady();
      return decision.kind !== 'wait' || decision.untilMs === null
        ? null
        : decision.untilMs - this.#options.now().getTime();
    } finally {
      // Also when no key could be made: those that there are must be known.
      await this.#publish().finally(() => {
        this.#wasPublished = this.#areLoaded;
      });
    }
  }

  #readSecrets(): readonly KeySecret[] {
    return this.#objects.secrets().map((object) => readKeySecret(object, this.#options.config.prefix));
  }

  async #load(secrets: readonly KeySecret[]): Promise<void> {
    const { config, now, logger, metrics } = this.#options;
    const results = await this.#loader.load(secrets);
    const before = this.#snapshot;
    this.#snapshot = takeSnapshot(results, { order: config.orderPriority, now: now() });
    const { active, sealing, retired, unusable } = this.#snapshot;
    metrics.keys(sealing.length, unusable.length, active?.key.certificate.notAfter ?? null);
    this.#reports.onKeys(this.#snapshot, secrets);
    if (identityOf(before) !== identityOf(this.#snapshot)) {
      const counts = { keys: sealing.length, retired: retired.length, unusable: unusable.length };
      logger.info({ ...counts, active: active?.key.fingerprint, secret: active?.secret.name }, 'sealing keys loaded');
      for (const listener of this.#listeners) listener(this.#snapshot);
    }
    if (active !== null) this.#becomeReady();
  }

  #becomeReady(): void {
    this.#areLoaded = true;
    this.#becameReady.resolve();
  }

  #decide(secrets: readonly KeySecret[]): RotationDecision {
    const { now, config } = this.#options;
    const configMaps = [KEYS_CONFIG_MAP, REQUESTS_CONFIG_MAP].flatMap((name) => this.#objects.configMap(name) ?? []);
    const requestObjects = this.#askedHere === null ? configMaps : [...configMaps, this.#askedHere];
    for (const { object, problem } of findRefusedRequests(configMaps, now())) {
      this.#reports.onObject(object, 'RotationRequestRefused', problem);
    }
    return decideRotation({ snapshot: this.#snapshot, secrets, requestObjects, rules: config, now: now() });
  }

  /** Makes the key that `decision` asks for, and loads it. */
  async #issue(secrets: readonly KeySecret[], decision: RotationDecision & { readonly kind: 'issue' }): Promise<void> {
    const { now, logger, metrics, client, namespace, config } = this.#options;
    const { object, isOurs } = await issueKey(
      { client, namespace, settings: config, now },
      { secrets, answers: decision.answers, youngest: this.#snapshot.active?.key.certificate.notBefore ?? null },
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
  }

  async #publish(): Promise<void> {
    const problem = this.#sealingProblem();
    this.#reports.onProblem(problem);
    const list = toKeyList(this.#snapshot, {
      usage: this.#usage.current(),
      partial: this.#options.partialView,
      problem,
    });
    this.#options.metrics.listed(list);
    this.#reports.onMissing(list.missing ?? []);
    if (!this.#objects.mayPublish()) return;
    const current = this.#objects.configMap(KEYS_CONFIG_MAP);
    this.#objects.noteConfigMap(await publishKeyList(this.#options, list, current));
    if (this.#objects.configMap(REQUESTS_CONFIG_MAP) === null) await ensureRequestsObject(this.#options);
  }

  /** Why nobody can seal now; undefined when somebody can. */
  #sealingProblem(): string | undefined {
    const { config, now } = this.#options;
    const { active } = this.#snapshot;
    if (active === null) return config.firstKey === 'never' ? MAY_NOT_MAKE_ONE : COULD_NOT_MAKE_ONE;
    if (!hasExpired(active, now())) return undefined;
    return `the certificate of the active sealing key expired on ${active.key.certificate.notAfter.toISOString()}: ask for a new one with signet rotate`;
  }
}

/** Equal for snapshots that load the same keys from the same Secrets. */
function identityOf({ keyring, active, retired, unusable }: KeySnapshot): string {
  const fingerprints = keyring.keys.map((key) => key.fingerprint).sort();
  const retiredFingerprints = retired.map(({ certificate }) => certificate.fingerprint);
  return JSON.stringify([fingerprints, active?.secret.uid, unusable, retiredFingerprints]);
}
