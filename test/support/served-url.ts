/** @module The repository of a sync world over http: the command line reads none from files. */
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type GitServerOptions, startGitServer } from './git-server.ts';
import type { SyncWorld } from './sync-engine.ts';

/** Where the repository of `world` is served, until the test ends. */
export async function servedUrl({ repository }: SyncWorld, options: GitServerOptions = {}): Promise<string> {
  const server = await startGitServer(path.dirname(repository.folder), options);
  onTestFinished(() => server.stop());
  return `http://127.0.0.1:${server.port}/${path.basename(repository.folder)}`;
}
