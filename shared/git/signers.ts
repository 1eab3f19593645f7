/** @module Whose signatures count, and how they are read from a Secret. Nothing in it is secret; it is a Secret so that not everybody may change it. */
import { tryDecodeBase64 } from '../encoding/base64.ts';
import { decodeUtf8 } from '../encoding/bytes.ts';
import type { Secret } from '../resources/secret.ts';
import { GitError } from './errors.ts';

/** What has to be signed: the commit, the annotated tag, or both. */
export type SignatureMode = 'Head' | 'Tag' | 'TagAndHead';

/** Everybody whose signature counts. */
export interface Signers {
  /** Lines as in an allowed signers file of ssh-keygen; empty when nobody signs with an SSH key. */
  readonly allowedSigners: string;
  /** Armored public keys of PGP. */
  readonly pgpKeys: readonly string[];
}

const ALLOWED_SIGNERS = 'allowed_signers';
const MAX_BYTES = 256 * 1024;

/**
 * The signers in `secret`: `allowed_signers` for SSH, and each key that ends in `.asc` for PGP; other keys are ignored.
 * @throws GitError `GIT_SIGNERS_INVALID`, also when there are none
 */
export function readSigners(secret: Secret): Signers {
  const name = `${secret.metadata.namespace ?? ''}/${secret.metadata.name ?? ''}`;
  const data = secret.data ?? {};
  const read = (key: string): string => readText(data[key], `cannot use the signers in Secret ${name}: key "${key}"`);
  const allowedSigners = Object.hasOwn(data, ALLOWED_SIGNERS) ? read(ALLOWED_SIGNERS) : '';
  const pgpKeys = Object.keys(data)
    .filter((key) => key.endsWith('.asc'))
    .toSorted()
    .map(read);
  if (pgpKeys.every((key) => key.trim() === '') && allowedSigners.trim() === '') {
    throw new GitError('GIT_SIGNERS_INVALID', `cannot use the signers in Secret ${name}: there are none`, {
      hint: `add SSH keys as ${ALLOWED_SIGNERS}, a line "name ssh-ed25519 AAAA…" each, or PGP public keys as NAME.asc`,
    });
  }
  return { allowedSigners, pgpKeys };
}

function readText(value: unknown, head: string): string {
  const bytes = typeof value === 'string' ? tryDecodeBase64(value) : 0;
  const text = typeof bytes === 'number' ? null : decodeUtf8(bytes);
  if (text === null) throw new GitError('GIT_SIGNERS_INVALID', `${head} is not UTF-8 text in base64`);
  if (text.length > MAX_BYTES)
    throw new GitError('GIT_SIGNERS_INVALID', `${head} is larger than ${MAX_BYTES / 1024} KiB`);
  return text;
}
