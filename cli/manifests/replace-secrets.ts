/**
 * @module Puts SealedSecrets in the place of Secrets in a file's text. Everything else of the file stays byte for byte; comments
 * inside a Secret move to its top, but for those beside its values, which may quote one.
 */
import { findComments } from '../../shared/encoding/yaml-comments.ts';
import type { ParsedDocument } from '../../shared/encoding/yaml-documents.ts';
import { replaceDocuments, stringifyLike } from '../../shared/encoding/yaml-edit.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { LocatedError } from '../terminal/errors.ts';
import { type ManifestFile, withByteOrderMark } from './manifest-files.ts';

/** One document and what takes its place. */
export interface SecretReplacement {
  readonly document: ParsedDocument;
  readonly sealed: SealedSecret;
}

/**
 * The new content of `file`. It has been parsed again and reads as intended, unless it is what `seal` prints and nothing else. A byte-order mark is kept; UTF-16
 * becomes UTF-8; JSON stays JSON.
 * @throws LocatedError `YAML_EDIT_REFUSED`
 */
export function replaceSecrets(file: ManifestFile, replacements: readonly SecretReplacement[]): string {
  try {
    const text = replaceDocuments(
      file.text,
      replacements.map(({ document, sealed }) => {
        const comments = keptComments(file.text, document);
        const printed = stringifyLike(file.text, document, sealed);
        return {
          document,
          replacement: [...comments, printed].join('\n'),
          value: sealed,
          isPrinted: comments.length === 0,
        };
      }),
      file.documents,
    );
    return withByteOrderMark(file, text);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw new LocatedError(`cannot seal "${file.input.name}" in place`, error, 'seal it to another file with -w');
  }
}

function keptComments(text: string, document: ParsedDocument): readonly string[] {
  if (document.format === 'json') return [];
  return findComments(text.slice(document.start, document.end), ['data', 'stringData']);
}
