/**
 * @module The js-yaml schema that gives scalars the meaning that kubectl gives them. Map keys and merges also depend
 * on their surroundings; yaml-nodes.ts corrects those.
 */
import { FAILSAFE_SCHEMA, type Schema, Type } from 'js-yaml';
import { tryDecodeBase64 } from './base64.ts';
import { decodeUtf8 } from './bytes.ts';
import { YamlFault } from './yaml-fault.ts';
import { resolveScalar, type Scalar } from './yaml-scalars.ts';

/** Tag of a merge key, `<<`. */
export const MERGE_TAG = 'tag:yaml.org,2002:merge';
/** Tag of a number with a fraction or an exponent. */
export const FLOAT_TAG = 'tag:yaml.org,2002:float';

// js-yaml asks one type after the other about the same text, so the last answer is kept.
let lastText = '';
let lastScalar: Scalar = resolveScalar(lastText);

function scalarOf(text: string): Scalar {
  if (text !== lastText) {
    lastText = text;
    lastScalar = resolveScalar(text);
  }
  return lastScalar;
}

/**
 * The text of a scalar; nothing is empty text. A tag on the line before its scalar gets the value that the scalar has
 * without it, whose text is lost.
 */
function textOf(data: unknown): string {
  if (typeof data === 'string') return data;
  if (data === null) return '';
  throw new YamlFault('YAML_INVALID', 'a tag on another line than its value', null);
}

function scalarType(
  tag: string,
  kinds: readonly Scalar['kind'][],
  toValue = (scalar: Scalar): unknown => scalar.value,
) {
  return new Type(tag, {
    kind: 'scalar',
    resolve: (data: unknown) => kinds.includes(scalarOf(textOf(data)).kind),
    construct: (data: unknown) => toValue(scalarOf(textOf(data))),
  });
}

const textType = new Type('tag:yaml.org,2002:str', { kind: 'scalar', construct: textOf });

const binaryType = new Type('tag:yaml.org,2002:binary', {
  kind: 'scalar',
  resolve: (data: unknown) => binaryText(textOf(data)) !== null,
  construct: (data: unknown) => binaryText(textOf(data)),
});

function binaryText(text: string): string | null {
  const bytes = tryDecodeBase64(text);
  return typeof bytes === 'number' ? null : decodeUtf8(bytes);
}

// kubectl ignores tags that it does not know: a scalar is then text, and a collection what it looks like.
const unknownTags = [
  new Type('', { kind: 'scalar', multi: true, construct: textOf }),
  new Type('', { kind: 'sequence', multi: true }),
  new Type('', { kind: 'mapping', multi: true }),
];

/**
 * Scalars as kubectl decodes them: the 22 boolean words and five nulls of YAML 1.1, integers in four bases with
 * bigint beyond 2^53, Go's floats, dates and sexagesimals as text, `!!binary` as the text that it encodes. Infinity
 * and NaN do not resolve, since JSON has no such values.
 */
export const kubectlSchema: Schema = FAILSAFE_SCHEMA.extend({
  implicit: [
    scalarType('tag:yaml.org,2002:null', ['null']),
    scalarType('tag:yaml.org,2002:bool', ['bool']),
    scalarType('tag:yaml.org,2002:int', ['int']),
    scalarType(FLOAT_TAG, ['float', 'int', 'non-finite'], toFloat),
    scalarType(MERGE_TAG, ['merge']),
  ],
  explicit: [textType, binaryType, ...unknownTags],
});

/** A noncharacter of Unicode; a file that writes it itself only says that its own scalar is plain. */
const PLAIN_MARK = '\ufdd0';

/**
 * The same, but for plain scalars that begin with `${` and end with `}`: they become text with a mark before it, so that whoever replaces them
 * knows that they were not quoted.
 */
export const markingSchema: Schema = kubectlSchema.extend({
  implicit: [
    new Type('tag:signet.dev,2026:reference', {
      kind: 'scalar',
      resolve: (data: unknown) => typeof data === 'string' && data.startsWith('${') && data.endsWith('}'),
      construct: (data: unknown) => `${PLAIN_MARK}${String(data)}`,
    }),
  ],
});

/** `text` without the mark of a plain scalar. */
export function withoutMark(text: string): string {
  return text.startsWith(PLAIN_MARK) ? text.slice(PLAIN_MARK.length) : text;
}

function toFloat(scalar: Scalar): number {
  if (scalar.kind === 'non-finite') {
    throw new YamlFault('YAML_INVALID', 'infinity or NaN, which JSON cannot hold (quote it)', null);
  }
  return Number(scalar.value);
}
