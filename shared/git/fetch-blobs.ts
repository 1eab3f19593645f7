/** @module Brings the contents of files into a mirror: all that are missing in one fetch, and only those that are asked for. */
import { GitError } from './errors.ts';
import type { OpenTreeRead } from './tree-read.ts';

/** Longest target of a symbolic link on Linux. */
const MAX_LINK_BYTES = 4096;

/**
 * Sees to it that the mirror has the blobs `oids`, and returns their sizes by id; null when the server does not give them out by id.
 * @throws GitError that the remote cannot be read
 */
export async function fetchBlobs(read: OpenTreeRead, oids: readonly string[]): Promise<Map<string, number> | null> {
  const present = await read.store.readSizes(oids);
  const missing = oids.filter((oid) => !present.has(oid));
  if (missing.length === 0) return present;
  if (read.contents === 'whole') {
    throw new GitError('GIT_FAILED', 'cannot fetch the files of the commit: the server left some of them out');
  }
  const { mirror, remote, signal } = read;
  const result = await remote.fetch({ mirror, wants: missing, objectsOnly: true, signal });
  return result === 'done' ? read.store.readSizes(oids) : null;
}

/**
 * Adds the texts of the symbolic links `oids` to `linkTexts`; false when the server does not give them out by id. A text that no path can have becomes
 * empty, which leads to nothing.
 */
export async function readLinkTexts(
  read: OpenTreeRead,
  oids: readonly string[],
  linkTexts: Map<string, string>,
): Promise<boolean> {
  const sizes = await fetchBlobs(read, oids);
  if (sizes === null) return false;
  const short = oids.filter((oid) => (sizes.get(oid) ?? 0) <= MAX_LINK_BYTES);
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
