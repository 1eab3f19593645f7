/**
 * @module Writes verdicts into status and tells people of them: Secrets go first, so verdicts wait while objects are being
 * unsealed, but never long. Status is patched against the version that it was made from, and made again on a conflict.
 */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeReader } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SEALED_SECRETS } from '../../shared/kube/resource-type.ts';
import { placeKey } from '../../shared/resources/object-meta.ts';
import type { SealedSecret, SealedSecretStatus } from '../../shared/resources/sealed-secret.ts';
import type { EventRecorder } from '../events/event-recorder.ts';
import type { Logger } from '../logging/logger.ts';
import type { Outcome, Reconciler, Request } from '../reconcile-loop/reconciler.ts';
import { DRIFTED, driftModeProblem } from './drift-mode.ts';
import {
  isConditionNews,
  isResultNews,
  isStatusNews,
  newlyTrue,
  progressingStatus,
  statusOf,
  syncedBefore,
} from './sealed-secret-status.ts';
import type { SealedSecretStore } from './sealed-secret-store.ts';
import type { StatusTarget } from './status-target.ts';
import { eventReasonOf, shortenMessage, type Verdict } from './verdict.ts';

/** A verdict on one generation of one object. */
export interface Report {
  readonly uid: string | undefined;
  readonly generation: number | undefined;
  readonly verdict: Verdict;
  /** Whether a Secret was written; that alone is worth an event. */
  readonly wroteSecret: boolean;
  /** What others had changed in the Secret that was put right; absent when it was not that. */
  readonly repair?: string;
}

/** What a reporter is made of. */
export interface StatusReporterOptions {
  readonly client: Pick<KubeReader, 'get'>;
  readonly statuses: StatusTarget;
  readonly store: SealedSecretStore;
  readonly events: EventRecorder;
  readonly logger: Logger;
  readonly now: () => Date;
}

/** A status that could not be written. */
interface Unwritten {
  readonly error: unknown;
  readonly verdict: Verdict;
}

const ATTEMPTS = 4;
const SETTLED: Outcome = { kind: 'settled' };

/** The reconciler of status: its loop is handed the names of objects for which {@link StatusReporter.keep} holds a report. */
export class StatusReporter implements Reconciler {
  readonly #options: StatusReporterOptions;
  readonly #reports = new Map<string, Report>();
  /** What `Synced` was before Unknown, for API servers that do not store it. */
  readonly #truths = new Map<string, 'True' | 'False'>();

  constructor(options: StatusReporterOptions) {
    this.#options = options;
  }

  /** Keeps the latest report for an object until it is written. */
  keep(request: Request, report: Report): void {
    const key = placeKey(request);
    const before = this.#reports.get(key);
    const wroteSecret = report.wroteSecret || (before?.wroteSecret ?? false);
    const repair = report.repair ?? before?.repair;
    this.#reports.set(key, { ...report, wroteSecret, ...(repair !== undefined && { repair }) });
  }

  /** Shows that a new generation is being worked on, where an older result would be misread. Failing to is no failure. */
  async announce(seen: SealedSecret): Promise<void> {
    const { statuses } = this.#options;
    const sealed = statuses.asSaid(seen);
    const status = progressingStatus(sealed, this.#options.now());
    if (status === null) return;
    const before = syncedBefore(sealed);
    if (before !== null) this.#truths.set(sealed.metadata.uid ?? '', before);
    try {
      await statuses.write(sealed, status);
    } catch (error) {
      this.#options.logger.debug({ object: sealed.metadata.name, error: describeError(error) }, 'cannot announce work');
    }
  }

  async reconcile(request: Request): Promise<Outcome> {
    for (let attempt = 1; ; attempt += 1) {
      const failure = await this.#attempt(request);
      if (failure === null) return SETTLED;
      if (!isKubeError(failure.error, 'KUBE_CONFLICT') || attempt === ATTEMPTS) return retry(failure);
      await this.#refresh(request);
    }
  }

  /** Null when nothing is left to be written. */
  async #attempt(request: Request): Promise<Unwritten | null> {
    const report = this.#take(request);
    const sealed = this.#findSubject(request, report);
    if (report === undefined || sealed === null) return null;
    try {
      await this.#write(sealed, report);
      return null;
    } catch (error) {
      if (isKubeError(error, 'KUBE_NOT_FOUND')) return null;
      this.#putBack(request, report);
      return { error, verdict: report.verdict };
    }
  }

