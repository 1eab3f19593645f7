/** @module The work on one SealedSecret that something is to be done for: open it, then write its Secret or report on it. */
import type { KubeReader, KubeWriter } from '../../shared/kube/client.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { UnsealAttempt, UnsealedRecord, UnsealMode } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import type { Rendering } from '../../shared/sealing/secret-from-items.ts';
import type { TemplateRenderer } from '../../shared/sealing/template-renderer.ts';
import type { KeySource } from '../keys/key-part.ts';
import type { UnsealMetrics } from '../metrics/sealing-metrics.ts';
import type { Digests, ToldFailure } from './digests.ts';
import { describeDrift } from './drift.ts';
import { type Examination, examineSecret, mayCompare } from './examine-secret.ts';
import { claimsOf } from './ownership.ts';
import { obstacleOf, type Subject, unsealed, wasUnsealedBefore } from './remembered-verdict.ts';
import type { SealedSecretStore } from './sealed-secret-store.ts';
import { contentOf, shapeOf } from './secret-content.ts';
import type { SecretIndex } from './secret-index.ts';
import { SecretWriter, type WriteResult } from './secret-writer.ts';
import { driftedBy, openedBy, renderedBy, vouchedAttempt } from './status-record.ts';
import { openSealedSecret } from './unseal-object.ts';
import type { Verdict } from './verdict.ts';
import type { WriteBursts } from './write-bursts.ts';
import { refusalOf, type WriteRefusal } from './write-refusal.ts';

/** A verdict that was just reached. */
export interface Finding {
  readonly verdict: Verdict;
  /** Whether a Secret was sent. */
  readonly written: boolean;
  /** The keys that opened the object; null when it does not open, or when nobody knows. */
  readonly keys: readonly string[] | null;
  /** What others had changed in the Secret that is now as it was sealed again. */
  readonly repair?: string;
}

/** What the work is made of. */
export interface UnsealWorkOptions {
  readonly client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'create' | 'replace' | 'mergePatch'>;
  readonly store: Pick<SealedSecretStore, 'placesNear'>;
  readonly index: SecretIndex;
  readonly keys: KeySource;
  readonly digests: Digests;
  readonly metrics: UnsealMetrics;
  readonly renderer: TemplateRenderer;
  /** Whether the deprecated form, a whole Secret in `spec.data`, is opened. */
  readonly acceptV1: boolean;
  readonly bursts: WriteBursts;
  readonly now: () => Date;
}

/** One object that was opened. */
interface Opened {
  readonly subject: Subject;
  readonly desired: Secret;
  readonly keys: readonly string[];
  /** The clock of its templates; null when it has none. */
  readonly renderedAt: string | null;
}

/** What an {@link UnsealAttempt} is made of, beside its subject. */
interface VainAttempt {
  /** Sorted; null when the items do not open. */
  readonly keys: readonly string[] | null;
  readonly secret: string;
  readonly told: ToldFailure;
}

/** The keys that opened what `sealedDigest` stands for, as `verdict` remembers them; null when it does not. */
export function knownKeys(sealedDigest: string, { record, attempt }: Verdict): readonly string[] | null {
  return [record, attempt].find((memory) => memory?.sealedDigest === sealedDigest && memory.keys)?.keys ?? null;
}

/** Opens and writes. */
export class UnsealWork {
  readonly #options: UnsealWorkOptions;
  readonly #writer: SecretWriter;

  constructor(options: UnsealWorkOptions) {
    this.#options = options;
    this.#writer = new SecretWriter(options.client);
  }

