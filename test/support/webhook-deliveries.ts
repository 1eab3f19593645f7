/** @module Deliveries as Git hosts make them, signed here by Node's own crypto. */
import { createHmac } from 'node:crypto';
import type { WebhookProvider } from '../../shared/resources/git-sync.ts';

/** Headers and body of one POST. */
export interface SignedDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What was pushed where. */
export interface Push {
  /** Address of a repository, ending in `.git`. */
  readonly url: string;
  /** Full name of a reference. */
  readonly reference: string;
}

/** The HMAC of `body` in hex. */
export function hmacOf(body: string, token: string, hash = 'sha256'): string {
  return createHmac(hash, token).update(body).digest('hex');
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** A push as `provider` tells of it. */
export function pushFrom(provider: WebhookProvider, push: Push, token: string): SignedDelivery {
  const body = JSON.stringify(PAYLOADS[provider](push));
  return { headers: { ...JSON_TYPE, ...HEADERS[provider](body, token) }, body };
}

const PAYLOADS: Readonly<Record<WebhookProvider, (push: Push) => unknown>> = {
  GitHub: gitHubPayload,
  Gitea: gitHubPayload,
  GitLab: ({ url, reference }) => ({
    object_kind: 'push',
    ref: reference,
    project: { git_http_url: url, git_ssh_url: 'git@elsewhere.example:a/b.git', web_url: url.replace(/\.git$/, '') },
  }),
  Bitbucket: ({ url, reference }) => ({
    eventKey: 'repo:refs_changed',
    repository: { slug: 'b', links: { clone: [{ href: 'ssh://git@other.example:7999/x/y.git' }, { href: url }] } },
    changes: [{ ref: { id: reference, type: 'BRANCH' }, type: 'UPDATE' }],
  }),
  Generic: () => ({ anything: true }),
};

function gitHubPayload({ url, reference }: Push): unknown {
  return { ref: reference, repository: { full_name: 'a/b', clone_url: url, html_url: url.replace(/\.git$/, '') } };
}

const HEADERS: Readonly<Record<WebhookProvider, (body: string, token: string) => Record<string, string>>> = {
  GitHub: (body, token) => ({ 'x-github-event': 'push', 'x-hub-signature-256': `sha256=${hmacOf(body, token)}` }),
  GitLab: (_body, token) => ({ 'x-gitlab-event': 'Push Hook', 'x-gitlab-token': token }),
  Gitea: (body, token) => ({ 'x-gitea-event': 'push', 'x-gitea-signature': hmacOf(body, token) }),
  Bitbucket: (body, token) => ({
    'x-event-key': 'repo:refs_changed',
    'x-hub-signature': `sha256=${hmacOf(body, token)}`,
  }),
  Generic: (body, token) => ({ 'x-signature': `sha512=${hmacOf(body, token, 'sha512')}` }),
};
