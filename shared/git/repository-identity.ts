/** @module Tells whether two addresses name one repository, whatever transport they are written for. For comparing alone: nothing is ever read from an identity. */
import { parseRepositoryUrl } from './repository-url.ts';

/** Where a repository is. Both parts in lower case, without user, port, slashes at the ends and `.git`. */
export interface RepositoryIdentity {
  /** Empty for a file of this machine. */
  readonly host: string;
  readonly path: string;
}

const SCHEME = /^[a-z]+:\/\//i;

/**
 * The identity of the repository at `address`, whose `https://`, `ssh://` and `user@host:path` forms have the same; null for text that is no address.
 * Ports are dropped, since each transport has its own. Never throws.
 */
export function identifyRepository(address: string): RepositoryIdentity | null {
  const parsed = parseAddress(address);
  if (parsed === null) return null;
  const path = trimPath(parsed.path.toLowerCase());
  return path === '' ? null : { host: parsed.host.toLowerCase(), path };
}

function parseAddress(text: string): RepositoryIdentity | null {
  try {
    const { address } = parseRepositoryUrl(text, { allowHttp: true, allowFile: true });
    if (!SCHEME.test(address)) return splitScpForm(address);
    const { hostname, pathname } = new URL(address);
    return { host: hostname, path: pathname };
  } catch {
    return null;
  }
}

/** `user@host:path`; an IPv6 host stands in brackets. */
function splitScpForm(address: string): RepositoryIdentity {
  const place = address.slice(address.indexOf('@') + 1);
  const colon = place.indexOf(':', Math.max(0, place.indexOf(']')));
  return { host: place.slice(0, colon), path: place.slice(colon + 1) };
}

function trimPath(path: string): string {
  const names = path.split('/').filter((name) => name !== '');
  return names.join('/').replace(/\.git$/, '');
}
