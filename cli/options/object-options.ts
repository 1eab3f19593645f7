/** @module `--object`: which SealedSecret of a file a verb edits. */
import type { Command } from 'commander';

/** The choice; absent: there is only one. */
export interface ObjectOptions {
  readonly object?: string;
}

/** Declares `--object`. */
export function addObjectOptions(command: Command): Command {
  return command.option('--object <[namespace/]name>', 'which SealedSecret is meant, when the file holds several');
}
