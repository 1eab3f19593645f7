/** @module A pause that an interrupt ends, without the modules that Node's own would load at the start of every verb. */

/** Resolves after `ms`. Rejects with the reason of `signal` once that is aborted, be it before the pause began. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
