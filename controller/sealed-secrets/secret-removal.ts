/**
 * @module Deletes the Secret of a SealedSecret that was deleted, whoever owns it, for installations that ask for this old
 * behaviour. Without it Secrets go by their ownerReference, and those that have none stay.
 */
import type { KubeReader, KubeWriter } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { Logger } from '../logging/logger.ts';
import type { Outcome, Reconciler, Request } from '../reconcile-loop/reconciler.ts';
import { requestOf } from './sealed-secret-store.ts';

/** What a removal is made of. */
export interface SecretRemovalOptions {
  readonly client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'delete'>;
  readonly logger: Logger;
}

const SETTLED: Outcome = { kind: 'settled' };

/** The reconciler of Secrets whose SealedSecrets have gone: its loop is handed what {@link SecretRemoval.note} gives. */
export class SecretRemoval implements Reconciler {
  readonly #options: SecretRemovalOptions;
  /** The uid of the Secret that stood there when the removal began; null while it is not known. */
  readonly #uids = new Map<string, string | null>();

  constructor(options: SecretRemovalOptions) {
    this.#options = options;
  }

  /** Takes note of a SealedSecret that the watch has seen go. */
  note(sealed: KubeObject): Request {
    const request = requestOf(sealed);
    this.#uids.set(keyOf(request), null);
    return request;
  }

  async reconcile(request: Request): Promise<Outcome> {
    try {
      await this.#remove(request);
      this.#uids.delete(keyOf(request));
      return SETTLED;
    } catch (error) {
      // Somebody else's Secret stands in its place by now.
      if (isKubeError(error, 'KUBE_CONFLICT')) return SETTLED;
      return { kind: 'retry', error };
    }
  }

  async #remove(request: Request): Promise<void> {
    const { client, logger } = this.#options;
    // A watch with a label selector also says of an object that was relabelled that it is gone.
    if ((await client.get(SEALED_SECRETS, request, { metadataOnly: true })) !== null) return;
    const secret = await client.get(SECRETS, request, { metadataOnly: true });
    const uid = this.#uids.get(keyOf(request)) ?? secret?.metadata.uid;
    if (uid === undefined) return;
    this.#uids.set(keyOf(request), uid);
    const result = await client.delete(SECRETS, request, { uid });
    if (result !== 'absent') logger.info({ ...request }, 'deleted the Secret of a deleted SealedSecret');
  }
}

function keyOf({ namespace, name }: Request): string {
  return `${namespace}/${name}`;
}
