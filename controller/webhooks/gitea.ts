/** @module Deliveries of Gitea, and of Forgejo and Gogs, which have headers of their own beside or instead of Gitea's. */
import { isSignedWith } from './authenticity.ts';
import type { Delivery, ProviderRules } from './delivery.ts';
import { readGitHubPush } from './github.ts';

const PRODUCTS = ['gitea', 'forgejo', 'gogs'];

/** The rules of Gitea, Forgejo and Gogs: hex of an HMAC-SHA256, without a word before it. */
export const GITEA: ProviderRules = {
  isAuthentic(delivery, token) {
    return isSignedWith(token, delivery.body, { hash: 'sha256', hex: firstHeader(delivery, 'signature') });
  },
  eventOf(delivery) {
    return firstHeader(delivery, 'event') === 'push' ? 'push' : 'other';
  },
  readPush: readGitHubPush,
};

function firstHeader({ header }: Delivery, suffix: string): string | undefined {
  return PRODUCTS.map((product) => header(`x-${product}-${suffix}`)).find((value) => value !== undefined);
}
