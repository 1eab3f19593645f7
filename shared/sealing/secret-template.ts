/** @module Reads `spec.template` of a SealedSecret, which can hold anything, into what a Secret may be made of. */
import type { SealedSecret } from '../resources/sealed-secret.ts';
import { FieldReader, fieldPath } from './check-fields.ts';
import { SealingError } from './errors.ts';

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
 * @throws SealingError `TEMPLATE_INVALID` for fields of the wrong kind, `TEMPLATE_NOT_SUPPORTED` for template actions.
 */
export function readTemplate(sealed: SealedSecret): CheckedTemplate {
  const reader = new FieldReader();
  const template = reader.map(sealed.spec?.template, 'spec.template');
  const metadata = reader.map(template['metadata'], 'spec.template.metadata');
  const labels = reader.texts(metadata['labels'], 'spec.template.metadata.labels');
  const annotations = reader.texts(metadata['annotations'], 'spec.template.metadata.annotations');
  const finalizers = reader.textList(metadata['finalizers'], 'spec.template.metadata.finalizers');
  const type = reader.text(template['type'], 'spec.template.type') ?? '';
  const immutable = reader.flag(template['immutable'], 'spec.template.immutable');
  const data = readLiterals(template['data'], reader);
  assertNoFaults(reader);
  assertNoActions(data);
  return {
    ...(labels.size > 0 && { labels: Object.fromEntries(labels) }),
    ...(annotations.size > 0 && { annotations: Object.fromEntries(annotations) }),
    ...(finalizers.length > 0 && { finalizers }),
    ...(type !== '' && { type }),
    ...(immutable !== undefined && { immutable }),
    data,
  };
}

function readLiterals(value: unknown, reader: FieldReader): ReadonlyMap<string, string | null> {
  const literals = new Map<string, string | null>();
  for (const [key, entry] of Object.entries(reader.map(value, 'spec.template.data'))) {
    const literal = entry === null ? null : reader.text(entry, fieldPath('spec.template.data', key));
    if (literal !== undefined) literals.set(key, literal);
  }
  return literals;
}

function assertNoFaults({ faults }: FieldReader): void {
  if (faults.length === 0) return;
  const problems = faults.map((fault) => fault.message).join('; ');
  const hint = [...new Set(faults.map((fault) => fault.hint ?? 'correct the template'))].join('; ');
  throw new SealingError('TEMPLATE_INVALID', `cannot make the Secret: ${problems}`, { hint });
}

function assertNoActions(literals: ReadonlyMap<string, string | null>): void {
  const keys = [...literals].filter(([, literal]) => literal?.includes('{{')).map(([key]) => JSON.stringify(key));
  if (keys.length === 0) return;
  throw new SealingError(
    'TEMPLATE_NOT_SUPPORTED',
    `cannot make the Secret: "spec.template.data" holds template actions in ${keys.sort().join(', ')}`,
    { hint: 'template actions are not supported: write literal values, or seal the finished text' },
  );
}
