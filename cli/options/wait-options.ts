/** @module `--timeout`: how long a verb waits for the controller. */
import { type Command, Option } from 'commander';
import { parseDuration } from './collect.ts';

/** How long to wait, in milliseconds. */
export interface WaitOptions {
  readonly timeout: number;
}

/** Declares `--timeout`; `fallback` is a duration such as `2m`. */
export function addWaitOptions(command: Command, fallback: string): Command {
  return command.addOption(
    new Option('--timeout <duration>', 'how long to wait for the controller, such as 90s or 2m')
      .argParser(parseDuration)
      .default(parseDuration(fallback), fallback),
  );
}
