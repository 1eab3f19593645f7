/** @module Ends a fetch that writes more to disk than it may: git itself has no such limit. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { GitError } from './errors.ts';
import { describeBytes } from './git-limits.ts';

const LOOK_EVERY_MS = 250;

/**
 * Calls `fetch` with a signal that fires when the objects of `mirror` have grown by more than `maxBytes`, or when `outer` does. A
 * fetch that ends in between is measured once more.
 * @throws GitError `GIT_TREE_TOO_LARGE`
 */
export async function guardTransfer<T>(
  mirror: string,
  maxBytes: number,
  fetch: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const before = await measureObjects(mirror);
  const controller = new AbortController();
  const look = async (): Promise<void> => {
    if ((await measureObjects(mirror)) - before > maxBytes) controller.abort(tooLarge(maxBytes));
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  try {
    const result = await fetch(outer === undefined ? controller.signal : AbortSignal.any([controller.signal, outer]));
    await look();
    controller.signal.throwIfAborted();
    return result;
  } finally {
    clearInterval(timer);
  }
}

/**
 * Bytes below `objects`, unfinished files included, since a server of the oldest kind hands out single objects and no packs; files that vanish meanwhile
 * count as nothing.
 */
async function measureObjects(mirror: string): Promise<number> {
  const folder = path.join(mirror, 'objects');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(folder, name)).then(
        (file) => (file.isFile() ? file.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function tooLarge(maxBytes: number): GitError {
  return new GitError(
    'GIT_TREE_TOO_LARGE',
    `cannot fetch the repository: it sends more than ${describeBytes(maxBytes)}`,
    {
      hint: 'keep manifests in a repository, or below a path, without large files',
    },
  );
}
