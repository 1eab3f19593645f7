/** @module How a person approves one plan. */
import type { GitSync } from '../resources/git-sync.ts';

/** The whole command, fit to be pasted: names of GitSyncs and digests have no characters that a shell reads. */
export function approveCommand({ metadata }: Pick<GitSync, 'metadata'>, digest: string): string {
  return `signet sync approve ${metadata.name ?? ''} -n ${metadata.namespace ?? ''} --plan ${digest}`;
}
