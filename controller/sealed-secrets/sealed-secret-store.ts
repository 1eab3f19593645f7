/** @module The SealedSecrets of the cluster as last seen, and what this process knows of them beyond their status. */
import { conditionOf } from '../../shared/resources/conditions.ts';
import { type KubeObject, placeKey } from '../../shared/resources/object-meta.ts';
import { isNewerVersion } from '../../shared/resources/resource-version.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { KnownPlace } from '../../shared/sealing/mistakes.ts';
import { type Request, requestOf } from '../reconcile-loop/reconciler.ts';
import { keptObject } from './kept-object.ts';
import type { Verdict } from './verdict.ts';

interface Entry {
  sealed: SealedSecret;
  verdict: Verdict | undefined;
  verifiedVersion: string | undefined;
}

/** SealedSecrets by namespace and name. What is known of one is forgotten when it is deleted, or made again. */
export class SealedSecretStore {
  readonly #entries = new Map<string, Entry>();

  /** Takes note of an object from the answer to a request, unless the watch has told of a later version by now. */
  observeAnswer(object: KubeObject): void {
    const known = this.find(requestOf(object))?.metadata;
    const isLater = isNewerVersion(object.metadata.resourceVersion, known?.resourceVersion);
    if (known?.uid === object.metadata.uid && isLater) this.observe(object);
  }

  /** Takes note of an object from the watch. False when exactly this version was known. */
  observe(object: KubeObject): boolean {
    const sealed = keptObject(object);
    const entry = this.#entries.get(placeKey(requestOf(object)));
    if (entry === undefined || entry.sealed.metadata.uid !== sealed.metadata.uid) {
      this.#entries.set(placeKey(requestOf(object)), { sealed, verdict: undefined, verifiedVersion: undefined });
      return true;
    }
    const isNews = entry.sealed.metadata.resourceVersion !== sealed.metadata.resourceVersion;
    entry.sealed = sealed;
    return isNews;
  }

  /** Forgets an object. */
  forget(object: KubeObject): void {
    this.#entries.delete(placeKey(requestOf(object)));
  }

  /** The object as last seen, or null. */
  find(request: Request): SealedSecret | null {
    return this.#entries.get(placeKey(request))?.sealed ?? null;
  }

  /** True when an object of this name is known. */
  has(request: Request): boolean {
    return this.#entries.has(placeKey(request));
  }

  /** The last verdict of this process. It outlives a status that the API server does not store whole. */
  verdictOf(request: Request): Verdict | undefined {
    return this.#entries.get(placeKey(request))?.verdict;
  }

  /** Keeps `verdict` for the object of `uid`. */
  remember(request: Request, uid: string | undefined, verdict: Verdict): void {
    const entry = this.#entries.get(placeKey(request));
    if (entry?.sealed.metadata.uid === uid && entry !== undefined) entry.verdict = verdict;
  }

  /** The resourceVersion at which the Secret was last compared and found in order, although it is not the recorded one. */
  verifiedVersionOf(request: Request): string | undefined {
    return this.#entries.get(placeKey(request))?.verifiedVersion;
  }

  /** Notes that the Secret was found in order at `resourceVersion`. */
  rememberVerified(request: Request, resourceVersion: string | undefined): void {
    const entry = this.#entries.get(placeKey(request));
    if (entry !== undefined) entry.verifiedVersion = resourceVersion;
  }

  /** Every object. */
  all(): readonly Request[] {
    return [...this.#entries.values()].map(({ sealed }) => requestOf(sealed));
  }

  /**
   * The place of `sealed`, and where else a sealed value of it stands, a bounded number of places, the likeliest first: its
   * name in other namespaces, then other names beside it, then the rest. An object that shares no value is never named: whoever
   * makes SealedSecrets could seal for a place that they guess, and would be told whether one stands there.
   */
  placesNear(sealed: SealedSecret): readonly KnownPlace[] {
    const own = requestOf(sealed);
    const values = new Set(sealedValuesOf(sealed));
    const near: KnownPlace[][] = [[], [], [], []];
    for (const { sealed: other, verdict } of this.#entries.values()) {
      const place = requestOf(other);
      const distance = distanceOf(place, own);
      if (distance > 0 && !sealedValuesOf(other).some((value) => values.has(value))) continue;
      near[distance]?.push({ ...place, keys: verdict?.record?.keys ?? [] });
    }
    return near.flat().slice(0, MAX_PLACES);
  }

  /** True when nothing was ever said of the object's present generation: somebody waits for it. */
  isNew(request: Request): boolean {
    const sealed = this.find(request);
    return sealed !== null && sealed.status?.observedGeneration !== sealed.metadata.generation;
  }

  /** Every object whose last verdict, or status, is not that it was unsealed. */
  failing(): readonly Request[] {
    return [...this.#entries.values()].filter(isFailing).map(({ sealed }) => requestOf(sealed));
  }
}

/** More places would use up the questions that a failing object may cost. */
const MAX_PLACES = 17;

/** 0 for the same place, 1 for its name elsewhere, 2 for another name beside it, 3 for anything else. */
function distanceOf(place: Request, own: Request): 0 | 1 | 2 | 3 {
  if (place.name === own.name) return place.namespace === own.namespace ? 0 : 1;
  return place.namespace === own.namespace ? 2 : 3;
}

/** Every sealed value of `sealed`, also of the deprecated form; whatever else stands there is left out. */
function sealedValuesOf({ spec }: SealedSecret): readonly string[] {
  const values: readonly unknown[] = [...Object.values(spec?.encryptedData ?? {}), spec?.data];
  return values.filter((value): value is string => typeof value === 'string' && value !== '');
}

function isFailing({ sealed, verdict }: Entry): boolean {
  if (verdict !== undefined) return verdict.state !== 'unsealed';
  return conditionOf(sealed, 'Ready')?.status !== 'True';
}
