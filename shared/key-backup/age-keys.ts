/**
 * @module What locks and unlocks a backup: age recipients and identities as their files hold them. A line is never quoted,
 * for it may be a private key in the wrong place.
 */
import { SecretBytes } from '../errors/secret-bytes.ts';
import { KeyBackupError } from './errors.ts';

/** What a backup is encrypted to. */
export type BackupLock =
  | { readonly kind: 'recipients'; readonly recipients: readonly [string, ...string[]] }
  | { readonly kind: 'passphrase'; readonly passphrase: SecretBytes };

/** What a backup is opened with; each identity is the text of one private key. */
export type BackupUnlock =
  | { readonly kind: 'identities'; readonly identities: readonly [SecretBytes, ...SecretBytes[]] }
  | { readonly kind: 'passphrase'; readonly passphrase: SecretBytes };

const MAX_LINES = 1000;
const NATIVE = /^age1[02-9ac-hj-np-z]{58}$/;
const HYBRID = /^age1pq1[02-9ac-hj-np-z]+$/;
const PLUGIN = /^age1[^1]+1/;
const IDENTITY = /^AGE-SECRET-KEY-(?:PQ-)?1[02-9AC-HJ-NP-Z]+$/;

/**
 * The recipients in `text`, one in a line; blank lines and lines that begin with `#` are passed over.
 * @throws KeyBackupError `BACKUP_KEY_INVALID` for a line that is none, or that signet could not unlock again.
 */
export function readRecipients(text: string, where: string): readonly string[] {
  return contentLines(text, where).map(({ line, place }) => {
    const problem = recipientProblem(line);
    if (problem === null) return line;
    throw new KeyBackupError('BACKUP_KEY_INVALID', `cannot encrypt to the recipient in ${place}: ${problem.what}`, {
      hint: problem.hint,
    });
  });
}

/**
 * The identities in `text`, one in a line, as `age-keygen` writes them.
 * @throws KeyBackupError `BACKUP_KEY_INVALID` for a line that is none, and for a file without any.
 */
export function readIdentities(text: string, where: string): readonly SecretBytes[] {
  if (/^(?:age-encryption\.org\/|-----BEGIN AGE ENCRYPTED)/.test(text.trimStart())) {
    throw invalidIdentity(
      where,
      'it is encrypted itself',
      'decrypt it with `age -d FILE` and pipe it to `--identity -`',
    );
  }
  const found = contentLines(text, where).map(({ line, place }) => {
    if (IDENTITY.test(line)) return SecretBytes.fromText(line);
    throw invalidIdentity(
      place,
      identityProblem(line),
      'give a file that age-keygen made, which holds AGE-SECRET-KEY-1…',
    );
  });
  if (found.length === 0) throw invalidIdentity(where, 'it holds none', 'give a file that age-keygen made');
  return found;
}

interface Problem {
  readonly what: string;
  readonly hint: string;
}

const MAKE_ONE = 'make a key pair with `age-keygen -o key.txt` and give its public key, which begins with age1';

function recipientProblem(line: string): Problem | null {
  if (NATIVE.test(line) || HYBRID.test(line)) return null;
  if (line.startsWith('ssh-')) return { what: 'SSH keys are not supported', hint: MAKE_ONE };
  if (/^AGE-SECRET-KEY-/i.test(line)) {
    return { what: 'it is a private key', hint: 'give the public key, and keep the private one away from the cluster' };
  }
  if (PLUGIN.test(line)) return { what: 'recipients of age plugins are not supported', hint: MAKE_ONE };
  return { what: 'it is no age recipient', hint: MAKE_ONE };
}

function identityProblem(line: string): string {
  if (/^-----BEGIN .*PRIVATE KEY/.test(line)) return 'SSH and PEM keys are not supported';
  if (line.startsWith('AGE-PLUGIN-')) return 'identities of age plugins are not supported';
  return 'it is no age identity';
}

function invalidIdentity(place: string, problem: string, hint: string): KeyBackupError {
  return new KeyBackupError('BACKUP_KEY_INVALID', `cannot use the identity in ${place}: ${problem}`, { hint });
}

function contentLines(text: string, where: string): readonly { readonly line: string; readonly place: string }[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.length > MAX_LINES) {
    throw new KeyBackupError('BACKUP_KEY_INVALID', `cannot read keys from ${where}: more than ${MAX_LINES} lines`);
  }
  return lines
    .map((line, at) => ({ line: line.trim(), place: lines.length > 1 ? `${where}, line ${at + 1}` : where }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
}
