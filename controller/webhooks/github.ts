/** @module Deliveries of GitHub: `X-Hub-Signature-256` over the body, events `push` and `ping`. */
import { isSignedWith } from './authenticity.ts';
import type { ProviderRules, PushHint } from './delivery.ts';
import { textsOf, valueAt } from './payload-fields.ts';

/** What {@link GITHUB} and its likes need of a push. */
export function readGitHubPush(payload: unknown): PushHint {
  const names = ['clone_url', 'ssh_url', 'html_url'];
  return {
    addresses: textsOf(...names.map((name) => valueAt(payload, 'repository', name))),
    references: textsOf(valueAt(payload, 'ref')),
  };
}

/** The rules of GitHub, in the cloud and on premises. */
export const GITHUB: ProviderRules = {
  isAuthentic({ header, body }, token) {
    const hex = /^sha256=(.*)$/s.exec(header('x-hub-signature-256') ?? '')?.[1];
    return isSignedWith(token, body, { hash: 'sha256', hex });
  },
  eventOf({ header }) {
    const event = header('x-github-event');
    return event === 'push' || event === 'ping' ? event : 'other';
  },
  readPush: readGitHubPush,
};
