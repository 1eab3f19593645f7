/**
 * @module Reads JSON exactly: one value at a place in a text, every fault with its offset, and duplicate keys and deep nesting
 * refused where people write. The native parser is faster but knows none of that; json.ts decides which one is due.
 */
import { exactInteger } from './exact-integer.ts';
import { setOwn } from './own-property.ts';

/** Why a text is not acceptable JSON, and where. `reason` never quotes a value; it may name a key. */
export class JsonFault extends Error {
  readonly kind: 'syntax' | 'duplicate-key' | 'too-deep';
  /** Offset into the text, in UTF-16 units from 0. */
  readonly offset: number;

  constructor(kind: JsonFault['kind'], reason: string, offset: number) {
    super(reason);
    this.kind = kind;
    this.offset = offset;
  }
}

/** A value and the offset behind its last character. */
export interface JsonValueAt {
  readonly value: unknown;
  readonly end: number;
}

/** What a reader accepts; the two sets below are the only ones. */
export interface JsonRules {
  /** Lists and maps within one another. */
  readonly maxDepth: number;
  /** Whether the last of several equal keys counts; otherwise they are refused. */
  readonly allowDuplicateKeys: boolean;
}

/** For text that people write: as strict as YAML. */
export const STRICT_JSON: JsonRules = { maxDepth: 100, allowDuplicateKeys: false };

/** For text that programs write, as every Kubernetes client reads it: one deep object in a list must not keep the others from being read. */
export const LENIENT_JSON: JsonRules = { maxDepth: Number.POSITIVE_INFINITY, allowDuplicateKeys: true };

const BLANKS = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const WORD = /true|false|null/y;

/**
 * The JSON value that begins at `offset` or after the blanks there. Integers beyond 2^53 become bigint, and objects
 * hold `__proto__` as an ordinary key.
 * @throws JsonFault
 */
export function readJsonValue(text: string, offset: number, rules: JsonRules): JsonValueAt {
  const reader = new JsonReader(text, skipJsonBlanks(text, offset), rules);
  const value = reader.readValue();
  return { value, end: reader.offset };
}

/** The offset of the first character at or after `offset` that JSON does not count as blank. */
export function skipJsonBlanks(text: string, offset: number): number {
  if (offset >= text.length) return offset;
  BLANKS.lastIndex = offset;
  BLANKS.test(text);
  return BLANKS.lastIndex;
}

/** A list or map whose end has not been read. */
interface OpenContainer {
  readonly value: unknown[] | Record<string, unknown>;
  readonly end: ']' | '}';
  /** Of a map: the key of the value that comes next. */
  key: string;
}

class JsonReader {
  offset: number;
  readonly #text: string;
  readonly #rules: JsonRules;

  constructor(text: string, offset: number, rules: JsonRules) {
    this.#text = text;
    this.#rules = rules;
    this.offset = offset;
  }

  /** Without recursion, since the call stack ends before the depth of what an API server takes. */
  readValue(): unknown {
    const open: OpenContainer[] = [];
    for (;;) {
      const container = this.#openContainer(open.length);
      if (container !== null && !this.#accept(container.end)) {
        this.#beginEntry(container);
        open.push(container);
        continue;
      }
      const value = this.#close(open, container === null ? this.#readScalar() : container.value);
      if (open.length === 0) return value;
    }
  }

  #openContainer(depth: number): OpenContainer | null {
    const first = this.#text[this.offset];
    if (first !== '{' && first !== '[') return null;
    const { maxDepth } = this.#rules;
    if (depth >= maxDepth) throw new JsonFault('too-deep', `nested deeper than ${maxDepth} levels`, this.offset);
    this.offset++;
    return first === '{' ? { value: {}, end: '}', key: '' } : { value: [], end: ']', key: '' };
  }

  /** Goes to where the next value of `container` begins. */
  #beginEntry(container: OpenContainer): void {
    this.#skipBlanks();
    if (container.end === ']') return;
    const keyOffset = this.offset;
    container.key = this.#readString();
    if (!this.#rules.allowDuplicateKeys && Object.hasOwn(container.value, container.key)) {
      throw new JsonFault('duplicate-key', `duplicate key ${JSON.stringify(container.key.slice(0, 80))}`, keyOffset);
    }
    this.#expect(':');
    this.#skipBlanks();
  }

  /** Puts `value` where it belongs and closes what ends behind it, up to the next value; the outermost of what was closed. */
  #close(open: OpenContainer[], value: unknown): unknown {
    let closed = value;
    for (let container = open.at(-1); container !== undefined; container = open.at(-1)) {
      if (Array.isArray(container.value)) container.value.push(closed);
      else setOwn(container.value, container.key, closed);
      if (this.#accept(',')) {
        this.#beginEntry(container);
        break;
      }
      this.#expect(container.end);
      open.pop();
      closed = container.value;
    }
    return closed;
  }

  #readScalar(): unknown {
    switch (this.#text[this.offset]) {
      case '"':
        return this.#readString();
      case 't':
      case 'f':
      case 'n':
        return JSON.parse(this.#match(WORD));
      default:
        return this.#readNumber();
    }
  }

  #readString(): string {
    const start = this.offset;
    if (this.#text[start] !== '"') throw this.#unexpected();
    let end = this.#text.indexOf('"', start + 1);
    while (end >= 0 && this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    if (end < 0) throw new JsonFault('syntax', 'a string without an end', start);
    this.offset = end + 1;
    const literal = this.#text.slice(start, this.offset);
    try {
      return JSON.parse(literal);
    } catch {
      throw new JsonFault('syntax', 'a string with a line break, a control character or an unknown escape', start);
    }
  }

  #isEscaped(offset: number): boolean {
    let first = offset;
    while (this.#text[first - 1] === '\\') first--;
    return (offset - first) % 2 === 1;
  }

  #readNumber(): number | bigint {
    const start = this.offset;
    const literal = this.#match(NUMBER);
    const value = Number(literal);
    if (!Number.isFinite(value)) throw new JsonFault('syntax', 'a number out of range', start);
    if (Number.isSafeInteger(value) || !/^-?[0-9]+$/.test(literal)) return value;
    return exactInteger(BigInt(literal));
  }

  #accept(character: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.offset] !== character) return false;
    this.offset++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) throw this.#unexpected();
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.offset;
    const match = pattern.exec(this.#text);
    if (match === null) throw this.#unexpected();
    this.offset = pattern.lastIndex;
    return match[0];
  }

  #skipBlanks(): void {
    this.offset = skipJsonBlanks(this.#text, this.offset);
  }

  #unexpected(): JsonFault {
    const atEnd = this.offset >= this.#text.length;
    return new JsonFault('syntax', atEnd ? 'unexpected end of the text' : 'unexpected character', this.offset);
  }
}
