/** @module Splits a command line into flags and their texts, by the rules of Go's pflag. What the texts mean is judged elsewhere. */
import { FLAG_ALIASES, FLAGS } from './flag-table.ts';
import { quote } from './quote.ts';

/** What a command line says: the last text of each flag that was given, by the flag's name, and what is wrong with it. */
export interface ParsedArguments {
  readonly given: ReadonlyMap<string, string>;
  /** One sentence each. */
  readonly problems: readonly string[];
}

/** Reads the arguments that follow the program's name. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  const given = new Map<string, string>();
  const problems: string[] = [];
  const words = argv.values();
  let areFlagsOver = false;
  for (const word of words) {
    if (areFlagsOver || !word.startsWith('-') || word === '-') {
      problems.push(`the word ${quote(word)} is no flag; a switch takes its value as in --name=false`);
    } else if (word === '--') areFlagsOver = true;
    else readFlag(word, words, { given, problems });
  }
  return { given, problems };
}

function readFlag(
  word: string,
  rest: ArrayIterator<string>,
  { given, problems }: { readonly given: Map<string, string>; readonly problems: string[] },
): void {
  const [, written = '', attached] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word === '-h' ? '--help' : word) ?? [];
  const flag = FLAGS.get(FLAG_ALIASES.get(written) ?? written);
  if (flag === undefined) {
    problems.push(`unknown flag ${quote(written === '' ? word : `--${written}`)}`);
    return;
  }
  // Go's rule: the word after a flag is its value, whatever it begins with.
  const text = attached ?? (flag.kind === 'switch' ? 'true' : rest.next().value);
  if (text === undefined) problems.push(`--${written} needs a value`);
  else given.set(flag.name, text);
}
