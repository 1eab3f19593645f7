/** @module One at a time: tasks of the same key wait for each other, across all repositories of the process. */

const queues = new Map<string, Promise<unknown>>();

/** Runs `task` after every earlier task of `key` has ended, however it ended. A task must not wait for another one of its key. */
export function runExclusively<T>(key: string, task: () => Promise<T>): Promise<T> {
  const result = (queues.get(key) ?? Promise.resolve()).then(task, task);
  const settled = result.then(
    () => undefined,
    () => undefined,
  );
  queues.set(key, settled);
  // The last one in the queue takes the key away, so that the map does not grow with every repository ever seen.
  void settled.then(() => {
    if (queues.get(key) === settled) queues.delete(key);
  });
  return result;
}
