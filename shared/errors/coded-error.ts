/**
 * @module The base of every error that Signet throws on purpose. A thrown value that is not a
 * `CodedError` is a bug.
 */

/** What may accompany a message: the underlying failure, and how the reader can mend it. */
export interface CodedErrorDetails {
  /** The failure that led to this one; it is kept, never flattened into the message. */
  readonly cause?: unknown;
  /** One imperative sentence that says how to mend it; absent when the message says it all. */
  readonly hint?: string;
}

/**
 * An expected failure. `code` comes from a closed union per area, and callers branch on it and never
 * on the text. Messages start lower case, name the action that failed, quote values and never quote a
 * secret one.
 */
export abstract class CodedError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly hint: string | undefined;

  constructor(code: Code, message: string, details: CodedErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint;
  }
}
