/** @module What one read of a tree needs; its steps pass it on. */
import type { GitLimits } from './git-limits.ts';
import type { GitRunner } from './git-runner.ts';
import type { ObjectStore } from './object-store.ts';
import type { Remote } from './remote.ts';

/** What others are about to read of the same commit. */
export interface Alongside {
  /** Paths as they wrote them. */
  paths(): readonly string[];
  /** It cannot be brought together: from now on everybody fetches his own of the commit. */
  giveUp(): void;
}

/** Nobody else reads. */
export const NOBODY_ALONGSIDE: Alongside = { paths: () => [], giveUp: () => undefined };

/** One read. The mirror is this read's alone while it runs. */
export interface TreeRead {
  readonly git: GitRunner;
  readonly remote: Remote;
  readonly mirror: string;
  readonly limits: GitLimits;
  readonly commit: string;
  /** Normalised. */
  readonly folder: string;
  /** Full name of the reference that the commit was resolved from. */
  readonly reference: string | undefined;
  /** Patterns of the GitSync itself. */
  readonly ignore: readonly string[];
  readonly alongside: Alongside;
  readonly contents: 'none' | 'whole';
  readonly signal: AbortSignal | undefined;
}

/** A read with the store of its mirror. */
export interface OpenTreeRead extends TreeRead {
  readonly store: ObjectStore;
}
