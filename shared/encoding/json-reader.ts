/**
 * @module Reads JSON strictly: one value at a place in a text, duplicate keys and deep nesting refused, every fault
 * with its offset. The native parser is faster but knows none of that; json.ts decides which one is due.
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
  /** Containers within containers. */
  readonly maxDepth: number;
  /** Whether the last of several equal keys counts; otherwise they are refused. */
  readonly allowDuplicateKeys: boolean;
}

/** For text that people write: as strict as YAML. */
export const STRICT_JSON: JsonRules = { maxDepth: 100, allowDuplicateKeys: false };

/** For text that programs write, as every Kubernetes client reads it. */
export const LENIENT_JSON: JsonRules = { maxDepth: 1000, allowDuplicateKeys: true };

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
  const value = reader.readValue(1);
  return { value, end: reader.offset };
}

/** The offset of the first character at or after `offset` that JSON does not count as blank. */
export function skipJsonBlanks(text: string, offset: number): number {
  if (offset >= text.length) return offset;
  BLANKS.lastIndex = offset;
  BLANKS.test(text);
  return BLANKS.lastIndex;
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

  readValue(depth: number): unknown {
    switch (this.#text[this.offset]) {
      case '{':
        return this.#readObject(depth);
      case '[':
        return this.#readArray(depth);
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

  #readObject(depth: number): object {
    const object: Record<string, unknown> = {};
    this.#enter(depth);
    if (this.#accept('}')) return object;
    do {
      this.#skipBlanks();
      const keyOffset = this.offset;
      const key = this.#readString();
      if (!this.#rules.allowDuplicateKeys && Object.hasOwn(object, key)) {
        throw new JsonFault('duplicate-key', `duplicate key ${JSON.stringify(key.slice(0, 80))}`, keyOffset);
      }
      this.#expect(':');
      this.#skipBlanks();
      setOwn(object, key, this.readValue(depth + 1));
    } while (this.#accept(','));
    this.#expect('}');
    return object;
  }

  #readArray(depth: number): unknown[] {
    const array: unknown[] = [];
    this.#enter(depth);
    if (this.#accept(']')) return array;
    do {
      this.#skipBlanks();
      array.push(this.readValue(depth + 1));
    } while (this.#accept(','));
    this.#expect(']');
    return array;
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

  #enter(depth: number): void {
    const { maxDepth } = this.#rules;
    if (depth > maxDepth) throw new JsonFault('too-deep', `nested deeper than ${maxDepth} levels`, this.offset);
    this.offset++;
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
