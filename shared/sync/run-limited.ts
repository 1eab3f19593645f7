/** @module Does many things, a few at a time. */

/** How many requests of one stage are under way at once. */
export const APPLY_CONCURRENCY = 16;

/**
 * Calls `work` for each item, at most `limit` at a time and in order of their start, and resolves when all have ended. Once
 * `signal` is aborted no further item is started. `work` reports its own failures: the first rejection is thrown after all ended.
 */
export async function runLimited<T>(
  items: readonly T[],
  options: { readonly limit: number; readonly signal?: AbortSignal },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (options.signal?.aborted) return;
      await work(item);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(options.limit, items.length) }, worker));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
