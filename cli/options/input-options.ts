/** @module `-f`: what a verb reads. */
import type { Command } from 'commander';
import { collect } from './collect.ts';

/** The inputs that the user named; absent: standard input. */
export interface InputOptions {
  readonly file?: readonly string[];
}

/** Declares `-f`; `what` says what may be named. */
export function addInputOptions(command: Command, what: string): Command {
  return command.option('-f, --file <path>', `${what}; may be repeated; default: standard input`, collect);
}
