/** @module How much time, memory and disk one repository may take. */

/** Ceilings of one call. */
export interface GitLimits {
  /** Longest run of one git program; default 60 seconds. */
  readonly timeoutMs: number;
  /** Largest manifest file; default 10 MiB. */
  readonly maxFileBytes: number;
  /** All manifest files of one tree together; default 32 MiB. */
  readonly maxTotalBytes: number;
  /** Manifest files of one tree; default 20,000. */
  readonly maxFiles: number;
  /** Entries below the path, of any kind; default 200,000. */
  readonly maxEntries: number;
  /** Entries of the whole commit, where links or a kustomization have to be followed through it; default 500,000. */
  readonly maxCommitEntries: number;
  /** What one fetch may write to disk; default 512 MiB. */
  readonly maxTransferBytes: number;
  /** The same for a commit without its history, and for files of it; default 128 MiB. */
  readonly maxCommitTransferBytes: number;
}

const MIB = 1024 * 1024;

/** The defaults of {@link GitLimits}. */
export const DEFAULT_GIT_LIMITS: GitLimits = Object.freeze({
  timeoutMs: 60_000,
  maxFileBytes: 10 * MIB,
  maxTotalBytes: 32 * MIB,
  maxFiles: 20_000,
  maxEntries: 200_000,
  maxCommitEntries: 500_000,
  maxTransferBytes: 512 * MIB,
  maxCommitTransferBytes: 128 * MIB,
});

/** `bytes` for a message: whole MiB or KiB with one decimal. */
export function describeBytes(bytes: number): string {
  if (bytes >= MIB) return `${Number((bytes / MIB).toFixed(1))} MiB`;
  return bytes >= 1024 ? `${Number((bytes / 1024).toFixed(1))} KiB` : `${bytes} bytes`;
}
