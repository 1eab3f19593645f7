/** @module The values of a request's body, so that a message which quotes one can be recognised. */
import { isMap } from '../encoding/value-kind.ts';

/** Fields that hold names, which messages may and should quote. */
const NAMES = new Set(['apiVersion', 'kind', 'name', 'namespace', 'image']);
const MIN_LENGTH = 4;
/** A value this long is no part of another word by accident. */
const DISTINCT_LENGTH = 8;
const MAX_VALUES = 50_000;
const MARK = '[withheld]';

/**
 * `text` with every value of `sent` that it quotes replaced by a mark; values below `minLength` (4) are not looked for. Empty
 * when there are too many values to look for.
 */
export function withoutSentValues(text: string, sent: unknown, minLength = MIN_LENGTH): string {
  const values = collectValues(sent);
  if (values === null) return '';
  let result = text;
  for (const value of values) {
    if (value.length >= minLength && result.includes(value)) result = replaceValue(result, value);
  }
  return result;
}

/** The longest first, so that a value which contains another one is replaced whole. */
function collectValues(sent: unknown): readonly string[] | null {
  const values = new Set<string>();
  const pending: unknown[] = [sent];
  while (pending.length > 0) {
    const value = pending.pop();
    const children = childrenOf(value);
    if (children === null) addForms(values, String(value ?? ''));
    else for (const child of children) pending.push(child);
    if (values.size > MAX_VALUES) return null;
  }
  return [...values].sort((a, b) => b.length - a.length);
}

/** What `value` contains; null for a value that contains nothing. */
function childrenOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (!isMap(value)) return null;
  const entries = Object.entries(value).filter(([key, child]) => !(NAMES.has(key) && typeof child === 'string'));
  return entries.map(([, child]) => child);
}

/** As it stands, as it looks inside quotes, line by line, and what it stands for when it is base64. */
function addForms(values: Set<string>, text: string): void {
  const decoded = isBase64(text) ? Buffer.from(text, 'base64').toString('utf8') : '';
  for (const form of [text, decoded]) {
    for (const piece of [form, JSON.stringify(form).slice(1, -1), ...form.split(/\r?\n/)]) {
      const trimmed = piece.trim();
      if (trimmed.length >= MIN_LENGTH) values.add(trimmed);
    }
  }
}

/** One pattern for the whole of a text of several MiB would need more stack than there is. */
function isBase64(text: string): boolean {
  const digits = text.replace(/={1,2}$/, '');
  return digits.length >= MIN_LENGTH && !/[^A-Za-z0-9+/]/.test(digits);
}

function replaceValue(text: string, value: string): string {
  if (value.length >= DISTINCT_LENGTH) return text.replaceAll(value, MARK);
  const escaped = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'gu'), MARK);
}
