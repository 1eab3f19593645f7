/** @module Reads from ssh's output that, and how, the key of a host is not the known one. */

/** What is wrong with the host's key, with host, algorithm and fingerprint as far as ssh told them; null when it is something else. */
export function findHostKeyFault(stderr: string): string | null {
  const isChanged = /REMOTE HOST IDENTIFICATION HAS CHANGED/.test(stderr);
  const unknown = /No (\S+) host key is known for (\S+) and you have requested strict checking/.exec(stderr);
  const isRevoked = /REVOKED HOST KEY DETECTED/.test(stderr);
  if (!isChanged && !isRevoked && unknown === null && !/Host key verification failed/.test(stderr)) return null;
  const seen = /Server host key: (\S+) (SHA256:\S+)/.exec(stderr);
  const host =
    unknown?.[2] ?? /Host key for (\S+) has changed/.exec(stderr)?.[1] ?? /Connecting to (\S+)/.exec(stderr)?.[1];
  const named = host === undefined ? 'the host' : `host "${host}"`;
  const sent = seen === null ? '' : `; it sent ${seen[1]} ${seen[2]}`;
  if (isRevoked) return `the key of ${named} is marked as revoked in known_hosts${sent}`;
  if (unknown !== null) return `known_hosts has no key for ${named}${sent}`;
  return `the key of ${named} is not the one in known_hosts${sent}`;
}
