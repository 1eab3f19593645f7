/**
 * @module Deletes the Secret of a SealedSecret that was deleted, also where it has no ownerReference, for installations that ask for this
 * old behaviour. A Secret that only has its name stays: otherwise making and deleting a SealedSecret would delete any Secret.
 */
import type { KubeReader, KubeWriter } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import { type KubeObject, placeKey } from '../../shared/resources/object-meta.ts';
import type { Logger } from '../logging/logger.ts';
import { type Outcome, type Reconciler, type Request, requestOf } from '../reconcile-loop/reconciler.ts';

/** What a removal is made of. */
export interface SecretRemovalOptions {
  readonly client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'delete'>;
  readonly logger: Logger;
}

/** What is known of a SealedSecret that has gone. */
interface Removed {
  readonly uid: string | undefined;
  readonly secretUid: string | null;
}

const SETTLED: Outcome = { kind: 'settled' };

/** The reconciler of Secrets whose SealedSecrets have gone: its loop is handed what {@link SecretRemoval.note} gives. */
export class SecretRemoval implements Reconciler {
  readonly #options: SecretRemovalOptions;
  readonly #notes = new Map<string, Removed>();

  constructor(options: SecretRemovalOptions) {
    this.#options = options;
  }

  /** Takes note of a SealedSecret that the watch has seen go, and of the uid of the Secret that was made or taken over for it. */
  note(sealed: KubeObject, secretUid: string | null): Request {
    const request = requestOf(sealed);
    this.#notes.set(placeKey(request), { uid: sealed.metadata.uid, secretUid });
    return request;
  }

  async reconcile(request: Request): Promise<Outcome> {
    const key = placeKey(request);
    const removed = this.#notes.get(key);
    if (removed === undefined) return SETTLED;
    try {
      await this.#remove(request, removed);
    } catch (error) {
      // With a conflict somebody else's Secret stands in its place by now.
      if (!isKubeError(error, 'KUBE_CONFLICT')) return { kind: 'retry', error };
    }
    // A later SealedSecret of the name may have gone meanwhile.
    if (this.#notes.get(key) === removed) this.#notes.delete(key);
    return SETTLED;
  }

  async #remove(request: Request, removed: Removed): Promise<void> {
    const { client, logger } = this.#options;
    // A watch with a label selector also says of an object that was relabelled that it is gone.
    if ((await client.get(SEALED_SECRETS, request, { metadataOnly: true })) !== null) return;
    const secret = await client.get(SECRETS, request, { metadataOnly: true });
    const uid = secret?.metadata.uid;
    if (secret === null || uid === undefined || !isOf(secret, removed)) return;
    const result = await client.delete(SECRETS, request, { uid });
    if (result !== 'absent') logger.info({ ...request }, 'deleted the Secret of a deleted SealedSecret');
  }
}

/** True for the Secret that was written for the SealedSecret, and for one that names it as an owner. */
function isOf({ metadata }: KubeObject, { uid, secretUid }: Removed): boolean {
  if (metadata.uid === secretUid) return true;
  return uid !== undefined && (metadata.ownerReferences ?? []).some((reference) => reference.uid === uid);
}
