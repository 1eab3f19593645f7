/** @module One sealing key by what a person calls it: the fingerprint or its begin, or the name of its Secret. */
import type { KeyList, SealingKeyEntry } from '../../shared/resources/key-list.ts';
import { CliError, usageError } from '../terminal/errors.ts';

/** Fewer characters could be those of several keys by chance. */
const MIN_PREFIX = 8;
const PREFIX = 'SHA256:';

/** The key that `name` means. @throws CliError `CLI_OBJECT_NOT_FOUND`, `CLI_USAGE` when it may be one of several */
export function findKey(list: KeyList, name: string): SealingKeyEntry {
  const exact = list.keys.filter(({ fingerprint, secret }) => fingerprint === name || secret === name);
  const found = exact.length > 0 ? exact : list.keys.filter(({ fingerprint }) => isBeginOf(fingerprint, name));
  const [key, ...others] = found;
  if (key === undefined) {
    throw new CliError('CLI_OBJECT_NOT_FOUND', `cannot find a sealing key "${name}"`, {
      hint: '`signet keys list` shows fingerprints and Secrets',
    });
  }
  if (others.length > 0)
    throw usageError(`cannot choose a key: "${name}" may be one of ${found.length}`, 'give more of it');
  return key;
}

function isBeginOf(fingerprint: string, text: string): boolean {
  const begin = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  return begin.length >= MIN_PREFIX && fingerprint.slice(PREFIX.length).startsWith(begin);
}
