/** @module The text of each setting, from its flag or its variable, handed to a parser; what a parser does not take is told with its source. */
import { FLAG_ALIASES, FLAGS, type FlagDeclaration, peerVariable } from './flag-table.ts';
import { parseGoBoolean } from './go-values.ts';
import { quote } from './quote.ts';

/** The variables of the process. */
export type Variables = Readonly<Record<string, string | undefined>>;

interface Said {
  readonly text: string;
  /** The flag or variable that said it. */
  readonly source: string;
}

/** What flags, variables and defaults say. A variable that is empty counts as absent. */
export class Settings {
  /** What is wrong, one sentence each. */
  readonly problems: string[] = [];
  readonly #given: ReadonlyMap<string, string>;
  readonly #variables: Variables;

  constructor(given: ReadonlyMap<string, string>, variables: Variables) {
    this.#given = given;
    this.#variables = variables;
  }

  /** The value of `name` as `parse` gives it; where it gives null, `fallback` and a problem that says what is `expected`. */
  read<T>(name: string, { parse, expected, fallback }: Reading<T>): T {
    const said = this.#find(name);
    const value = said === null ? null : parse(said.text);
    if (value !== null) return value;
    if (said !== null)
      this.problems.push(`${said.source} is ${quote(said.text)}, expected ${expected}${hintOn(said.text)}`);
    return fallback;
  }

  /** The text of `name`; undefined when nothing says one. */
  text(name: string): string | undefined {
    return this.#find(name)?.text;
  }

  /** The switch `name`; false when nothing says otherwise, or when what does is wrong. */
  switch(name: string): boolean {
    return this.read(name, { parse: parseGoBoolean, expected: 'true or false', fallback: false });
  }

  /** The flag or variable that says `name`; null when only its default does. */
  sourceOf(name: string): string | null {
    return this.#givenText(name)?.source ?? null;
  }

  #find(name: string): Said | null {
    const initial = FLAGS.get(name)?.initial;
    return this.#givenText(name) ?? (initial === undefined ? null : { text: initial, source: `--${name}` });
  }

  #givenText(name: string): Said | null {
    const text = this.#given.get(name);
    if (text !== undefined) return { text, source: `--${name}` };
    for (const variable of variablesOf(FLAGS.get(name))) {
      const said = this.#variables[variable];
      if (said !== undefined && said !== '') return { text: said, source: variable };
    }
    return null;
  }
}

/** How the text of a setting becomes a value. */
export interface Reading<T> {
  readonly parse: (text: string) => T | null;
  /** Ends the sentence `… is "x", expected`. */
  readonly expected: string;
  readonly fallback: T;
}

/** Exactly one of `words`; the first is the fallback. */
export function oneOf<T extends string>(first: T, ...others: readonly T[]): Reading<T> {
  const words = [first, ...others];
  return {
    parse: (text) => words.find((word) => word === text) ?? null,
    expected: words.join(' or '),
    fallback: first,
  };
}

function variablesOf(flag: FlagDeclaration | undefined): readonly string[] {
  if (flag === undefined || flag.variable === null) return [];
  const aliases = [...FLAG_ALIASES].filter(([, name]) => name === flag.name);
  return [flag.variable, ...aliases.map(([alias]) => peerVariable(alias))];
}

/** Days are what people try first, and what Go's durations do not have. */
function hintOn(text: string): string {
  const days = /^\d{1,6}d$/.test(text) ? Number.parseInt(text, 10) : 0;
  return days > 0 ? ` (there is no unit for days: write ${days * 24}h)` : '';
}
