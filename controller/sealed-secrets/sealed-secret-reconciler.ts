/**
 * @module Turns one SealedSecret into its Secret: load what is known, guard against needless work, unseal, own and write,
 * report. It reads SealedSecrets and Secrets from what the watches tell, and asks the API server only before it writes.
 */
import { isKubeError } from '../../shared/kube/errors.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { UnsealedRecord } from '../../shared/resources/sealed-secret.ts';
import type { Outcome, Reconciler, Request } from '../reconcile-loop/reconciler.ts';
import { driftModeOf } from './drift-mode.ts';
import { type HeavyTurns, isHeavy, WAITS_FOR_TURN } from './heavy-turns.ts';
import type { KeyUsageNotes } from './key-usage-tally.ts';
import { claimsOf } from './ownership.ts';
import {
  findRememberedVerdict,
  isDriftSuspected,
  rememberedDrift,
  type Subject,
  unsealed,
} from './remembered-verdict.ts';
import { RepairBudget } from './repair-budget.ts';
import type { SealedSecretStore } from './sealed-secret-store.ts';
import { contentOf, shapeOf } from './secret-content.ts';
import { HOLD_MS } from './secret-index.ts';
import { driftedBy, readAttempt, readRecord } from './status-record.ts';
import type { StatusReporter } from './status-reporter.ts';
import { type Finding, knownKeys, UnsealWork, type UnsealWorkOptions } from './unseal-work.ts';
import { shortenMessage, type UnsealReason, type Verdict } from './verdict.ts';

/** What the reconciler is made of. */
export interface SealedSecretReconcilerOptions extends UnsealWorkOptions {
  readonly store: SealedSecretStore;
  readonly reporter: StatusReporter;
  /** Has the report of an object written, when its turn comes. */
  readonly submitReport: (request: Request) => void;
  readonly usage: KeyUsageNotes;
  readonly turns: HeavyTurns;
}

const SETTLED: Outcome = { kind: 'settled' };
const LOOK_AGAIN: Outcome = { kind: 'again', afterMs: 0 };
/** Failures of the way to the API server: a status could not be written either, and would say nothing of the object. */
const UNREACHABLE = ['KUBE_UNREACHABLE', 'KUBE_TOO_MANY_REQUESTS'] as const;
/** The shortest wait before an object that was refused because of somebody else's Secret is looked at again. */
const MIN_BLOCKED_RETRY_MS = 1_000;

/** The shortest wait before templates are tried again for which the engine had no time. */
const MIN_ENGINE_RETRY_MS = 5_000;
const MIN_RETRY_MS: Partial<Record<UnsealReason, number>> = {
  SecretExists: MIN_BLOCKED_RETRY_MS,
  TemplateFailed: MIN_ENGINE_RETRY_MS,
};

/** The reconciler of SealedSecrets. */
export class SealedSecretReconciler implements Reconciler {
  readonly #options: SealedSecretReconcilerOptions;
  readonly #work: UnsealWork;
  readonly #repairs = new RepairBudget();

  constructor(options: SealedSecretReconcilerOptions) {
    this.#options = options;
    this.#work = new UnsealWork(options);
  }

  async reconcile(request: Request, signal: AbortSignal): Promise<Outcome> {
    try {
      return await this.#look(request, signal);
    } finally {
      this.#options.turns.leave(request);
    }
  }

  async #look(request: Request, signal: AbortSignal): Promise<Outcome> {
    const subject = this.#load(request);
    if (subject === null) {
      this.#options.usage.forget(request);
      return SETTLED;
    }
    const remembered = await this.#guard(request, subject);
    if (remembered !== null) {
      const keys = knownKeys(subject.sealedDigest, remembered);
      return this.#report(request, subject, { verdict: remembered, written: false, keys });
    }
    await this.#options.reporter.announce(subject.sealed);
    if (signal.aborted) return SETTLED;
    if (isHeavy(subject.sealed) && !this.#options.turns.enter(request)) return WAITS_FOR_TURN;
    const waitMs = this.#waitBeforeWork(request, subject);
    if (waitMs > 0) return { kind: 'again', afterMs: waitMs };
    const finding = await this.#work.run(subject);
    // What the stop itself broke off is no verdict on the object.
    if (signal.aborted && finding?.verdict.state === 'waiting') return SETTLED;
    // Whoever tells of new keys has failing objects looked at, and this one was none until now.
    if (finding?.verdict.state === 'stalled' && subject.keysDigest !== this.#keysDigest()) return LOOK_AGAIN;
    return finding === null ? { kind: 'again', afterMs: HOLD_MS } : this.#report(request, subject, finding);
  }

  /** Everything that is known of the object; null when there is nothing to do for it. */
  #load(request: Request): Subject | null {
    const { store, index, digests } = this.#options;
    const sealed = store.find(request);
    if (sealed === null || sealed.metadata.deletionTimestamp !== undefined) return null;
    const lastVerdict = store.verdictOf(request);
    const record = lastVerdict === undefined ? readRecord(sealed, digests) : lastVerdict.record;
    return {
      sealed,
      claims: index.find(request.namespace, request.name),
      claimant: {
        uid: sealed.metadata.uid ?? '',
        hasClaimed: (uid) => record !== null && record.mode !== 'patched' && record.uid === uid,
      },
      record,
      attempt: lastVerdict === undefined ? readAttempt(sealed, digests) : lastVerdict.attempt,
      lastVerdict,
      sealedDigest: digests.sealed(sealed),
      keysDigest: this.#keysDigest(),
      driftMode: driftModeOf(sealed.metadata),
    };
  }

