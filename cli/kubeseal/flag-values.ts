/**
 * @module Values of flags as kubeseal's flag libraries read them: what each kind takes, and in which words it refuses the rest.
 * The words are part of what scripts see, so they are those of Go's strconv, flag and encoding/csv.
 */
import { SCOPES, type Scope } from '../../shared/sealing/scope.ts';
import { parseCsvRecord } from './csv-record.ts';

/** How the text of a flag is read. `go-*` and the kinds of klog differ from their namesakes in what they say of bad texts. */
export type FlagKind =
  | 'string'
  | 'bool'
  | 'go-bool'
  | 'list'
  | 'array'
  | 'scope'
  | 'uint'
  | 'level'
  | 'severity'
  | 'trace'
  | 'module-levels';

/** A value that was read. Lists are those of one occurrence. */
export type FlagValue = string | boolean | number | readonly string[];

/** Either a value or why there is none. */
export type FlagReading = { readonly value: FlagValue } | { readonly problem: string };

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);
const SEVERITIES = ['INFO', 'WARNING', 'ERROR', 'FATAL'];
const INT32_MAX = 2n ** 31n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;
const MODULE_SYNTAX = 'syntax error: expect comma-separated list of filename=N';
const TRACE_SYNTAX = 'syntax error: expect file.go:234';

const READERS: Readonly<Record<FlagKind, (text: string) => FlagReading>> = {
  string: (text) => ({ value: text }),
  array: (text) => ({ value: [text] }),
  list: (text) => readList(text),
  bool: (text) => readBool(text) ?? { problem: `strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax` },
  'go-bool': (text) => readBool(text) ?? { problem: 'parse error' },
  scope: (text) => readScope(text),
  uint: (text) => readUnsigned(text),
  level: (text) => readInt32(text),
  severity: (text) => (SEVERITIES.includes(text.toUpperCase()) ? { value: text.toUpperCase() } : readInt32(text)),
  trace: (text) => readTrace(text),
  'module-levels': (text) => readModuleLevels(text),
};

/** Reads `text` as a value of `kind`. */
export function readFlagValue(kind: FlagKind, text: string): FlagReading {
  return READERS[kind](text);
}

/** True for kinds that may stand without a value, which is then true. */
export function isSwitch(kind: FlagKind): boolean {
  return kind === 'bool' || kind === 'go-bool';
}

/** `text` as Go's `%q` prints it, as far as terminals show it. */
export function goQuote(text: string): string {
  const escaped = JSON.stringify(text).replace(/[\x7f\u0080-\u009f\p{Zl}\p{Zp}\ufeff]|\\u00[01][0-9a-f]/gu, (part) => {
    const unit = part.startsWith('\\u') ? Number.parseInt(part.slice(2), 16) : part.charCodeAt(0);
    return unit < 0x80 ? `\\x${unit.toString(16).padStart(2, '0')}` : `\\u${unit.toString(16).padStart(4, '0')}`;
  });
  return escaped.replaceAll('\\x07', '\\a').replaceAll('\\x0b', '\\v');
}

function readBool(text: string): FlagReading | null {
  if (TRUE.has(text)) return { value: true };
  return FALSE.has(text) ? { value: false } : null;
}

/** Empty text leaves the scope open, as for kubeseal. */
function readScope(text: string): FlagReading {
  if (text === '' || SCOPES.includes(text as Scope)) return { value: text };
  return { problem: `must be one of: ${SCOPES.join(', ')}` };
}

function readList(text: string): FlagReading {
  const record = parseCsvRecord(text);
  return 'fields' in record ? { value: record.fields } : { problem: record.problem };
}

function readInt32(text: string): FlagReading {
  const refused = (why: string): FlagReading => ({ problem: `strconv.ParseInt: parsing ${goQuote(text)}: ${why}` });
  if (!/^[-+]?[0-9]+$/.test(text)) return refused('invalid syntax');
  const number = BigInt(text.replace(/^\+/, ''));
  return number > INT32_MAX || number < -INT32_MAX - 1n ? refused('value out of range') : { value: Number(number) };
}

/** Any base that Go takes by its prefix, with underscores between digits. */
function readUnsigned(text: string): FlagReading {
  const digits = text.replaceAll(/(?<=[0-9a-fxob])_(?=[0-9a-f])/gi, '');
  const octal = /^0([0-7]+)$/.exec(digits)?.[1];
  if (!/^(?:[0-9]+|0x[0-9a-f]+|0o[0-7]+|0b[01]+)$/i.test(digits)) return { problem: 'parse error' };
  if (octal === undefined && /^0[0-9]/.test(digits)) return { problem: 'parse error' };
  const number = BigInt(octal === undefined ? digits : `0o${octal}`);
  return number > UINT64_MAX ? { problem: 'value out of range' } : { value: text };
}

function readTrace(text: string): FlagReading {
  if (text === '') return { value: text };
  const [file = '', line, ...rest] = text.split(':');
  if (line === undefined || rest.length > 0 || !file.includes('.')) return { problem: TRACE_SYNTAX };
  if (!/^[-+]?[0-9]+$/.test(line)) return { problem: TRACE_SYNTAX };
  return Number(line) > 0 ? { value: text } : { problem: 'negative or zero value for level' };
}

function readModuleLevels(text: string): FlagReading {
  for (const item of text.split(',')) {
    if (item === '') continue;
    const [name, level, ...rest] = item.split('=');
    if (name === '' || level === undefined || rest.length > 0 || !('value' in readInt32(level)))
      return { problem: MODULE_SYNTAX };
    if (Number(level) < 0) return { problem: 'negative value for vmodule level' };
  }
  return { value: text };
}
