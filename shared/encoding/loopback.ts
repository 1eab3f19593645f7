/** @module Which host names of addresses mean this machine itself. */

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** True for `hostname`, as the URL class gives it, when nothing that is sent there leaves this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}
