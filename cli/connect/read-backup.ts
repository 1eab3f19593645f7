/** @module A backup file as its content. The plaintext is never on the disk, and is wiped as soon as it was read. */
import { unlockFile } from '../../shared/key-backup/age-file.ts';
import type { BackupUnlock } from '../../shared/key-backup/age-keys.ts';
import { type BackupContent, parseBackup } from '../../shared/key-backup/backup-content.ts';
import { CliError } from '../terminal/errors.ts';
import { readOneInput } from '../terminal/input-files.ts';
import type { Session } from '../terminal/session.ts';

/**
 * What the backup `name` holds; `-` is standard input.
 * @throws CliError `CLI_INPUT_*`; KeyBackupError `BACKUP_*`; EncodingError `YAML_*`
 */
export async function readBackupFile(session: Session, name: string, unlock: BackupUnlock): Promise<BackupContent> {
  const input = await readOneInput(session.io, name);
  if (input === null) throw new CliError('CLI_INPUT_UNREADABLE', `cannot read "${name}": it is a directory`);
  const plain = await unlockFile(input.bytes, unlock);
  try {
    return parseBackup(plain);
  } finally {
    plain.wipe();
  }
}
