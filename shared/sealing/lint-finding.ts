/** @module What lint is given and what it finds; the rules are in the other files of its name. */
import type { SecretBytes } from '../errors/secret-bytes.ts';
import type { LintCode } from './errors.ts';

/** One thing that was found. */
export interface LintFinding {
  readonly code: LintCode;
  /** The key of the value that it is about; null when it is about the whole Secret. */
  readonly key: string | null;
  /** What is wrong, without the object's name and never with a value. */
  readonly message: string;
  readonly hint: string;
}

/** What is looked at. */
export interface LintSubject {
  /** Empty or absent: Opaque. */
  readonly type?: string | undefined;
  /** Of the Secret that will be made. */
  readonly annotations?: ReadonlyMap<string, string>;
  /** The values that are about to be sealed, by key. */
  readonly values: ReadonlyMap<string, SecretBytes>;
  /** Keys that the Secret has besides, whose values nobody can see. */
  readonly otherKeys?: Iterable<string>;
}
