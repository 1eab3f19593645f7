/**
 * @module Why a YAML document is refused, in words of our own. js-yaml's messages quote the text around a fault, and
 * that text may be a secret, so neither its message nor its exception leaves this file.
 */
import { YAMLException } from 'js-yaml';
import type { EncodingErrorCode } from './errors.ts';

/** A refusal and where; `offset` counts UTF-16 units from the start of the parsed text, null when it is not known. */
export class YamlFault extends Error {
  readonly code: EncodingErrorCode;
  readonly offset: number | null;

  constructor(code: EncodingErrorCode, reason: string, offset: number | null) {
    super(reason);
    this.code = code;
    this.offset = offset;
  }
}

/** Parser messages that need better words, or another code than YAML_INVALID. */
const REASONS: readonly { readonly pattern: RegExp; readonly code: EncodingErrorCode; readonly reason: string }[] = [
  { pattern: /^nesting exceeded/, code: 'YAML_TOO_DEEP', reason: 'nested too deeply' },
  { pattern: /^merge keys exceeded|^abnormal merge/, code: 'YAML_ALIAS_BOMB', reason: 'too many merged keys' },
  {
    pattern: /^unidentified alias/,
    code: 'YAML_INVALID',
    reason: 'an alias without an anchor (quote text that begins with "*")',
  },
  {
    pattern: /^cannot resolve a node/,
    code: 'YAML_INVALID',
    reason: 'a value that does not fit its tag',
  },
  {
    pattern: /^cannot merge mappings/,
    code: 'YAML_INVALID',
    reason: 'a merge key whose value is not a map or a list of maps',
  },
];

/** The fault that `error`, thrown while js-yaml read `text`, stands for; null when it is none. */
export function toYamlFault(error: unknown, text: string): YamlFault | null {
  if (error instanceof YamlFault) return error;
  if (!(error instanceof YAMLException)) return null;
  const offset = error.mark?.position ?? 0;
  if (error.reason === 'duplicated mapping key') {
    const start = skipBlanks(text, offset);
    return new YamlFault('YAML_DUPLICATE_KEY', `duplicate key ${JSON.stringify(keyAt(text, start))}`, start);
  }
  const known = REASONS.find(({ pattern }) => pattern.test(error.reason));
  if (known !== undefined) return new YamlFault(known.code, known.reason, offset);
  return new YamlFault('YAML_INVALID', withoutQuotation(error.reason), offset);
}

/** What the parser says up to the point where it would quote the input. */
function withoutQuotation(reason: string): string {
  const general = reason.split(/: | "| !</, 1)[0] ?? '';
  return general === '' ? 'not valid YAML' : general;
}

function skipBlanks(text: string, offset: number): number {
  let start = offset;
  while (text[start] === ' ' || text[start] === '\t') start++;
  return start;
}

function keyAt(text: string, start: number): string {
  const line = text.slice(start, start + 80).split(/[\r\n]/, 1)[0] ?? '';
  const quoted = /^"((?:[^"\\]|\\.)*)"|^'((?:[^']|'')*)'/.exec(line);
  return quoted?.[1] ?? quoted?.[2] ?? line.split(/\s*:(?=[\s,\]}]|$)/, 1)[0] ?? '';
}
