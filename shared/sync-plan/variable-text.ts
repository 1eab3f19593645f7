/**
 * @module `${var}` in a text, as Flux's users write it. Strict: what is no reference is an error, and never left for a program to stumble over.
 */

/** One value that can be referred to. */
export interface Variable {
  readonly value: string;
  /** True for a value out of a Secret: what holds it is shown nowhere. */
  readonly isSecret: boolean;
}

/** All values by name. */
export type Variables = ReadonlyMap<string, Variable>;

/** A text with its references replaced. */
export interface ExpandedText {
  readonly text: string;
  /** Whether a value out of a Secret is in it. */
  readonly isSecret: boolean;
}

/** Why a reference cannot be replaced. */
export interface VariableFault {
  /** Lower case; quotes names of variables, and no value. */
  readonly message: string;
  /** Begin of the reference as written, to find it in its file. */
  readonly written: string;
}

/** What names of variables look like. */
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

const MAX_DEFAULT_DEPTH = 4;
/** Longest text that one scalar may become, in characters. */
const MAX_TEXT = 1024 * 1024;

/** Whether there is anything to replace in `text`. */
export function hasReference(text: string): boolean {
  return text.includes('${');
}

/** Whether the whole of `text` is one reference. */
export function isWholeReference(text: string): boolean {
  if (!text.startsWith('${')) return false;
  try {
    return new Reader(text, new Map()).endOfReference() === text.length;
  } catch (error) {
    if (error instanceof ReferenceFault) return false;
    throw error;
  }
}

/**
 * `text` with every `${name}`, `${name:-default}`, `${name:=default}`, `${name-default}` and `${name=default}` replaced, and `$${` made `${`. Values are
 * put in as they are: a reference in a value stays text.
 */
export function expandText(text: string, variables: Variables): ExpandedText | VariableFault {
  try {
    return new Reader(text, variables).expand();
  } catch (error) {
    if (error instanceof ReferenceFault) return { message: error.message, written: error.written };
    throw error;
  }
}

/** Ends the reading of one text; caught in this file. */
class ReferenceFault extends Error {
  readonly written: string;

  constructor(message: string, written: string) {
    super(message);
    this.written = written;
  }
}

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(:?[-=]|\}|)/y;

/** Reads one text from the left to the right. */
class Reader {
  readonly #text: string;
  readonly #variables: Variables;
  #at = 0;
  #isSecret = false;
  #length = 0;

  constructor(text: string, variables: Variables) {
    this.#text = text;
    this.#variables = variables;
  }

  expand(): ExpandedText {
    const text = this.#readUntil(null, { depth: 0, isUsed: true });
    return { text, isSecret: this.#isSecret };
  }

  /** Where the reference that the text begins with ends; its variables need not exist. */
  endOfReference(): number {
    this.#readReference({ depth: 0, isUsed: false });
    return this.#at;
  }

  /** What stands before `end`, which is consumed; up to the end of the text for null. */
  #readUntil(end: '}' | null, place: ReadPlace): string {
    const parts: string[] = [];
    const add = (part: string): void => {
      this.#length += part.length;
      if (this.#length > MAX_TEXT) throw new ReferenceFault('the text becomes longer than 1 MiB', '${');
      parts.push(part);
    };
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] === end) {
        this.#at += 1;
        return parts.join('');
      }
      if (this.#text.startsWith('$${', this.#at)) {
        this.#at += 3;
        add('${');
      } else if (this.#text.startsWith('${', this.#at)) add(this.#readReference(place));
      else add(this.#readPlain(end));
    }
    if (end !== null) throw this.#fault('a reference has no closing brace', 0);
    return parts.join('');
  }

  #readPlain(end: '}' | null): string {
    const start = this.#at;
    do this.#at += 1;
    while (this.#at < this.#text.length && this.#text[this.#at] !== '$' && this.#text[this.#at] !== end);
    return this.#text.slice(start, this.#at);
  }

  #readReference({ depth, isUsed }: ReadPlace): string {
    const start = this.#at;
    REFERENCE.lastIndex = start;
    const [whole = '', name = '', operator = ''] = REFERENCE.exec(this.#text) ?? [];
    if (operator === '') throw this.#fault('a "${" begins no reference that is understood', start);
    this.#at += whole.length;
    const variable = this.#variables.get(name);
    if (operator === '}') {
      if (variable === undefined && isUsed) throw this.#fault(`variable "${name.slice(0, 128)}" is not defined`, start);
      return this.#take(variable, isUsed);
    }
    if (depth >= MAX_DEFAULT_DEPTH) throw this.#fault('defaults lie too deep in defaults', start);
    const isDefault = variable === undefined || (operator.startsWith(':') && variable.value === '');
    const fallback = this.#readUntil('}', { depth: depth + 1, isUsed: isUsed && isDefault });
    return isDefault ? fallback : this.#take(variable, isUsed);
  }

  #take(variable: Variable | undefined, isUsed: boolean): string {
    if (variable === undefined || !isUsed) return '';
    if (variable.isSecret) this.#isSecret = true;
    return variable.value;
  }

  #fault(message: string, start: number): ReferenceFault {
    const begin = this.#text.indexOf('${', start);
    return new ReferenceFault(message, this.#text.slice(begin, begin + 40).split(/[\n}]/, 1)[0] ?? '');
  }
}

interface ReadPlace {
  readonly depth: number;
  /** False inside of a default that is not needed: it has to be well-formed, and its variables need not exist. */
  readonly isUsed: boolean;
}
