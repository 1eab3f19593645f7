/**
 * @module Turns one SealedSecret into its Secret: load what is known, guard against needless work, unseal, own and write,
 * report. It reads SealedSecrets and Secrets from what the watches tell, and asks the API server only before it writes.
 */
import type { KubeReader, KubeWriter } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { UnsealedRecord, UnsealMode } from '../../shared/resources/sealed-secret.ts';
import type { KeySource } from '../keys/key-part.ts';
import type { UnsealMetrics } from '../metrics/sealing-metrics.ts';
import type { Outcome, Reconciler, Request } from '../reconcile-loop/reconciler.ts';
import type { Digests } from './digests.ts';
import { claimsOf } from './ownership.ts';
import { findRememberedVerdict, isDriftSuspected, obstacleOf, type Subject } from './remembered-verdict.ts';
import { RepairBudget } from './repair-budget.ts';
import type { SealedSecretStore } from './sealed-secret-store.ts';
import { contentOf, shapeOf } from './secret-content.ts';
import { HOLD_MS, type SecretIndex } from './secret-index.ts';
import { SecretWriter, type WriteResult } from './secret-writer.ts';
import { readAttempt, readRecord } from './status-record.ts';
import type { StatusReporter } from './status-reporter.ts';
import { openSealedSecret } from './unseal-object.ts';
import type { Verdict } from './verdict.ts';
import type { WriteRefusal } from './write-refusal.ts';

/** What the reconciler is made of. */
export interface SealedSecretReconcilerOptions {
  readonly client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'create' | 'replace' | 'mergePatch'>;
  readonly store: SealedSecretStore;
  readonly index: SecretIndex;
  readonly keys: KeySource;
  readonly digests: Digests;
  readonly reporter: StatusReporter;
  /** Has the report of an object written, when its turn comes. */
  readonly submitReport: (request: Request) => void;
  readonly metrics: UnsealMetrics;
  readonly now: () => Date;
}

/** A verdict that was just reached. `written`: a Secret was sent. */
interface Finding {
  readonly verdict: Verdict;
  readonly written: boolean;
}

const SETTLED: Outcome = { kind: 'settled' };
/** Failures of the way to the API server: a status could not be written either, and would say nothing of the object. */
const UNREACHABLE = ['KUBE_UNREACHABLE', 'KUBE_TOO_MANY_REQUESTS'] as const;
/** The shortest wait before an object that was refused because of somebody else's Secret is looked at again. */
const MIN_BLOCKED_RETRY_MS = 1_000;

/** The reconciler of SealedSecrets. */
export class SealedSecretReconciler implements Reconciler {
  readonly #options: SealedSecretReconcilerOptions;
  readonly #writer: SecretWriter;
  readonly #repairs = new RepairBudget();

  constructor(options: SealedSecretReconcilerOptions) {
    this.#options = options;
    this.#writer = new SecretWriter(options.client);
  }

  async reconcile(request: Request, signal: AbortSignal): Promise<Outcome> {
    const subject = this.#load(request);
    if (subject === null) return SETTLED;
    const remembered = await this.#guard(request, subject);
    if (remembered !== null) return this.#report(request, subject, { verdict: remembered, written: false });
    const waitMs = this.#waitBeforeWork(request, subject);
    if (waitMs > 0) return { kind: 'again', afterMs: waitMs };
    await this.#options.reporter.announce(subject.sealed);
    if (signal.aborted) return SETTLED;
    const finding = await this.#work(subject);
    return finding === null ? { kind: 'again', afterMs: HOLD_MS } : this.#report(request, subject, finding);
  }

