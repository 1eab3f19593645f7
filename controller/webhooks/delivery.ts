/** @module The words that all providers of webhooks share: what is delivered, and what it may tell. */
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';

/** One delivery, as it came over the wire. */
export interface Delivery {
  /** The value of a header, its name in lower case; one that came twice has a comma in it. */
  readonly header: (name: string) => string | undefined;
  /** As it was sent: what signatures are made over. */
  readonly body: Uint8Array;
}

/** What a delivery is about. `other`: something that changes no reference. */
export type DeliveryEvent = 'push' | 'ping' | 'other';

/**
 * What the payload of a push says. It is no more than a hint where to look: addresses are compared with those of GitSyncs, and nothing
 * is ever read from them.
 */
export interface PushHint {
  /** Addresses of the repository; empty when the payload names none. */
  readonly addresses: readonly string[];
  /** Full names such as `refs/heads/main`; empty when the payload names none. */
  readonly references: readonly string[];
}

/** What one provider does in its own way. No function throws, whatever it is given. */
export interface ProviderRules {
  /** Whether `delivery` was made by somebody who knows `token`. Takes the same time for every wrong signature of one length. */
  isAuthentic(delivery: Delivery, token: SecretBytes): boolean;
  /** To be asked of authentic deliveries; headers are not signed, so it decides about nothing but a look. */
  eventOf(delivery: Delivery): DeliveryEvent;
  /** Null: the payload is not looked at, and may be anything. */
  readonly readPush: ((payload: unknown) => PushHint) | null;
}
