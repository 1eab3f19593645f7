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
  /** Texts, with actions or without; null removes the key from the Secret. */
  readonly data: ReadonlyMap<string, string | null>;
}

/**
 * The template of `sealed`. Of its metadata only labels, annotations and finalizers count: name and namespace are the
 * SealedSecret's own, and everything else belongs to the API server.
 * @throws SealingError `TEMPLATE_INVALID` for fields of the wrong kind.
 */
export function readTemplate(sealed: SealedSecret): CheckedTemplate {
  const reader = new FieldReader();
  const template = reader.map(sealed.spec?.template, 'spec.template');
  const shape = readShape(reader, template, 'spec.template');
  const data = readTexts(template['data'], reader);
  assertNoFaults(reader);
  return { ...shape, data };
}

/** All but the data of `fields`, a template or a Secret that stands at `place`. What is wrong is noted in `reader`. */
export function readShape(
  reader: FieldReader,
  fields: Readonly<Record<string, unknown>>,
  place: string,
): Omit<CheckedTemplate, 'data'> {
  const metadata = reader.map(fields['metadata'], `${place}.metadata`);
  const labels = reader.texts(metadata['labels'], `${place}.metadata.labels`);
  const annotations = reader.texts(metadata['annotations'], `${place}.metadata.annotations`);
  const finalizers = reader.textList(metadata['finalizers'], `${place}.metadata.finalizers`);
  const type = reader.text(fields['type'], `${place}.type`) ?? '';
  const immutable = reader.flag(fields['immutable'], `${place}.immutable`);
  return {
    ...(labels.size > 0 && { labels: Object.fromEntries(labels) }),
    ...(annotations.size > 0 && { annotations: Object.fromEntries(annotations) }),
    ...(finalizers.length > 0 && { finalizers }),
    ...(type !== '' && { type }),
    ...(immutable !== undefined && { immutable }),
  };
}

/** True when `text` is a Go template and not a literal value. */
export function hasActions(text: string): boolean {
  return text.includes('{{');
}

function readTexts(value: unknown, reader: FieldReader): ReadonlyMap<string, string | null> {
  const texts = new Map<string, string | null>();
  for (const [key, entry] of Object.entries(reader.map(value, 'spec.template.data'))) {
    const text = entry === null ? null : reader.text(entry, fieldPath('spec.template.data', key));
    if (text !== undefined) texts.set(key, text);
  }
  return texts;
}

function assertNoFaults({ faults }: FieldReader): void {
  if (faults.length === 0) return;
  const problems = faults.map((fault) => fault.message).join('; ');
  const hint = [...new Set(faults.map((fault) => fault.hint ?? 'correct the template'))].join('; ');
  throw new SealingError('TEMPLATE_INVALID', `cannot make the Secret: ${problems}`, { hint });
}
