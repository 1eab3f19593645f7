/** @module Puts an unsealed Secret into the cluster, within the rules of ownership. */
import type { KubeReader, KubeWriter } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { referenceOf } from '../../shared/kube/paths.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import { UNSEAL_FIELD_MANAGER } from '../../shared/resources/names.ts';
import { hasFieldManager, type KubeObject } from '../../shared/resources/object-meta.ts';
import type { SealedSecret, UnsealMode } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import type { SecretWrite } from '../metrics/sealing-metrics.ts';
import { changesData, skipsOwner, toCreate, toReplacement, toUpsert } from './desired-secret.ts';
import { applyMergePatch } from './merge-patch.ts';
import {
  type Claimant,
  claimsOf,
  decideOwnership,
  isKept,
  isOurs,
  type Ownership,
  type SecretClaims,
} from './ownership.ts';
import {
  refusalOf,
  refuseForeign,
  refuseImmutable,
  refuseImmutableShared,
  refuseTerminating,
  refuseType,
  type WriteRefusal,
} from './write-refusal.ts';

/** One Secret to write. */
export interface WriteRequest {
  readonly sealed: SealedSecret;
  readonly desired: Secret;
  readonly claimant: Claimant;
  /** The Secret as the watch last saw it. */
  readonly claims: SecretClaims | null;
}

/**
 * What came of it. `secret` is as the server holds it now; `write` null says that nothing was sent. `vanished`: a
 * Secret of somebody else was deleted at this very moment.
 */
export type WriteResult =
  | {
      readonly kind: 'written';
      readonly secret: KubeObject;
      readonly mode: UnsealMode;
      readonly write: SecretWrite | null;
      /** What stood there before; null when nothing did, or when it did not matter. */
      readonly before: KubeObject | null;
    }
  | { readonly kind: 'refused'; readonly refusal: WriteRefusal; readonly live: KubeObject | null }
  | { readonly kind: 'vanished' };

/** How often a write is tried again because somebody else wrote in between. */
const ATTEMPTS = 4;
const OPTIONS = { fieldManager: UNSEAL_FIELD_MANAGER };

/** Writes Secrets through `client`. */
export class SecretWriter {
  readonly #client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'create' | 'replace' | 'mergePatch'>;

  constructor(client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'create' | 'replace' | 'mergePatch'>) {
    this.#client = client;
  }

  /** Makes the Secret what `request` wants. Failures are part of the result. */
  async write(request: WriteRequest): Promise<WriteResult> {
    let live: KubeObject | null = null;
    try {
      if (request.claims !== null) live = await this.#get(request.sealed);
      if (request.claims !== null && live === null && !isOurs(request.claims, request.claimant))
        return { kind: 'vanished' };
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await this.#writeOnce(request, live);
        } catch (error) {
          const isRace = isKubeError(error, 'KUBE_ALREADY_EXISTS', 'KUBE_CONFLICT');
          if (!isRace || attempt === ATTEMPTS) throw error;
          live = await this.#get(request.sealed);
        }
      }
    } catch (error) {
      return { kind: 'refused', refusal: refusalOf(error, request.sealed.metadata.name ?? ''), live };
    }
  }

  #get(sealed: SealedSecret): Promise<KubeObject | null> {
    return this.#client.get(SECRETS, referenceOf(sealed));
  }

  async #writeOnce(request: WriteRequest, live: KubeObject | null): Promise<WriteResult> {
    const { sealed, desired } = request;
    if (live === null) {
      const secret = await this.#client.create(SECRETS, toCreate(sealed, desired), OPTIONS);
      return { kind: 'written', secret, mode: 'owned', write: 'created', before: null };
    }
    const ownership = decideOwnership(claimsOf(live.metadata), request.claimant);
    const refusal = refuse(request, live, ownership);
    if (refusal !== null) return isAdoptable(request, live) ? adopt(live) : { kind: 'refused', refusal, live };
    if (ownership === 'upsert') return this.#upsert(request, live);
    const replacement = toReplacement(sealed, desired, live);
    if (replacement === null) return { kind: 'written', secret: live, mode: 'owned', write: null, before: live };
    const secret = await this.#client.replace(SECRETS, replacement, OPTIONS);
    return { kind: 'written', secret, mode: 'owned', write: 'replaced', before: live };
  }

  async #upsert({ sealed, desired, claimant }: WriteRequest, live: KubeObject): Promise<WriteResult> {
    const patch = toUpsert(sealed, desired, live);
    const secret = patch === null ? live : await this.#patch(live, patch);
    // The template's annotations are on it by now, and may say otherwise than those before.
    const mode = isKept(claimsOf(secret.metadata), claimant) ? 'shared' : 'patched';
    return { kind: 'written', secret, mode, write: patch === null ? null : 'patched', before: live };
  }

  /** Roles made for sealed-secrets give the right to update Secrets, and none to patch them. */
  async #patch(live: KubeObject, patch: Readonly<Record<string, unknown>>): Promise<KubeObject> {
    const { namespace, name = '' } = live.metadata;
    try {
      return await this.#client.mergePatch(SECRETS, { namespace, name }, patch, OPTIONS);
    } catch (error) {
      if (!isKubeError(error, 'KUBE_FORBIDDEN')) throw error;
      return this.#client.replace(SECRETS, applyMergePatch(live, patch), OPTIONS);
    }
  }
}

/** Why `live` cannot be written, as far as that is known without asking the server. */
function refuse(request: WriteRequest, live: KubeObject, ownership: Ownership): WriteRefusal | null {
  const { desired } = request;
  const name = live.metadata.name ?? '';
  if (ownership === 'blocked') return refuseForeign(name);
  if (live.metadata.deletionTimestamp !== undefined) return refuseTerminating(name);
  const mode = ownership === 'upsert' ? 'upsert' : 'replace';
  if (live['immutable'] === true && changesData(desired, live, mode))
    return mode === 'upsert' ? refuseImmutableShared(name) : refuseImmutable(name);
  const current = typeof live['type'] === 'string' ? live['type'] : 'Opaque';
  const wanted = desired.type ?? 'Opaque';
  return mode === 'replace' && current !== wanted ? refuseType(name, current, wanted) : null;
}

/**
 * A Secret without owner that this controller wrote, and that is just as it would write it: the process ended before
 * its record was written. Content alone would not do, or a stranger's equal Secret would become ours.
 */
function isAdoptable({ sealed, desired }: WriteRequest, live: KubeObject): boolean {
  const isOurWork = hasFieldManager(live.metadata, UNSEAL_FIELD_MANAGER);
  const hasOwner = (live.metadata.ownerReferences ?? []).length > 0;
  return skipsOwner(sealed) && isOurWork && !hasOwner && toReplacement(sealed, desired, live) === null;
}

function adopt(secret: KubeObject): WriteResult {
  return { kind: 'written', secret, mode: 'owned', write: null, before: secret };
}