  #keysDigest(): string {
    const { keyring, retired } = this.#options.keys.current();
    const retiredKeys = retired.map(({ certificate }) => certificate.fingerprint);
    return this.#options.digests.keys(keyring, retiredKeys);
  }

  /** The verdict that still holds, found without decrypting; null when the object must be worked on. */
  async #guard(request: Request, subject: Subject): Promise<Verdict | null> {
    const { store } = this.#options;
    const { record } = subject;
    const remembered = findRememberedVerdict(subject, store.verifiedVersionOf(request));
    if (remembered !== null || record === null || !isDriftSuspected(subject)) return remembered;
    const live = await this.#options.client.get(SECRETS, request).catch(() => null);
    const found = live === null ? null : this.#compare(subject, record, live);
    if (live === null || found === null) return null;
    this.#options.index.observeAnswer(live);
    if (found.drift === undefined) store.rememberVerified(request, live.metadata.resourceVersion);
    return found;
  }

  /** The verdict on a Secret that others have written to; null when they changed what they should not, and it is news. */
  #compare(subject: Subject, record: UnsealedRecord, live: KubeObject): Verdict | null {
    const claims = claimsOf(live.metadata);
    if (claims.uid !== record.uid || claims.isTerminating) return null;
    const content = contentOf(live, shapeOf(subject.sealed, record.mode));
    const digest = this.#options.digests.content(subject.sealedDigest, content);
    if (digest === record.secretDigest) {
      const { driftedVersion: _, driftedDigest: __, driftedProof: ___, ...kept } = record;
      return unsealed(kept);
    }
    if (digest !== record.driftedDigest) return null;
    const drifted = { ...record, driftedVersion: claims.resourceVersion };
    const drift = rememberedDrift({ ...subject, claims }, drifted);
    if (drift === null) return null;
    const edit = { ...subject, driftedVersion: claims.resourceVersion, driftedDigest: digest, drift };
    return { ...unsealed({ ...drifted, ...driftedBy(subject.sealed, this.#options.digests, edit) }), drift };
  }

  /** Milliseconds to wait: while the place of somebody else's deleted Secret is held, and after many repairs in a row. */
  #waitBeforeWork(request: Request, { record, sealedDigest }: Subject): number {
    const nowMs = this.#options.now().getTime();
    const heldForMs = this.#options.index.heldForMs(request.namespace, request.name, nowMs);
    if (heldForMs > 0) return heldForMs;
    const isRepair = record !== null && record.sealedDigest === sealedDigest;
    return isRepair ? this.#repairs.take(request, nowMs) : 0;
  }

  /** Hands the verdict on to status and events, and tells the loop how to go on. */
  #report(request: Request, { sealed }: Subject, { verdict, written, keys, repair }: Finding): Outcome {
    const { store, metrics, reporter, submitReport, usage } = this.#options;
    usage.note(request, keys);
    if (isKubeError(verdict.error, ...UNREACHABLE)) return retry(verdict);
    store.remember(request, sealed.metadata.uid, verdict);
    const { uid, generation } = sealed.metadata;
    reporter.keep(request, { uid, generation, verdict, wroteSecret: written, ...(repair && { repair }) });
    submitReport(request);
    if (verdict.state === 'unsealed') return SETTLED;
    metrics.failed(verdict.reason);
    return verdict.state === 'stalled' ? { kind: 'stalled', reason: verdict.reason } : retry(verdict);
  }
}

function retry({ error, message, reason }: Verdict): Outcome {
  const serverWaitMs = isKubeError(error) ? (error.retryAfterMs ?? 0) : 0;
  const atLeastMs = MIN_RETRY_MS[reason] ?? serverWaitMs;
  return { kind: 'retry', error: error ?? new Error(shortenMessage(message)), atLeastMs };
}
