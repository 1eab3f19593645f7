/** @module The path of a GitSync, normalised without ever touching a disk. */
import { GitError } from './errors.ts';

const MAX_LENGTH = 4096;

/**
 * `path` as segments joined by slashes, empty for the root: `./deploy/` gives `deploy`.
 * @throws GitError `GIT_PATH_OUTSIDE` when it is absolute or climbs above the root, also only on its way
 */
export function normalizeRepositoryPath(path: string): string {
  assertPathShape(path);
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) throw outside(path, 'leads out of the repository');
  }
  return segments.join('/');
}

function assertPathShape(path: string): void {
  if (path.length > MAX_LENGTH) throw outside(`${path.slice(0, 60)}…`, `is longer than ${MAX_LENGTH} characters`);
  if (/\p{Cc}/u.test(path)) throw outside(path, 'holds a control character');
  if (path.includes('\\')) throw outside(path, 'holds a backslash', 'separate folders with forward slashes');
  if (path.startsWith('/') || /^[A-Za-z]:\//.test(path)) {
    throw outside(path, 'is absolute', 'write it from the root of the repository, as in ./deploy');
  }
}

function outside(path: string, why: string, hint?: string): GitError {
  return new GitError(
    'GIT_PATH_OUTSIDE',
    `cannot read path ${JSON.stringify(path)}: it ${why}`,
    hint === undefined ? {} : { hint },
  );
}
