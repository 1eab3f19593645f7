/** @module Reads single fields of an object from a file, noting what is wrong with them instead of throwing. */
import { describeKind, isMap } from '../encoding/value-kind.ts';
import type { SealFault, SealFaultCode } from './errors.ts';

/** The mend for numbers and booleans where text belongs. */
const QUOTE_IT = 'quote the value';

/** Collects the faults of one object; every reader notes what it finds and returns something usable. */
export class FieldReader {
  /** What was found so far, in the order of reading. */
  readonly faults: SealFault[] = [];

  /** Notes a fault of `field`; `problem` says what is wrong with it, without its name. */
  note(
    code: SealFaultCode,
    field: string,
    { problem, hint }: { readonly problem: string; readonly hint?: string },
  ): void {
    const message = field === '' ? problem : `${field} ${problem}`;
    this.faults.push({ code, field, message, ...(hint !== undefined && { hint }) });
  }

  /** True when `field` itself has a fault, so that faults that follow from it need not be told. */
  hasFault(field: string): boolean {
    return this.faults.some((fault) => fault.field === field);
  }

  /** A map, empty when `value` is none; absent and null are empty maps. */
  map(value: unknown, field: string): Readonly<Record<string, unknown>> {
    if (value === undefined || value === null) return {};
    if (isMap(value)) return value;
    this.note('SEAL_NOT_A_MAP', field, { problem: `is ${describeKind(value)}, expected a map` });
    return {};
  }

  /** Text, or undefined when `value` is absent, null or none. */
  text(value: unknown, field: string): string | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    this.note('SEAL_VALUE_NOT_STRING', field, { problem: `is ${describeKind(value)}, expected text`, hint: QUOTE_IT });
    return undefined;
  }

  /** A map of texts without those entries that are none; null counts as none here. */
  texts(value: unknown, field: string): ReadonlyMap<string, string> {
    const texts = new Map<string, string>();
    for (const [key, entry] of Object.entries(this.map(value, field))) {
      const path = fieldPath(field, key);
      if (entry === null)
        this.note('SEAL_VALUE_NOT_STRING', path, {
          problem: 'is null, expected text',
          hint: key.includes(':') ? 'put a blank behind the colon' : 'write "" for empty text',
        });
      const text = this.text(entry, path);
      if (text !== undefined) texts.set(key, text);
    }
    return texts;
  }

  /** A list of texts; absent and null are empty lists. */
  textList(value: unknown, field: string): readonly string[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value) && value.every((entry): entry is string => typeof entry === 'string')) return value;
    this.note('SEAL_FIELD_INVALID', field, { problem: 'is not a list of texts' });
    return [];
  }

  /** A boolean, or undefined when `value` is absent, null or none. */
  flag(value: unknown, field: string): boolean | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'boolean') return value;
    this.note('SEAL_FIELD_INVALID', field, { problem: `is ${describeKind(value)}, expected true or false` });
    return undefined;
  }

  /** Notes every key of `map` that is not one of `known`. */
  expectOnly(map: Readonly<Record<string, unknown>>, prefix: string, known: readonly string[]): void {
    for (const key of Object.keys(map)) {
      if (known.includes(key)) continue;
      this.note('SEAL_UNKNOWN_FIELD', fieldPath(prefix, key), {
        problem: 'is no field of a Secret',
        hint: 'correct or remove the field: its content would be lost',
      });
    }
  }
}

/**
 * `data.password`, and `data["tls.crt"]` for keys that would not read well after a dot. What follows a colon or an equals sign is left
 * out: it is a value whose key is `{password:value}` to YAML, for want of a blank.
 */
export function fieldPath(parent: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${parent}[${JSON.stringify(key.replace(/([:=]).+$/s, '$1…'))}]`;
  return parent === '' ? key : `${parent}.${key}`;
}