  /** The report on an object, which is taken out: one that comes while it is written stands for itself. */
  #take(request: Request): Report | undefined {
    const report = this.#reports.get(placeKey(request));
    this.#reports.delete(placeKey(request));
    return report;
  }

  /** `report` was not written: a later one, if there is one by now, tells what it had to tell. */
  #putBack(request: Request, report: Report): void {
    const later = this.#reports.get(placeKey(request));
    this.#reports.set(placeKey(request), report);
    if (later !== undefined) this.keep(request, later);
  }

  /** The object that `report` is about; null when it was deleted, or when a newer generation gets a report of its own. */
  #findSubject(request: Request, report: Report | undefined): SealedSecret | null {
    const sealed = this.#options.store.find(request);
    if (sealed?.metadata.uid !== report?.uid) this.#truths.delete(report?.uid ?? '');
    const isSame = sealed?.metadata.uid === report?.uid && sealed?.metadata.generation === report?.generation;
    return isSame ? sealed : null;
  }

  async #write(seen: SealedSecret, report: Report): Promise<void> {
    const { statuses } = this.#options;
    const sealed = statuses.asSaid(seen);
    const uid = sealed.metadata.uid ?? '';
    const before = this.#truths.get(uid) ?? null;
    const status = statusOf(sealed, report.verdict, { now: this.#options.now(), before });
    const isNews = isConditionNews(sealed, status);
    if (isStatusNews(sealed, status)) {
      const { conditions: _, ...records } = status;
      await statuses.write(sealed, isNews ? status : records);
    }
    this.#truths.delete(uid);
    this.#tellNews(sealed, status, report);
  }

  #tellNews(sealed: SealedSecret, status: SealedSecretStatus, report: Report): void {
    const { events } = this.#options;
    const warn = (reason: string, message: string) =>
      events.record({ regarding: sealed, type: 'Warning', reason, message: shortenMessage(message) });
    const isNews = isResultNews(sealed, status);
    const name = JSON.stringify(sealed.metadata.name);
    if (isNews || (report.wroteSecret && report.repair === undefined)) this.#tell(sealed, report.verdict);
    if (report.repair !== undefined)
      warn('SecretRepaired', `Secret ${name} is as it was sealed again: ${report.repair}`);
    const drift = newlyTrue(sealed, status, DRIFTED);
    if (drift !== null) warn('SecretDrifted', `Secret ${name} is not as it was sealed: ${drift}`);
    const problem = driftModeProblem(sealed.metadata);
    if (problem !== '' && newlyTrue(sealed, status, 'Ready')?.includes(problem)) warn('DriftModeUnknown', problem);
  }

  async #refresh(request: Request): Promise<void> {
    const live = await this.#options.client.get(SEALED_SECRETS, request).catch(() => null);
    if (live !== null) this.#options.store.observeAnswer(live);
  }

  #tell(sealed: SealedSecret, { state, reason, message }: Verdict): void {
    const eventReason = eventReasonOf(reason);
    const prefix = eventReason === 'ErrUnsealFailed' ? 'Failed to unseal: ' : '';
    const { namespace, name } = sealed.metadata;
    if (state === 'unsealed') this.#options.logger.info({ namespace, name }, 'SealedSecret unsealed');
    else
      this.#options.logger.warn(
        { namespace, name, reason, problem: shortenMessage(message) },
        'SealedSecret not unsealed',
      );
    this.#options.events.record({
      regarding: sealed,
      type: state === 'unsealed' ? 'Normal' : 'Warning',
      reason: eventReason,
      message: state === 'unsealed' ? 'SealedSecret unsealed successfully' : shortenMessage(`${prefix}${message}`),
    });
  }
}

function retry({ error, verdict }: Unwritten): Outcome {
  const retryAfterMs = isKubeError(error) ? error.retryAfterMs : undefined;
  const told = verdict.state === 'unsealed' ? error : new Error(withVerdict(error, verdict));
  return { kind: 'retry', error: told, ...(retryAfterMs === undefined ? {} : { atLeastMs: retryAfterMs }) };
}

/** Who finds neither status nor event must find in the log why the object fails. */
function withVerdict(error: unknown, { reason, message }: Verdict): string {
  return `${describeError(error)}; it was to say ${reason}: ${shortenMessage(message)}`;
}
