/** @module What was read of one GitSync, its source and its objects, before anybody judges it. No fact holds a value of a Secret. */
import type { GitSync } from '../resources/git-sync.ts';

/** Something that was read, or why it could not be, as the end of a sentence for people. */
export type Known<Value> = { readonly value: Value } | { readonly why: string };

/** What the reference names now. */
export interface TipFacts {
  /** Full commit id, lower case. */
  readonly commit: string;
  /** For people: `main@sha1:…`. */
  readonly revision: string;
  /** Of the commit, in milliseconds since 1970. */
  readonly committedMs: number;
}

/** The source, and the commit that was applied last. */
export interface SourceFacts {
  readonly tip: Known<TipFacts>;
  /** Whether the source gives the applied commit out. */
  readonly hasApplied: Known<boolean>;
  /** How the applied commit stands to the tip of the followed branch; absent for other references. */
  readonly relation?: Known<'descendant' | 'rewritten' | 'unknown'>;
  /** Whether the applied commit is signed as the GitSync asks for; absent where it asks for nothing. */
  readonly signature?: Known<boolean>;
}

/** The files of the applied commit, and how they compare with the cluster; objects by kind and name, places by file and line. */
export interface RenderFacts {
  /** Keys of the objects that the files say; none where there are problems. */
  readonly declared: readonly string[];
  readonly files: number;
  readonly problems: readonly string[];
  readonly skipped: readonly string[];
  /** Why the guard refuses it whole; null when it does not. */
  readonly refusal: string | null;
  /** What annotations ask for in vain, hooks among it. */
  readonly unhonoured: readonly string[];
  /** Secrets with data of their own. */
  readonly plainSecrets: readonly string[];
  readonly equal: number;
  /** Live objects that differ or are missing, with the paths of their fields and no values. */
  readonly differing: readonly string[];
  /** Objects that could not be compared, each with why. */
  readonly uncompared: readonly string[];
  /** Objects that belong to another GitSync. */
  readonly conflicts: readonly string[];
  /** Objects that are left as they are although they differ, each with why. */
  readonly exempt: readonly string[];
  /** Owned objects that the files do not have any more, each with what keeps them. */
  readonly left: readonly string[];
}

/** One object of the inventory as it lives. */
export interface OwnedObjectFacts {
  /** As in {@link RenderFacts.declared}. */
  readonly key: string;
  /** For people: `ConfigMap shop/cart`. */
  readonly name: string;
  /** Managers that hold fields other than the status, but for Signet's own and those of Kubernetes. */
  readonly managers: readonly string[];
  /** What it says against being kept as Git has it, by annotation; none where it says nothing. */
  readonly exemptions: readonly string[];
  readonly isKeptFromPruning: boolean;
  /** For a SealedSecret: null when it is open at its present generation, else why not. */
  readonly notUnsealed?: string | null;
}

/** What a probe found. */
export interface ProbeFacts {
  /** Milliseconds from the request to its acknowledgement; null when there was none in time. */
  readonly answeredMs: Known<number | null>;
  /** Object, and milliseconds from the edit until it was undone; null when it was not. */
  readonly repaired: Known<{ readonly name: string; readonly tookMs: number | null }>;
  readonly timeoutMs: number;
}

/** All that is known of one GitSync. */
export interface GitSyncFacts {
  readonly gitSync: GitSync;
  /** When it was read, in milliseconds since 1970. */
  readonly nowMs: number;
  /** Full id of the commit that was applied last; null before the first sync. */
  readonly applied: string | null;
  readonly source: Known<SourceFacts>;
  readonly rendered: Known<RenderFacts>;
  readonly owned: Known<readonly OwnedObjectFacts[]>;
  /** Absent when nobody asked for it. */
  readonly probe?: ProbeFacts;
}
