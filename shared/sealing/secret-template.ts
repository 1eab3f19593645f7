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
  const metadata = reader.map(template['metadata'], 'spec.template.metadata');
  const labels = reader.texts(metadata['labels'], 'spec.template.metadata.labels');
  const annotations = reader.texts(metadata['annotations'], 'spec.template.metadata.annotations');
  const finalizers = reader.textList(metadata['finalizers'], 'spec.template.metadata.finalizers');
  const type = reader.text(template['type'], 'spec.template.type') ?? '';
  const immutable = reader.flag(template['immutable'], 'spec.template.immutable');
  const data = readTexts(template['data'], reader);
  assertNoFaults(reader);
  return {
    ...(labels.size > 0 && { labels: Object.fromEntries(labels) }),
    ...(annotations.size > 0 && { annotations: Object.fromEntries(annotations) }),
    ...(finalizers.length > 0 && { finalizers }),
    ...(type !== '' && { type }),
    ...(immutable !== undefined && { immutable }),
    data,
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
