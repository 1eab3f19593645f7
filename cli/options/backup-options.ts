/** @module What locks and unlocks a backup of sealing keys. A passphrase is asked for or read from a file, and never an argument. */
import type { Command } from 'commander';
import { collect } from './collect.ts';

/** Declares `--recipient`, `--recipients-file`, `--passphrase` and `--passphrase-file`. */
export function addLockOptions(command: Command): Command {
  command
    .option('--recipient <age1…>', 'encrypt to this public age key; may be repeated', collect)
    .option('--recipients-file <file>', 'encrypt to the public age keys in this file; may be repeated', collect);
  return addPassphraseOptions(command, 'encrypt with a passphrase that is asked for');
}

/** Declares `--identity`, `--passphrase` and `--passphrase-file`. */
export function addUnlockOptions(command: Command): Command {
  command.option('--identity <file>', 'file with the private age key, - for standard input; may be repeated', collect);
  return addPassphraseOptions(command, 'open with a passphrase that is asked for');
}

function addPassphraseOptions(command: Command, purpose: string): Command {
  return command
    .option('--passphrase', purpose)
    .option('--passphrase-file <file>', 'the passphrase is the one line of this file; - for standard input');
}
