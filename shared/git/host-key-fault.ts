/** @module Reads from ssh's output that, and how, the key of a host is not the known one. */

/**
 * What is wrong with the host's key, with host, algorithm and fingerprint as far as ssh told them; null when it is something else. `stderr` is that of
 * ssh. Only what begins a line is ssh's own word: elsewhere it repeats what a host says before anybody knows who that is, and one that stands in for
 * another would name the fingerprint of the real one.
 */
export function findHostKeyFault(stderr: string): string | null {
  const lines = stderr.split(/\r?\n/);
  const find = (pattern: RegExp): RegExpMatchArray | undefined => {
    // The last one: what a host says comes before what ssh says of it.
    const line = lines.findLast((one) => pattern.test(one));
    return line?.match(pattern) ?? undefined;
  };
  // Whatever follows is said by a host whose key is the known one.
  if (find(/^debug1: Host '.*' is known and matches /) !== undefined) return null;
  const isChanged = find(/^@ +WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED/) !== undefined;
  const unknown = find(/^No (\S+) host key is known for (\S+) and you have requested strict checking/);
  const isRevoked = find(/^@ +WARNING: REVOKED HOST KEY DETECTED/) !== undefined;
  if (!isChanged && !isRevoked && unknown === undefined && find(/^Host key verification failed/) === undefined)
    return null;
  const seen = find(/^debug1: Server host key: (\S+) (SHA256:\S+)/);
  const host =
    unknown?.[2] ?? find(/^Host key for (\S+) has changed/)?.[1] ?? find(/^debug1: Connecting to (\S+)/)?.[1];
  const named = host === undefined ? 'the host' : `host "${host}"`;
  const sent = seen === undefined ? '' : `; it sent ${seen[1]} ${seen[2]}`;
  if (isRevoked) return `the key of ${named} is marked as revoked in known_hosts${sent}`;
  if (unknown !== undefined) return `known_hosts has no key for ${named}${sent}`;
  return `the key of ${named} is not the one in known_hosts${sent}`;
}
