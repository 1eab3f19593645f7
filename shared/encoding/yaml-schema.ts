/**
 * @module The js-yaml schema that gives scalars the meaning that kubectl gives them. Map keys and merges also depend
 * on their surroundings; yaml-nodes.ts corrects those.
 */
import { FAILSAFE_SCHEMA, type Schema, Type } from 'js-yaml';
import { decodeBase64 } from './base64.ts';
import { decodeUtf8 } from './bytes.ts';
import { YamlFault } from './yaml-fault.ts';
import { resolveScalar, type Scalar } from './yaml-scalars.ts';

/** Tag of a merge key, `<<`. */
export const MERGE_TAG = 'tag:yaml.org,2002:merge';
/** Tag of a number with a fraction or an exponent. */
export const FLOAT_TAG = 'tag:yaml.org,2002:float';

// js-yaml asks one type after the other about the same text, so the last answer is kept.
let lastText: string | null = null;
let lastScalar: Scalar = resolveScalar('');

function scalarOf(text: string | null): Scalar {
  if (text !== lastText) {
    lastText = text;
    lastScalar = resolveScalar(text ?? '');
  }
  return lastScalar;
}

function scalarType(
  tag: string,
  kinds: readonly Scalar['kind'][],
  toValue = (scalar: Scalar): unknown => scalar.value,
) {
  return new Type(tag, {
    kind: 'scalar',
    resolve: (text: string | null) => kinds.includes(scalarOf(text).kind),
    construct: (text: string | null) => toValue(scalarOf(text)),
  });
}

const binaryType = new Type('tag:yaml.org,2002:binary', {
  kind: 'scalar',
  resolve: (text: string | null) => binaryText(text) !== null,
  construct: binaryText,
});

function binaryText(text: string | null): string | null {
  try {
    return decodeUtf8(decodeBase64(text ?? ''));
  } catch {
    return null;
  }
}

// kubectl ignores tags that it does not know: a scalar is then text, and a collection what it looks like.
const unknownTags = [
  new Type('', { kind: 'scalar', multi: true, construct: (text: string | null) => text ?? '' }),
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
  explicit: [binaryType, ...unknownTags],
});

function toFloat(scalar: Scalar): number {
  if (scalar.kind === 'non-finite') {
    throw new YamlFault('YAML_INVALID', 'infinity or NaN, which JSON cannot hold (quote it)', null);
  }
  return Number(scalar.value);
}
