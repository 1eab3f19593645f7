/**
 * @module Every Secret of the cluster as a handful of facts: enough to know that nothing changed, and nothing that is
 * secret. It also remembers for a moment which Secrets of others have just gone.
 */
import { type KubeObject, type ObjectMeta, placeKey } from '../../shared/resources/object-meta.ts';
import { isNewerVersion } from '../../shared/resources/resource-version.ts';
import { claimsOf, type SecretClaims } from './ownership.ts';

/**
 * How long the place of somebody else's Secret is left empty after its deletion, in milliseconds. Tools that replace
 * their Secret by deleting and creating it would otherwise find ours in between; sealed-secrets waits as well.
 */
export const HOLD_MS = 1_100;

/** The facts by namespace and name. */
export class SecretIndex {
  readonly #claims = new Map<string, SecretClaims>();
  readonly #heldUntil = new Map<string, number>();

  /** Takes note of a Secret from the watch. */
  observe(secret: KubeObject): void {
    this.#claims.set(placeKey(secret.metadata), claimsOf(secret.metadata));
  }

  /** Takes note of a Secret from the answer to a request, unless the watch has told of a later version by now. */
  observeAnswer(secret: KubeObject): void {
    const known = this.find(secret.metadata.namespace, secret.metadata.name);
    if (known === null || isNewerVersion(secret.metadata.resourceVersion, known.resourceVersion)) this.observe(secret);
  }

  /** Forgets a Secret that the watch saw go; one that was made in its place since stays. */
  forget({ namespace, name, uid }: ObjectMeta): void {
    const known = this.find(namespace, name);
    if (known === null || known.uid === uid) this.#claims.delete(placeKey({ namespace, name }));
  }

  /** What is known of a Secret; null when it does not exist. */
  find(namespace: string | undefined, name: string | undefined): SecretClaims | null {
    return this.#claims.get(placeKey({ namespace, name })) ?? null;
  }

  /** Keeps the place of a Secret empty until `untilMs`; places whose time was over before `nowMs` are forgotten. */
  hold(namespace: string | undefined, name: string | undefined, { untilMs, nowMs }: HoldTimes): void {
    for (const [key, heldUntil] of this.#heldUntil) if (heldUntil <= nowMs) this.#heldUntil.delete(key);
    this.#heldUntil.set(placeKey({ namespace, name }), untilMs);
  }

  /** Milliseconds for which the place is still kept empty. */
  heldForMs(namespace: string | undefined, name: string | undefined, nowMs: number): number {
    return Math.max(0, (this.#heldUntil.get(placeKey({ namespace, name })) ?? 0) - nowMs);
  }
}

/** Instants of one clock, in milliseconds. */
export interface HoldTimes {
  readonly untilMs: number;
  readonly nowMs: number;
}
