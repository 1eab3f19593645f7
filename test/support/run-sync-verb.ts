/** @module `signet sync` in the namespace of a sync world. */
import { inject } from 'vitest';
import { type CliResult, runCli } from './run-cli.ts';
import type { SyncWorld } from './sync-engine.ts';

/** Runs `signet sync` with `words`, in folder `cwd`, and with `typed` at its prompts. */
export function runSyncVerb(
  world: SyncWorld,
  words: readonly string[],
  { cwd = '/', typed }: { readonly cwd?: string; readonly typed?: readonly string[] } = {},
): Promise<CliResult> {
  const place = ['-n', world.namespace, '--kubeconfig', inject('kubeconfig')];
  const env = { PATH: process.env['PATH'] ?? '' };
  return runCli(['sync', ...words, ...place], { cwd, env, ...(typed === undefined ? {} : { typed }) });
}
