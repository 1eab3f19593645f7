/**
 * @module Finds out which keys open SealedSecrets that were unsealed before records named keys: once for each, one at a
 * time, and only while there is nothing better to do. It writes no Secret.
 */
import { unsealItems } from '../../shared/sealing/unseal-secret.ts';
import type { KeySource } from '../keys/key-part.ts';
import type { UnsealMetrics } from '../metrics/sealing-metrics.ts';
import type { Outcome, Reconciler, Request } from '../reconcile-loop/reconciler.ts';
import type { Digests } from './digests.ts';
import type { KeyUsageNotes } from './key-usage-tally.ts';
import type { SealedSecretStore } from './sealed-secret-store.ts';
import { openedBy } from './status-record.ts';
import type { StatusReporter } from './status-reporter.ts';
import { knownKeys } from './unseal-work.ts';

/** What the census is made of. */
export interface KeyCensusOptions {
  readonly store: SealedSecretStore;
  readonly keys: KeySource;
  readonly digests: Digests;
  readonly reporter: StatusReporter;
  readonly submitReport: (request: Request) => void;
  readonly usage: KeyUsageNotes;
  readonly metrics: UnsealMetrics;
  /** True while objects are unsealed, which goes first. */
  readonly isBusy: () => boolean;
}

const SETTLED: Outcome = { kind: 'settled' };
const LOOK_AGAIN_MS = 250;

/** The reconciler of records without keys. */
export class KeyCensus implements Reconciler {
  readonly #options: KeyCensusOptions;

  constructor(options: KeyCensusOptions) {
    this.#options = options;
  }

  async reconcile(request: Request): Promise<Outcome> {
    const { store, keys, digests, usage, reporter, submitReport, metrics, isBusy } = this.#options;
    if (isBusy()) return { kind: 'again', afterMs: LOOK_AGAIN_MS };
    const sealed = store.find(request);
    const verdict = store.verdictOf(request);
    const record = verdict?.record ?? null;
    if (sealed === null || verdict?.state !== 'unsealed' || record === null) return SETTLED;
    const sealedDigest = digests.sealed(sealed);
    if (record.sealedDigest !== sealedDigest || knownKeys(sealedDigest, verdict) !== undefined) return SETTLED;
    const result = await unsealItems(sealed, keys.current().keyring);
    metrics.decrypted(result.kind === 'opened' ? 'Unsealed' : 'KeyNotFound');
    if (result.kind === 'failed' || store.verdictOf(request) !== verdict) return SETTLED;
    for (const item of result.items.values()) item.wipe();
    const found = {
      ...verdict,
      record: { ...record, ...openedBy(sealed, digests, { sealedDigest, keys: result.keys }) },
    };
    store.remember(request, sealed.metadata.uid, found);
    usage.note(request, found.record.keys);
    const { uid, generation } = sealed.metadata;
    reporter.keep(request, { uid, generation, verdict: found, wroteSecret: false });
    submitReport(request);
    return SETTLED;
  }
}
