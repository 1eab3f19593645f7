/** @module Runs the programs of the demo in the foreground and shows them in its story. */
import { spawn } from 'node:child_process';
import type { Story } from './story.ts';

/** How a shown command is run. */
export interface Shell {
  /** Runs a program, shows its command line, and returns its standard output; throws with its last words when it fails. */
  run(words: readonly string[], options?: RunOptions): Promise<string>;
}

/** What may differ from one command to the next. */
export interface RunOptions {
  /** Show the command but not what it printed. */
  readonly quiet?: boolean;
  /** Neither show the command nor what it printed. */
  readonly hidden?: boolean;
}

/** Short names of programs, and the command lines they stand for. */
export interface ShellOptions {
  readonly story: Story;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly programs: Readonly<Record<string, readonly string[]>>;
}

/** A shell whose programs are those of the demo. */
export function createShell(options: ShellOptions): Shell {
  return {
    run: async (words, { quiet = false, hidden = false } = {}) => {
      const [name = '', ...rest] = words;
      if (!hidden) options.story.command(words);
      const output = await execute([...(options.programs[name] ?? [name]), ...rest], options.env);
      if (!hidden && !quiet && output.trim() !== '') options.story.say(output);
      return output;
    },
  };
}

async function execute(words: readonly string[], env: Readonly<NodeJS.ProcessEnv>): Promise<string> {
  const [program = '', ...args] = words;
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (code !== 0)
    throw new Error(`${words.slice(0, 4).join(' ')} … exited with ${code}: ${(complaints || output).trim()}`);
  return output;
}
