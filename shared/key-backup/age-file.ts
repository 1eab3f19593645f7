/** @module Locks and unlocks bytes as an age file, which the age tool reads as well. What the bytes are is of no interest here. */
import { armor, Decrypter, Encrypter, type Identity, type Stanza } from 'age-encryption';
import { decodeUtf8 } from '../encoding/bytes.ts';
import { SecretBytes } from '../errors/secret-bytes.ts';
import type { BackupLock, BackupUnlock } from './age-keys.ts';
import { KeyBackupError } from './errors.ts';

const BINARY_START = 'age-encryption.org/v1\n';
const ARMOR_START = '-----BEGIN AGE ENCRYPTED FILE-----';
const PASSPHRASE_STANZA = 'scrypt';
const MAX_RECIPIENTS = 500;

/**
 * `plain` as an age file in its text form. `plain` is left as it is. The library takes passphrases as text only, so the
 * text of one cannot be wiped.
 * @throws KeyBackupError `BACKUP_KEY_INVALID` for a recipient that is mistyped.
 */
export async function lockFile(plain: SecretBytes, lock: BackupLock): Promise<string> {
  const encrypter = new Encrypter();
  if (lock.kind === 'passphrase') encrypter.setPassphrase(textOf(lock.passphrase));
  else for (const recipient of lock.recipients) addRecipient(encrypter, recipient);
  return armor.encode(await encrypter.encrypt(plain.expose()));
}

/**
 * What the age file `bytes` holds, in its text or its binary form; the caller wipes it.
 * @throws KeyBackupError `BACKUP_NOT_AGE`, `BACKUP_KEY_INVALID`, `BACKUP_KEY_WRONG`, `BACKUP_DAMAGED`.
 */
export async function unlockFile(bytes: Uint8Array, unlock: BackupUnlock): Promise<SecretBytes> {
  const file = toBinary(bytes);
  const attempt = new UnlockAttempt(unlock);
  const decrypter = new Decrypter();
  decrypter.addIdentity(attempt.first);
  if (unlock.kind === 'passphrase') decrypter.addPassphrase(textOf(unlock.passphrase));
  else for (const identity of unlock.identities) addIdentity(decrypter, identity);
  decrypter.addIdentity(attempt.last);
  try {
    const opened = await decrypter.decrypt(file);
    return new SecretBytes(opened as Uint8Array<ArrayBuffer>);
  } catch (error) {
    throw attempt.explain(error);
  }
}

/** Watches which keys the library tries: that tells its failures apart, which have no codes. */
class UnlockAttempt {
  readonly #unlock: BackupUnlock;
  #noneFits = false;

  constructor(unlock: BackupUnlock) {
    this.#unlock = unlock;
  }

  /** Asked before all others. A passphrase is tried at a price that the file names, and only where it was meant. */
  readonly first: Identity = {
    unwrapFileKey: (stanzas: readonly Stanza[]) => {
      const isForPassphrase = stanzas.some(({ args }) => args[0] === PASSPHRASE_STANZA);
      // The format forbids company for a passphrase, and trying each of many takes hours.
      if (isForPassphrase ? stanzas.length > 1 : stanzas.length > MAX_RECIPIENTS) throw damaged();
      if (isForPassphrase !== (this.#unlock.kind === 'passphrase')) throw wrongKind(isForPassphrase);
      return null;
    },
  };

  /** Asked when no other one fitted. */
  readonly last: Identity = {
    unwrapFileKey: () => {
      this.#noneFits = true;
      return null;
    },
  };

  explain(error: unknown): KeyBackupError {
    if (error instanceof KeyBackupError) return error;
    if (!this.#noneFits) return damaged();
    return this.#unlock.kind === 'passphrase'
      ? new KeyBackupError('BACKUP_KEY_WRONG', 'cannot open the backup: the passphrase is wrong')
      : new KeyBackupError('BACKUP_KEY_WRONG', 'cannot open the backup: no identity is one that it is encrypted to', {
          hint: 'give the private key of one of the recipients with --identity',
        });
  }
}

function toBinary(bytes: Uint8Array): Uint8Array {
  const start = new TextDecoder().decode(bytes.subarray(0, 256)).trimStart();
  if (start.startsWith(BINARY_START)) return bytes;
  if (!start.startsWith(ARMOR_START)) {
    throw new KeyBackupError('BACKUP_NOT_AGE', 'cannot open the backup: it is no age file', {
      hint: 'give the file that `signet keys backup` wrote',
    });
  }
  try {
    return armor.decode(decodeUtf8(bytes) ?? '');
  } catch {
    throw damaged();
  }
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient);
  } catch {
    throw new KeyBackupError('BACKUP_KEY_INVALID', 'cannot encrypt to a recipient: its checksum is wrong', {
      hint: 'copy the public key again: a character of it was changed or lost',
    });
  }
}

function addIdentity(decrypter: Decrypter, identity: SecretBytes): void {
  const text = textOf(identity);
  try {
    decrypter.addIdentity(text);
  } catch {
    throw new KeyBackupError('BACKUP_KEY_INVALID', 'cannot use an identity: its checksum is wrong', {
      hint: 'copy the private key again: a character of it was changed or lost',
    });
  }
}

function damaged(): KeyBackupError {
  return new KeyBackupError('BACKUP_DAMAGED', 'cannot open the backup: the file is damaged or cut short', {
    hint: 'copy it again, or use another backup',
  });
}

function wrongKind(isForPassphrase: boolean): KeyBackupError {
  return isForPassphrase
    ? new KeyBackupError('BACKUP_KEY_WRONG', 'cannot open the backup: it is encrypted with a passphrase', {
        hint: 'use --passphrase or --passphrase-file',
      })
    : new KeyBackupError('BACKUP_KEY_WRONG', 'cannot open the backup: it is encrypted to recipients', {
        hint: 'give the private key of one of them with --identity',
      });
}

/** Text in place of other bytes would be another passphrase, perhaps an empty one. */
function textOf(secret: SecretBytes): string {
  const text = decodeUtf8(secret.expose());
  if (text !== null && text !== '') return text;
  throw new KeyBackupError('BACKUP_KEY_INVALID', 'cannot use a passphrase or identity: it is empty or not UTF-8 text');
}
