/** @module `signet keys`: which sealing keys there are, what needs them, and their backup. */
import type { DeclareCommand } from '../options/invoke.ts';
import { declareKeysBackup } from './keys-backup.ts';
import { declareKeysList } from './keys-list.ts';
import { declareKeysRestore } from './keys-restore.ts';
import { declareKeysRetire } from './keys-retire.ts';
import { declareKeysUnretire } from './keys-unretire.ts';
import { declareKeysVerifyBackup } from './keys-verify-backup.ts';

/** Declares `signet keys` and its verbs. */
export const declareKeys: DeclareCommand = (command, invoke) => {
  declareKeysList(command.command('list').description('show the sealing keys and what needs them'), invoke);
  declareKeysRetire(command.command('retire').description('take a key out of use that nothing needs'), invoke);
  declareKeysUnretire(command.command('unretire').description('put a retired key back into use'), invoke);
  declareKeysBackup(command.command('backup').description('write all keys to one encrypted file'), invoke);
  declareKeysVerifyBackup(
    command.command('verify-backup').description('check a backup against the cluster, and record that it is good'),
    invoke,
  );
  declareKeysRestore(command.command('restore').description('put the keys of a backup into a cluster'), invoke);
};
