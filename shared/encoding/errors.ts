/** @module What can go wrong between bytes, text and values. Messages never quote content, which may be secret. */
import { CodedError } from '../errors/coded-error.ts';

/** Every way in which text or bytes cannot be decoded, or a value cannot be written. */
export type EncodingErrorCode =
  | 'BASE64_INVALID'
  | 'TEXT_NOT_UTF8'
  | 'JSON_INVALID'
  | 'JSON_UNREPRESENTABLE'
  | 'YAML_INVALID'
  | 'YAML_DUPLICATE_KEY'
  | 'YAML_TOO_DEEP'
  | 'YAML_ALIAS_BOMB'
  | 'YAML_TOO_LARGE'
  | 'YAML_EDIT_REFUSED';

/** Where in a text an error was found; both count from 1, the column in UTF-16 units. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Text or bytes that cannot be decoded, or a value that cannot be written. */
export class EncodingError extends CodedError<EncodingErrorCode> {
  /** Line of the fault, from 1; undefined where it has none. */
  readonly line: number | undefined;
  /** Column of the fault in UTF-16 units, from 1; undefined where it has none. */
  readonly column: number | undefined;

  constructor(code: EncodingErrorCode, message: string, details: { hint?: string; position?: TextPosition } = {}) {
    super(code, message, details.hint === undefined ? {} : { hint: details.hint });
    this.line = details.position?.line;
    this.column = details.position?.column;
  }
}
