/** @module Reads `spec.template` of a SealedSecret, which can hold anything, into what a Secret may be made of. */
import type { SealedSecret } from '../resources/sealed-secret.ts';
import { SealingError } from './errors.ts';
import { describeKind, isMap } from './is-map.ts';

/** A checked template. Fields that it leaves out, or leaves empty, are absent. */
export interface CheckedTemplate {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly type?: string;
  readonly immutable?: boolean;
  /** Literal values; null removes the key from the Secret. */
  readonly data: ReadonlyMap<string, string | null>;
}

/**
 * The template of `sealed`. Of its metadata only labels, annotations and finalizers count: name and namespace are the
 * SealedSecret's own, and everything else belongs to the API server.
 * @throws SealingError `TEMPLATE_INVALID` for a field of the wrong kind, `TEMPLATE_NOT_SUPPORTED` for template actions.
 */
export function readTemplate(sealed: SealedSecret): CheckedTemplate {
  const template = mapAt(sealed.spec?.template, 'spec.template');
  const metadata = mapAt(template['metadata'], 'spec.template.metadata');
  const labels = stringsAt(metadata['labels'], 'spec.template.metadata.labels');
  const annotations = stringsAt(metadata['annotations'], 'spec.template.metadata.annotations');
  const finalizers = finalizersAt(metadata['finalizers']);
  const { type, immutable } = template;
  if (type !== undefined && type !== null && typeof type !== 'string')
    throw wrongKind('spec.template.type', 'text', type);
  if (immutable !== undefined && immutable !== null && typeof immutable !== 'boolean') {
    throw wrongKind('spec.template.immutable', 'true or false', immutable);
  }
  return {
    ...(labels.size > 0 && { labels: Object.fromEntries(labels) }),
    ...(annotations.size > 0 && { annotations: Object.fromEntries(annotations) }),
    ...(finalizers.length > 0 && { finalizers }),
    ...(typeof type === 'string' && type !== '' && { type }),
    ...(typeof immutable === 'boolean' && { immutable }),
    data: readLiterals(template['data']),
  };
}

/** Keys of `spec.template.data` whose values hold template actions, sorted. */
function readLiterals(value: unknown): ReadonlyMap<string, string | null> {
  const entries = Object.entries(mapAt(value, 'spec.template.data'));
  for (const [key, literal] of entries) {
    if (literal !== null && typeof literal !== 'string')
      throw wrongKind(`spec.template.data[${JSON.stringify(key)}]`, 'text', literal);
  }
  const literals = new Map(entries as [string, string | null][]);
  const keys = [...literals]
    .filter(([, literal]) => literal?.includes('{{'))
    .map(([key]) => JSON.stringify(key))
    .sort();
  if (keys.length === 0) return literals;
  throw new SealingError(
    'TEMPLATE_NOT_SUPPORTED',
    `cannot make the Secret: "spec.template.data" holds template actions in ${keys.join(', ')}`,
    {
      hint: 'template actions are not supported: write literal values, or seal the finished text',
    },
  );
}

function mapAt(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (!isMap(value)) throw wrongKind(field, 'a map', value);
  return value;
}

function stringsAt(value: unknown, field: string): ReadonlyMap<string, string> {
  const strings = new Map<string, string>();
  for (const [key, text] of Object.entries(mapAt(value, field))) {
    if (typeof text !== 'string') throw wrongKind(`${field}[${JSON.stringify(key)}]`, 'text', text);
    strings.set(key, text);
  }
  return strings;
}

function finalizersAt(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  const isList = Array.isArray(value) && value.every((entry): entry is string => typeof entry === 'string');
  if (!isList) throw wrongKind('spec.template.metadata.finalizers', 'a list of texts', value);
  return value;
}

function wrongKind(field: string, expected: string, value: unknown): SealingError {
  return new SealingError(
    'TEMPLATE_INVALID',
    `cannot make the Secret: "${field}" is ${describeKind(value)}, expected ${expected}`,
    {
      hint: expected === 'text' ? 'quote the value' : 'correct the template',
    },
  );
}
