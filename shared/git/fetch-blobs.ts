/** @module Brings the contents of files into a mirror: all that are missing in one fetch, and only those that are asked for. */
import { GitError } from './errors.ts';
import { sweepResidue } from './mirror.ts';
import type { OpenTreeRead } from './tree-read.ts';

/** Longest target of a symbolic link on Linux. */
const MAX_LINK_BYTES = 4096;
/** All targets that are read at once, together: links of that length that all differ are nobody's. */
const MAX_ALL_LINK_BYTES = 8 * 1024 * 1024;

/**
 * Sees to it that the mirror has the blobs `oids`, and returns their sizes by id; null when the server does not give them out by id. Where any of them has
 * to be fetched, what `alongside` names comes with it, if that is possible.
 * @throws GitError that the remote cannot be read
 */
export async function fetchBlobs(
  read: OpenTreeRead,
  oids: readonly string[],
  alongside: () => Promise<readonly string[]> = async () => [],
): Promise<Map<string, number> | null> {
  const present = await read.store.readSizes(oids);
  const missing = oids.filter((oid) => !present.has(oid));
  if (missing.length === 0) return present;
  if (read.contents === 'whole') {
    throw new GitError('GIT_FAILED', 'cannot fetch the files of the commit: the server left some of them out');
  }
  const others = await findMissing(read, await alongside());
  const isFetched = (await tryTogether(read, missing, others)) || (await fetchAll(read, missing));
  return isFetched ? read.store.readSizes(oids) : null;
}

/** Failures that may be those of the others' files. */
const OF_CONTENT: readonly string[] = ['GIT_TREE_TOO_LARGE', 'GIT_CONTENT_REFUSED', 'GIT_TIMEOUT'];

/** Fetches both; false where there are no `others`, or where both together are not to be had. */
async function tryTogether(
  read: OpenTreeRead,
  missing: readonly string[],
  others: readonly string[],
): Promise<boolean> {
  if (others.length === 0) return false;
  try {
    if (await fetchAll(read, [...new Set([...missing, ...others])])) return true;
  } catch (error) {
    if (!(error instanceof GitError) || !OF_CONTENT.includes(error.code)) throw error;
    // Git was ended in the middle of its work.
    await sweepResidue(read.mirror);
  }
  read.alongside.giveUp();
  return false;
}

async function fetchAll({ mirror, remote, signal }: OpenTreeRead, wants: readonly string[]): Promise<boolean> {
  return (await remote.fetch({ mirror, wants, objectsOnly: true, signal })) === 'done';
}

async function findMissing({ store }: OpenTreeRead, oids: readonly string[]): Promise<readonly string[]> {
  const present = await store.readSizes(oids);
  return oids.filter((oid) => !present.has(oid));
}

/**
 * Adds the texts of the symbolic links `oids` to `linkTexts`; false when the server does not give them out by id. A text that no path can have becomes
 * empty, which leads to nothing. @throws GitError `GIT_TREE_TOO_LARGE`, or that the remote cannot be read
 */
export async function readLinkTexts(
  read: OpenTreeRead,
  oids: readonly string[],
  linkTexts: Map<string, string>,
): Promise<boolean> {
  const sizes = await fetchBlobs(read, oids);
  if (sizes === null) return false;
  const short = oids.filter((oid) => (sizes.get(oid) ?? 0) <= MAX_LINK_BYTES);
  if (short.reduce((sum, oid) => sum + (sizes.get(oid) ?? 0), 0) > MAX_ALL_LINK_BYTES)
    throw new GitError('GIT_TREE_TOO_LARGE', 'cannot read the repository: its symbolic links are too long together');
  const blobs = await read.store.readBlobs(short, MAX_LINK_BYTES);
  for (const oid of oids) linkTexts.set(oid, decodeTarget(blobs.get(oid)));
  return true;
}

function decodeTarget(bytes: Uint8Array | undefined): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes ?? new Uint8Array());
  } catch {
    return '';
  }
}
