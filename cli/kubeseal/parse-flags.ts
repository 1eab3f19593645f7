/**
 * @module kubeseal's command line, read as its flag library (pflag) reads it. commander is not used here: it has no `--flag=false`,
 * no flag values from the environment that later ones add to, stops at what kubeseal ignores, and says what is wrong in other
 * words, on another stream and with another exit code. The rules: words that are no flags are ignored wherever they stand, `--`
 * ends the flags, of a repeated flag the last one wins, and lists grow.
 */
import { FLAG_TABLE, type FlagSpec, findFlag, findShortFlag } from './flag-table.ts';
import { type FlagValue, goQuote, isSwitch, readFlagValue } from './flag-values.ts';

/** What the command line and the environment say. */
export interface ParsedFlags {
  readonly values: ReadonlyMap<string, FlagValue>;
  /** Deprecated flags that were used, once for each use. */
  readonly deprecated: readonly FlagSpec[];
  /** Variables that were left aside, with the reason. */
  readonly ignored: readonly string[];
}

/** Why the flags cannot be used: the words of kubeseal, or `help` for `-h`. */
export type FlagFault = { readonly kind: 'fault'; readonly message: string } | { readonly kind: 'help' };

type Outcome = { readonly kind: 'flags'; readonly flags: ParsedFlags } | FlagFault;

const VARIABLE_PREFIX = 'SEALED_SECRETS_';

/** Reads `argv` over the `SEALED_SECRETS_*` variables of `env`. */
export function parseFlags(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Outcome {
  const reader = new FlagReader();
  reader.readEnvironment(env);
  return reader.readWords(argv) ?? { kind: 'flags', flags: reader };
}

class FlagReader implements ParsedFlags {
  readonly values = new Map<string, FlagValue>();
  readonly deprecated: FlagSpec[] = [];
  readonly ignored: string[] = [];

  /** A variable that cannot be read is left aside: CI systems set `SEALED_SECRETS_VERSION` for purposes of their own. */
  readEnvironment(env: Readonly<Record<string, string | undefined>>): void {
    for (const flag of FLAG_TABLE) {
      if (flag.origin === 'klog') continue;
      const variable = VARIABLE_PREFIX + flag.name.toUpperCase().replaceAll('-', '_');
      const text = Object.hasOwn(env, variable) ? env[variable] : undefined;
      if (text === undefined) continue;
      const problem = this.#set(flag, text);
      if (problem !== null && flag.name !== 'version') this.ignored.push(`${variable}: ${problem}`);
    }
  }

  readWords(argv: readonly string[]): FlagFault | null {
    const rest = [...argv];
    for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
      if (word === '--') return null;
      if (!word.startsWith('-') || word === '-') continue;
      const fault = word.startsWith('--') ? this.#readLong(word, rest) : this.#readShort(word, rest);
      if (fault !== null) return fault;
    }
    return null;
  }

  #readLong(word: string, rest: string[]): FlagFault | null {
    const [, name = '', text] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (name === '' || name.startsWith('-')) return fault(`bad flag syntax: ${word}`);
    const flag = findFlag(name);
    if (flag === undefined) return fault(`unknown flag: --${name}`);
    const value = text ?? (isSwitch(flag.kind) ? 'true' : rest.shift());
    return value === undefined ? fault(`flag needs an argument: --${name}`) : this.#take(flag, value);
  }

  /** One letter, with its value behind it or in the next word. No switch of kubeseal has a letter, so there is never a second one. */
  #readShort(word: string, rest: string[]): FlagFault | null {
    const [letter = '', ...others] = word.slice(1);
    if (letter === 'h') return { kind: 'help' };
    const flag = findShortFlag(letter);
    const shown = `'${letter}' in ${word}`;
    if (flag === undefined) return fault(`unknown shorthand flag: ${shown}`);
    const text = others.join('');
    const value = text.length > 1 && text.startsWith('=') ? text.slice(1) : text || rest.shift();
    return value === undefined ? fault(`flag needs an argument: ${shown}`) : this.#take(flag, value);
  }

  #take(flag: FlagSpec, text: string): FlagFault | null {
    const problem = this.#set(flag, text);
    if (problem !== null) return fault(problem);
    if (flag.replacedBy !== undefined) this.deprecated.push(flag);
    return null;
  }

  /** Sets the value or gives the words that refuse it. */
  #set(flag: FlagSpec, text: string): string | null {
    const reading = readFlagValue(flag.kind, text);
    if ('problem' in reading) {
      const shown = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
      return `invalid argument ${goQuote(text)} for "${shown}" flag: ${reading.problem}`;
    }
    const name = flag.replacedBy ?? flag.name;
    const before = this.values.get(name);
    const { value } = reading;
    this.values.set(name, Array.isArray(value) && Array.isArray(before) ? [...before, ...value] : value);
    return null;
  }
}

function fault(message: string): FlagFault {
  return { kind: 'fault', message };
}
