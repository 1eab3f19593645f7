/** @module A backup file as its content. The plaintext is never on the disk, and is wiped as soon as it was read. */
import { unlockFile } from '../../shared/key-backup/age-file.ts';
import type { BackupUnlock } from '../../shared/key-backup/age-keys.ts';
import { type BackupContent, parseBackup } from '../../shared/key-backup/backup-content.ts';
import { CliError } from '../terminal/errors.ts';
import { findInputs, readInputFile, readStdin, STDIN_NAME } from '../terminal/input-files.ts';
import type { Session } from '../terminal/session.ts';

/**
 * What the backup `name` holds; `-` is standard input.
 * @throws CliError `CLI_INPUT_*`; KeyBackupError `BACKUP_*`; EncodingError `YAML_*`
 */
export async function readBackupFile(session: Session, name: string, unlock: BackupUnlock): Promise<BackupContent> {
  const plain = await unlockFile(await readBytes(session, name), unlock);
  try {
    return parseBackup(plain);
  } finally {
    plain.wipe();
  }
}

async function readBytes({ io }: Session, name: string): Promise<Uint8Array> {
  if (name === STDIN_NAME) return (await readStdin(io)).bytes;
  const [place] = findInputs(io, name);
  if (place !== undefined && !place.isFromDirectory) return (await readInputFile(place)).bytes;
  throw new CliError('CLI_INPUT_UNREADABLE', `cannot read "${name}": it is a directory`);
}
