/** @module What one read of a tree needs; its steps pass it on. */
import type { GitLimits } from './git-limits.ts';
import type { ObjectStore } from './object-store.ts';
import type { MirrorPlace } from './repository-mirrors.ts';

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
export interface TreeRead extends MirrorPlace {
  readonly limits: GitLimits;
  readonly commit: string;
  /** Normalised. */
  readonly folder: string;
  /** Patterns of the GitSync itself. */
  readonly ignore: readonly string[];
  readonly alongside: Alongside;
  readonly contents: 'none' | 'whole';
}

/** A read with the store of its mirror. */
export interface OpenTreeRead extends TreeRead {
  readonly store: ObjectStore;
}