  /** Does what has to be done for `subject`; null when the Secret of somebody else has gone at this moment. */
  async run(subject: Subject): Promise<Finding | null> {
    const { metrics, acceptV1, store, bursts } = this.#options;
    const rendering = this.#renderingOf(subject);
    const { keyring, retired } = this.#options.keys.current();
    const surroundings = {
      retired: new Set(retired.map(({ certificate }) => certificate.fingerprint)),
      places: () => store.placesNear(subject.sealed),
    };
    const options = { rendering, acceptV1, surroundings };
    const result = await bursts.prepare(() => openSealedSecret(subject.sealed, keyring, options));
    metrics.decrypted(result.kind === 'opened' ? 'Unsealed' : result.reason);
    if (result.kind === 'failed') {
      const { state, isLasting, reason, message, keys: opening } = result;
      const keys = opening === null ? null : [...opening].sort();
      const attempt = isLasting ? this.#attemptOf(subject, { keys, secret: '', told: { reason, message } }) : null;
      return { verdict: { state, reason, message, record: subject.record, attempt }, written: false, keys };
    }
    const renderedAt = result.isRendered ? rendering.at.toISOString() : null;
    const opened: Opened = { subject, desired: result.secret, keys: [...result.keys].sort(), renderedAt };
    return (await this.#examine(opened)) ?? this.#write(opened);
  }

  /** A finding on a Secret that others may have edited and that is not to be written; null when it has to be. */
  async #examine(opened: Opened): Promise<Finding | null> {
    const { subject, desired } = opened;
    const { driftMode, sealed, claims, record } = subject;
    const isRepaired = driftMode === 'repair';
    // A known edit is repaired without ado; where records are lost, labels of others alone are no reason to write.
    if (!wasUnsealedBefore(subject) || (isRepaired && record !== null)) return null;
    try {
      const found = await examineSecret(this.#options.client, subject, desired);
      if (found !== null) return isRepaired && found.drift !== null ? null : this.#examined(opened, found);
      if (driftMode !== 'ignore' || claims !== null) return null;
      return this.#examined(opened, { live: GONE, mode: 'owned', drift: null });
    } catch (error) {
      return this.#refused(opened, refusalOf(error, sealed.metadata.name ?? ''), null);
    }
  }

  #examined(opened: Opened, { live, mode, drift }: Examination): Finding {
    const { subject, desired, keys } = opened;
    const { uid, resourceVersion } = claimsOf(live.metadata);
    const base = this.#recordOf(opened, live, mode);
    if (drift === null) return { verdict: unsealed(base), written: false, keys };
    this.#options.index.observeAnswer(live);
    const secretDigest = subject.record?.secretDigest ?? this.#digestOf(subject, desiredAs(desired, live), mode);
    const isTold = subject.driftMode === 'report';
    const { sealed, sealedDigest } = subject;
    const edit = { driftedVersion: resourceVersion, driftedDigest: base.secretDigest, drift: isTold ? drift : null };
    const drifted = driftedBy(sealed, this.#options.digests, { sealedDigest, ...edit });
    const writtenVersion = subject.record?.resourceVersion ?? '';
    const record = { ...base, uid, resourceVersion: writtenVersion, secretDigest, ...drifted };
    return { verdict: { ...unsealed(record), ...(isTold && { drift }) }, written: false, keys };
  }

  async #write(opened: Opened): Promise<Finding | null> {
    const { subject, desired, keys } = opened;
    const { sealed, claimant, claims } = subject;
    await this.#options.bursts.turn();
    const result = await this.#writer.write({ sealed, desired, claimant, claims });
    switch (result.kind) {
      case 'vanished': {
        const { namespace = '', name = '' } = sealed.metadata;
        // The watch says it as well, but Secrets are not watched in every installation.
        this.#options.index.forget({ namespace, name, uid: claims?.uid ?? '' });
        return null;
      }
      case 'refused':
        return this.#refused(opened, result.refusal, result.live);
      case 'written': {
        if (result.write !== null) this.#options.metrics.secretWritten(result.write);
        this.#options.index.observeAnswer(result.secret);
        const record = this.#recordOf(opened, result.secret, result.mode);
        const repair = repairOf(opened, result);
        const written = result.write !== null;
        return { verdict: unsealed(record), written, keys, ...(repair !== null && { repair }) };
      }
    }
  }

  #refused(opened: Opened, refusal: WriteRefusal, live: KubeObject | null): Finding {
    const { subject, keys } = opened;
    const isFinal = refusal.state === 'stalled' || refusal.reason === 'SecretExists';
    const secret = obstacleOf(live === null ? null : claimsOf(live.metadata));
    const attempt = isFinal ? this.#attemptOf(subject, { keys, secret, told: refusal }) : null;
    return { verdict: { ...refusal, record: subject.record, attempt }, written: false, keys };
  }

  #attemptOf({ sealed, sealedDigest, keysDigest }: Subject, { keys, secret, told }: VainAttempt): UnsealAttempt {
    const attempt = { sealedDigest, keysDigest, secret, ...(keys !== null && { keys }) };
    return vouchedAttempt(sealed, this.#options.digests, attempt, told);
  }

  /** Chance and clock are those of the first time for as long as the object stays: a repair brings back what there was. */
  #renderingOf({ sealedDigest, record }: Subject): Rendering {
    const { renderer, digests, now } = this.#options;
    const before = record?.sealedDigest === sealedDigest ? record.renderedAt : undefined;
    return { renderer, seed: digests.seed(sealedDigest), at: before === undefined ? now() : new Date(before) };
  }

  #recordOf({ subject, keys, renderedAt }: Opened, secret: KubeObject, mode: UnsealMode): UnsealedRecord {
    const { digests } = this.#options;
    const { sealed, sealedDigest } = subject;
    const { uid = '', resourceVersion = '' } = secret.metadata;
    return {
      uid,
      resourceVersion,
      sealedDigest,
      // Of the answer, not of what was sent: an admission webhook may have changed it, and that is no drift.
      secretDigest: this.#digestOf(subject, secret, mode),
      ownerDigest: digests.owner(sealed.metadata.uid ?? '', uid, mode),
      mode,
      ...openedBy(sealed, digests, { sealedDigest, keys }),
      ...(renderedAt !== null && renderedBy(sealed, digests, { sealedDigest, renderedAt })),
    };
  }

  #digestOf({ sealed, sealedDigest }: Subject, secret: KubeObject, mode: UnsealMode): string {
    return this.#options.digests.content(sealedDigest, contentOf(secret, shapeOf(sealed, mode)));
  }
}

/** In the place of a Secret that was deleted, where that is ignored. */
const GONE: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: {} };

/** `desired` as it would stand in the place of `live`. */
function desiredAs(desired: Secret, { metadata, ...live }: KubeObject): KubeObject {
  const { labels, annotations } = desired.metadata;
  const kept = { type: desired.type ?? live['type'], immutable: desired.immutable ?? live['immutable'] };
  return { ...desired, ...kept, metadata: { ...metadata, labels: labels ?? {}, annotations: annotations ?? {} } };
}

/** What others had done to a Secret that is now as it was; null when the SealedSecret itself was new or edited. */
function repairOf({ subject, desired }: Opened, result: WriteResult & { readonly kind: 'written' }): string | null {
  const { before, write, mode } = result;
  if (write === null || before === null || !wasUnsealedBefore(subject) || !mayCompare(before, subject)) return null;
  return describeDrift(subject.sealed, desired, { live: before, mode });
}
