/** @module What locks and unlocks a backup, from the files and prompts that the user names. Secrets never come by argv. */
import { decodeInputText } from '../../shared/encoding/input-text.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import {
  type BackupLock,
  type BackupUnlock,
  readIdentities,
  readRecipients,
} from '../../shared/key-backup/age-keys.ts';
import { secretAsArgument, usageError } from '../terminal/errors.ts';
import { readOneInput, STDIN_NAME } from '../terminal/input-files.ts';
import { promptHidden } from '../terminal/prompt.ts';
import type { Session } from '../terminal/session.ts';

/** How a passphrase is handed over. */
export interface PassphraseChoice {
  readonly passphrase?: boolean;
  readonly passphraseFile?: string;
}

/** What a backup is to be encrypted to. */
export interface LockChoice extends PassphraseChoice {
  readonly recipient?: readonly string[];
  readonly recipientsFile?: readonly string[];
}

/** What a backup is to be opened with. */
export interface UnlockChoice extends PassphraseChoice {
  readonly identity?: readonly string[];
}

/** Fewer characters are guessed too fast, wherever a file ends up. */
const SHORT_PASSPHRASE = 12;
const FILE_INSTEAD = 'use --passphrase-file where nobody can be asked';

/** @throws CliError `CLI_USAGE`, `CLI_INPUT_*`; KeyBackupError `BACKUP_KEY_INVALID` */
export async function readLock(session: Session, choice: LockChoice): Promise<BackupLock> {
  const { recipient = [], recipientsFile = [] } = choice;
  const isForRecipients = recipient.length + recipientsFile.length > 0;
  if (isForRecipients === hasPassphrase(choice)) {
    throw usageError(
      isForRecipients ? 'cannot use recipients together with a passphrase' : 'nothing says how to encrypt the backup',
      'choose --recipient, --recipients-file, --passphrase or --passphrase-file',
    );
  }
  if (!isForRecipients) return { kind: 'passphrase', passphrase: await readNewPassphrase(session, choice) };
  const named = recipient.flatMap((text) => readRecipients(text, '--recipient'));
  for (const file of recipientsFile) named.push(...readRecipients(await readText(session, file), `"${file}"`));
  const [first, ...others] = new Set(named);
  if (first === undefined) throw usageError('cannot encrypt the backup: no recipient is in the files that were named');
  return { kind: 'recipients', recipients: [first, ...others] };
}

/** @throws CliError `CLI_USAGE`, `CLI_INPUT_*`; KeyBackupError `BACKUP_KEY_INVALID` */
export async function readUnlock(session: Session, choice: UnlockChoice): Promise<BackupUnlock> {
  const { identity = [] } = choice;
  if (identity.length > 0 === hasPassphrase(choice)) {
    throw usageError(
      identity.length > 0 ? 'cannot use --identity together with a passphrase' : 'nothing says how to open the backup',
      'choose --identity, --passphrase or --passphrase-file',
    );
  }
  if (identity.length === 0) return { kind: 'passphrase', passphrase: await readPassphrase(session, choice) };
  const identities: SecretBytes[] = [];
  for (const file of identity) {
    if (/^AGE-SECRET-KEY-/i.test(file)) throw secretAsArgument('--identity');
    identities.push(...readIdentities(await readText(session, file), `"${file}"`));
  }
  const [first, ...others] = identities;
  if (first === undefined) throw usageError('cannot open the backup: there is no identity');
  return { kind: 'identities', identities: [first, ...others] };
}

/** Standard input can be read once. @throws CliError `CLI_USAGE` */
export function assertStdinOnce(file: string, { identity = [], passphraseFile }: UnlockChoice): void {
  const names = [file, ...identity, passphraseFile].filter((name) => name === STDIN_NAME);
  if (names.length > 1) throw usageError('cannot read standard input twice', 'put one of them into a file');
}

/** Overwrites the secrets of `unlock`. */
export function wipeUnlock(unlock: BackupUnlock | BackupLock): void {
  if (unlock.kind === 'passphrase') unlock.passphrase.wipe();
  if (unlock.kind === 'identities') for (const identity of unlock.identities) identity.wipe();
}

function hasPassphrase({ passphrase, passphraseFile }: PassphraseChoice): boolean {
  if (passphrase === true && passphraseFile !== undefined) {
    throw usageError('cannot use --passphrase together with --passphrase-file', 'choose one of them');
  }
  return passphrase === true || passphraseFile !== undefined;
}

async function readNewPassphrase(session: Session, choice: PassphraseChoice): Promise<SecretBytes> {
  const passphrase = await readPassphrase(session, choice);
  if (choice.passphraseFile === undefined) await askAgain(session, passphrase);
  if (passphrase.length < SHORT_PASSPHRASE) {
    session.report.warn(
      `the passphrase has fewer than ${SHORT_PASSPHRASE} characters: whoever gets the file can try them all`,
    );
  }
  return passphrase;
}

async function readPassphrase(session: Session, { passphraseFile }: PassphraseChoice): Promise<SecretBytes> {
  const passphrase =
    passphraseFile === undefined
      ? await promptHidden(session.io, 'Passphrase of the backup', FILE_INSTEAD)
      : await readPassphraseFile(session, passphraseFile);
  if (passphrase.length > 0) return passphrase;
  throw usageError('cannot use an empty passphrase');
}

async function askAgain({ io }: Session, passphrase: SecretBytes): Promise<void> {
  const again = await promptHidden(io, 'The same once more', FILE_INSTEAD);
  const isSame = Buffer.from(again.expose()).equals(passphrase.expose());
  again.wipe();
  if (isSame) return;
  passphrase.wipe();
  throw usageError('the two passphrases differ');
}

/** One line; the line end that editors add is no part of it. */
async function readPassphraseFile(session: Session, file: string): Promise<SecretBytes> {
  const text = (await readText(session, file)).replace(/\r?\n$/, '');
  if (/[\r\n]/.test(text)) throw usageError(`cannot use the passphrase in "${file}": it has more than one line`);
  return SecretBytes.fromText(text);
}

async function readText(session: Session, name: string): Promise<string> {
  const input = await readOneInput(session.io, name);
  if (input === null) throw usageError(`cannot read "${name}": it is a directory`);
  return decodeInputText(input.bytes, name === STDIN_NAME ? 'stdin' : `"${name}"`);
}