  /** Everything that is known of the object; null when there is nothing to do for it. */
  #load(request: Request): Subject | null {
    const { store, index, digests, keys } = this.#options;
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
      attempt: lastVerdict === undefined ? readAttempt(sealed) : lastVerdict.attempt,
      lastVerdict,
      sealedDigest: digests.sealed(sealed),
      keysDigest: digests.keys(keys.current().keyring),
    };
  }

  /** The verdict that still holds, found without decrypting; null when the object must be worked on. */
  async #guard(request: Request, subject: Subject): Promise<Verdict | null> {
    const { store } = this.#options;
    const remembered = findRememberedVerdict(subject, store.verifiedVersionOf(request));
    if (remembered !== null || !isDriftSuspected(subject) || subject.record === null) return remembered;
    const live = await this.#options.client.get(SECRETS, request).catch(() => null);
    if (live === null || !this.#isAsRecorded(subject, subject.record, live)) return null;
    this.#options.index.observeAnswer(live);
    store.rememberVerified(request, live.metadata.resourceVersion);
    return { state: 'unsealed', reason: 'Unsealed', message: '', record: subject.record, attempt: null };
  }

  #isAsRecorded({ sealed }: Subject, record: UnsealedRecord, live: KubeObject): boolean {
    const claims = claimsOf(live.metadata);
    const digest = this.#options.digests.content(contentOf(live, shapeOf(sealed, record.mode)));
    return claims.uid === record.uid && !claims.isTerminating && digest === record.secretDigest;
  }

  /** Milliseconds to wait: while the place of somebody else's deleted Secret is held, and after many repairs in a row. */
  #waitBeforeWork(request: Request, { record, sealedDigest }: Subject): number {
    const nowMs = this.#options.now().getTime();
    const heldForMs = this.#options.index.heldForMs(request.namespace, request.name, nowMs);
    if (heldForMs > 0) return heldForMs;
    const isRepair = record !== null && record.sealedDigest === sealedDigest;
    return isRepair ? this.#repairs.take(request, nowMs) : 0;
  }

  /** Unseals and writes; null when the Secret of somebody else has gone at this moment. */
  async #work(subject: Subject): Promise<Finding | null> {
    const { keys, metrics } = this.#options;
    const opened = await openSealedSecret(subject.sealed, keys.current().keyring);
    metrics.decrypted(opened.kind === 'opened' ? 'Unsealed' : opened.reason);
    if (opened.kind === 'failed') {
      const { reason, message } = opened;
      const attempt = { sealedDigest: subject.sealedDigest, keysDigest: subject.keysDigest, secret: '' };
      return { verdict: { state: 'stalled', reason, message, record: subject.record, attempt }, written: false };
    }
    const { sealed, claimant, claims } = subject;
    const result = await this.#writer.write({ sealed, desired: opened.secret, claimant, claims });
    return this.#findingOf(subject, result);
  }

  #findingOf(subject: Subject, result: WriteResult): Finding | null {
    switch (result.kind) {
      case 'vanished':
        return null;
      case 'refused':
        return { verdict: this.#refusedVerdict(subject, result.refusal, result.live), written: false };
      case 'written': {
        if (result.write !== null) this.#options.metrics.secretWritten(result.write);
        this.#options.index.observeAnswer(result.secret);
        const record = this.#recordOf(subject, result.secret, result.mode);
        const verdict: Verdict = { state: 'unsealed', reason: 'Unsealed', message: '', record, attempt: null };
        return { verdict, written: result.write !== null };
      }
    }
  }

  #recordOf({ sealed, sealedDigest }: Subject, secret: KubeObject, mode: UnsealMode): UnsealedRecord {
    const { digests } = this.#options;
    const { uid = '', resourceVersion = '' } = secret.metadata;
    return {
      uid,
      resourceVersion,
      sealedDigest,
      // Of the answer, not of what was sent: an admission webhook may have changed it, and that is no drift.
      secretDigest: digests.content(contentOf(secret, shapeOf(sealed, mode))),
      ownerDigest: digests.owner(sealed.metadata.uid ?? '', uid, mode),
      mode,
    };
  }

  #refusedVerdict(subject: Subject, refusal: WriteRefusal, live: KubeObject | null): Verdict {
    const { sealedDigest, keysDigest, record } = subject;
    const isFinal = refusal.state === 'stalled' || refusal.reason === 'SecretExists';
    const secret = obstacleOf(live === null ? null : claimsOf(live.metadata));
    return { ...refusal, record, attempt: isFinal ? { sealedDigest, keysDigest, secret } : null };
  }

  /** Hands the verdict on to status and events, and tells the loop how to go on. */
  #report(request: Request, { sealed }: Subject, { verdict, written }: Finding): Outcome {
    const { store, metrics, reporter, submitReport } = this.#options;
    if (isKubeError(verdict.error, ...UNREACHABLE)) return retry(verdict);
    store.remember(request, sealed.metadata.uid, verdict);
    const { uid, generation } = sealed.metadata;
    reporter.keep(request, { uid, generation, verdict, wroteSecret: written });
    submitReport(request);
    if (verdict.state === 'unsealed') return SETTLED;
    metrics.failed(verdict.reason);
    return verdict.state === 'stalled' ? { kind: 'stalled', reason: verdict.reason } : retry(verdict);
  }
}

function retry({ error, message, reason }: Verdict): Outcome {
  const serverWaitMs = isKubeError(error) ? (error.retryAfterMs ?? 0) : 0;
  const atLeastMs = reason === 'SecretExists' ? MIN_BLOCKED_RETRY_MS : serverWaitMs;
  return { kind: 'retry', error: error ?? new Error(message), atLeastMs };
}
