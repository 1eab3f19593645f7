/**
 * @module Which form Go's YAML library gives to a text: plain, single or double quotes, or a literal block. Files that kubeseal has written
 * then change no line but those of values.
 */
import { resolveScalar } from '../../shared/encoding/yaml-scalars.ts';

/** The form of one text. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal';

/** Readers of YAML 1.1 take these for dates, and numbers in base 60. */
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)?)?$/;
const BASE_60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;
/** Of these the library knows that they are text, although they mean something as a key. */
const ALWAYS_TEXT = new Set(['=', '<<']);

/**
 * What is written as an escape: tabs, what is not printable, and all beyond the first plane. The library writes line separators as they
 * are, which few readers take for what they are, ours not at all: they are escaped as well.
 */
const SPECIAL = /[^\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
/** What means something at the start of plain text, or inside of it. */
const INDICATOR_AT_START = /^(?:[#,[\]{}&*!|>'"%@`]|[-?:](?: |$)|---|\.\.\.)/;
const INDICATOR_INSIDE = /:(?: |$)| #/;

/** The style of `text` as a value, or as a key when `isKey`. */
export function styleOf(text: string, isKey: boolean): ScalarStyle {
  if (SPECIAL.test(text)) return 'double';
  if (text.includes('\n')) return isKey || / (?:\n|$)/.test(text) ? 'double' : 'literal';
  if (!isText(text)) return 'double';
  return fitsPlain(text) ? 'plain' : 'single';
}

function isText(text: string): boolean {
  if (ALWAYS_TEXT.has(text)) return true;
  return resolveScalar(text).kind === 'string' && !TIMESTAMP.test(text) && !BASE_60.test(text);
}

function fitsPlain(text: string): boolean {
  return !/^ | $/.test(text) && !INDICATOR_AT_START.test(text) && !INDICATOR_INSIDE.test(text);
}
