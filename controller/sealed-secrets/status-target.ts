/** @module Where the status of SealedSecrets goes: into the cluster, by the rights that the controller has, or nowhere. */
import type { KubeWriter } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SEALED_SECRETS } from '../../shared/kube/resource-type.ts';
import { CONTROLLER_FIELD_MANAGER } from '../../shared/resources/names.ts';
import { type KubeObject, placeKey } from '../../shared/resources/object-meta.ts';
import type { SealedSecret, SealedSecretStatus } from '../../shared/resources/sealed-secret.ts';
import type { Logger } from '../logging/logger.ts';
import type { PeerMetrics } from '../metrics/peer-metrics.ts';
import { syncedOf } from './sealed-secret-status.ts';
import type { SealedSecretStore } from './sealed-secret-store.ts';

/** Takes the status of SealedSecrets. */
export interface StatusTarget {
  /** `sealed` with the status that was said of it last. */
  asSaid(sealed: SealedSecret): SealedSecret;
  /** Says `status`; what it does not name stays, and what is null goes. @throws KubeError; `KUBE_CONFLICT` when `sealed` is not the latest. */
  write(sealed: SealedSecret, status: SealedSecretStatus): Promise<void>;
  /** `sealed` is gone. */
  forget(sealed: KubeObject): void;
}

/** What a status in the cluster is written with. */
export interface ClusterStatusOptions {
  readonly client: Pick<KubeWriter, 'mergePatch' | 'replace'>;
  readonly store: Pick<SealedSecretStore, 'observeAnswer'>;
  readonly logger: Logger;
}

const OPTIONS = { subresource: 'status', fieldManager: CONTROLLER_FIELD_MANAGER } as const;

/** Status in the cluster: patched, or replaced whole where the right to patch is missing, as in roles made for sealed-secrets. */
export class ClusterStatus implements StatusTarget {
  readonly #options: ClusterStatusOptions;
  #mayPatch = true;

  constructor(options: ClusterStatusOptions) {
    this.#options = options;
  }

  asSaid(sealed: SealedSecret): SealedSecret {
    return sealed;
  }

  async write(sealed: SealedSecret, status: SealedSecretStatus): Promise<void> {
    this.#options.store.observeAnswer(await this.#send(sealed, status));
  }

  forget(): void {
    // Goes with the object.
  }

  async #send(sealed: SealedSecret, status: SealedSecretStatus): Promise<KubeObject> {
    if (!this.#mayPatch) return this.#replace(sealed, status);
    try {
      return await this.#patch(sealed, status);
    } catch (error) {
      if (!isKubeError(error, 'KUBE_FORBIDDEN')) throw error;
    }
    const answer = await this.#replace(sealed, status);
    if (this.#mayPatch) this.#options.logger.info({}, 'status is replaced whole: there is no right to patch it');
    this.#mayPatch = false;
    return answer;
  }

  #patch(sealed: SealedSecret, status: SealedSecretStatus): Promise<KubeObject> {
    const { namespace, name = '', resourceVersion } = sealed.metadata;
    const patch = { metadata: { resourceVersion }, status: withRemovals(sealed.status, status) };
    return this.#options.client.mergePatch(SEALED_SECRETS, { namespace, name }, patch, OPTIONS);
  }

  #replace(sealed: SealedSecret, status: SealedSecretStatus): Promise<KubeObject> {
    return this.#options.client.replace(SEALED_SECRETS, withStatus(sealed, status), OPTIONS);
  }
}

/** Status that is kept from the cluster: only metrics tell of it, and events of what is new in it. */
export class UnwrittenStatus implements StatusTarget {
  readonly #metrics: Pick<PeerMetrics, 'observed'>;
  /** By namespace and name; of objects that are there. */
  readonly #said = new Map<string, { readonly uid: string | undefined; readonly status: SealedSecretStatus }>();

  constructor(metrics: Pick<PeerMetrics, 'observed'>) {
    this.#metrics = metrics;
  }

  asSaid(sealed: SealedSecret): SealedSecret {
    const said = this.#said.get(placeKey(sealed.metadata));
    return said === undefined || said.uid !== sealed.metadata.uid ? sealed : { ...sealed, status: said.status };
  }

  async write(sealed: SealedSecret, status: SealedSecretStatus): Promise<void> {
    const said = withStatus(this.asSaid(sealed), status);
    this.#said.set(placeKey(sealed.metadata), { uid: sealed.metadata.uid, status: said.status ?? {} });
    this.#metrics.observed(sealed, syncedOf(said));
  }

  forget(sealed: KubeObject): void {
    this.#said.delete(placeKey(sealed.metadata));
  }
}

/** `status` as a merge patch over `before`: fields that a record no longer has would stay in it unless they are named. */
function withRemovals(before: SealedSecretStatus = {}, status: SealedSecretStatus): Readonly<Record<string, unknown>> {
  const records = { unsealed: status.unsealed, attempt: status.attempt };
  const replaced = Object.entries(records).flatMap(([field, record]) => {
    const old: unknown = before[field as keyof typeof records];
    if (!record || typeof old !== 'object' || old === null) return [];
    const gone = Object.keys(old).filter((key) => !Object.hasOwn(record, key));
    return [[field, { ...record, ...Object.fromEntries(gone.map((key) => [key, null])) }]];
  });
  return { ...status, ...Object.fromEntries(replaced) };
}

/** `sealed` with `status` on top of its own. */
function withStatus(sealed: SealedSecret, status: SealedSecretStatus): SealedSecret {
  const merged = Object.entries({ ...sealed.status, ...status }).filter(([, value]) => value !== null);
  return { ...sealed, status: Object.fromEntries(merged) };
}
