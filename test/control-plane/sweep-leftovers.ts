/**
 * @module Removes private folders whose supervisor is gone. Supervisors remove their own folder; only when one is killed
 * outright (kill -9 of every Node process, power loss) does a folder wait for the next start.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';

/** Socket in every supervised folder that answers as long as its supervisor lives; unlike a pid it is never reused. */
export const LIVENESS_SOCKET = 'alive.sock';
/** Start of the name of every supervised folder. */
export const FOLDER_PREFIX = 'signet-run-';

/** Long enough for a supervisor that has just made its folder to open the socket in it. */
const SETTLED_AFTER_MS = 60_000;

/** Removes the abandoned folders in `parent` that belong to this user; never fails. */
export async function sweepLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((entry) => entry.startsWith(FOLDER_PREFIX))) {
    const folder = path.join(parent, name);
    if (await isAbandoned(folder)) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isAbandoned(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined || !found.isDirectory() || found.uid !== process.getuid?.()) return false;
  if (Date.now() - found.mtimeMs < SETTLED_AFTER_MS) return false;
  return !(await answers(path.join(folder, LIVENESS_SOCKET)));
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => resolve(true));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      // Any other error says nothing about the supervisor, so the folder stays.
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    );
    socket.once('close', () => socket.destroy());
  });
}
