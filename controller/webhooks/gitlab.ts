/** @module Deliveries of GitLab, which sends the token itself: what it proves is that the sender knows it, and nothing about the body. */
import { isToken } from './authenticity.ts';
import type { ProviderRules } from './delivery.ts';
import { textsOf, valueAt } from './payload-fields.ts';

const PUSHES = new Set(['Push Hook', 'Tag Push Hook']);

/** The rules of GitLab, for hooks of a project or a group. */
export const GITLAB: ProviderRules = {
  isAuthentic: ({ header }, token) => isToken(token, header('x-gitlab-token')),
  eventOf: ({ header }) => (PUSHES.has(header('x-gitlab-event') ?? '') ? 'push' : 'other'),
  readPush(payload) {
    const names = ['git_http_url', 'git_ssh_url', 'web_url'];
    return {
      addresses: textsOf(...names.map((name) => valueAt(payload, 'project', name))),
      references: textsOf(valueAt(payload, 'ref')),
    };
  },
};
