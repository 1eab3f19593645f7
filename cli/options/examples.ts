/** @module The examples at the end of a verb's help. */
import type { Command } from 'commander';

/** One example: what it is for, and the command line. */
export type Example = readonly [purpose: string, commandLine: string];

/** Adds `examples` to the help of `command`. */
export function addExamples(command: Command, examples: readonly Example[]): Command {
  const lines = examples.flatMap(([purpose, commandLine]) => ['', `  # ${purpose}`, `  ${commandLine}`]);
  return command.addHelpText('after', ['', 'Examples:', ...lines.slice(1)].join('\n'));
}
