/** @module Files that only this user can read, and that are gone when the work with them is done. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const FOLDER_NAME = /^(\d+)-([0-9a-f]{16})-[0-9a-f]{16}$/;
/** Tells this process from a predecessor of the same id, which is the rule and not the exception in a container. */
const PROCESS_TOKEN = randomBytes(8).toString('hex');

/** Makes a private folder below `parent`, hands it to `use`, and removes it afterwards, also after a failure. */
export async function withPrivateFolder<T>(parent: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = path.join(parent, `${process.pid}-${PROCESS_TOKEN}-${randomBytes(8).toString('hex')}`);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  await mkdir(folder, { mode: 0o700 });
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes `text` as a file of `folder` that its owner may read and nobody else, and returns its path. */
export async function writePrivateFile(folder: string, name: string, text: string | Uint8Array): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text, { mode: 0o600, flag: 'wx' });
  return file;
}

/** Removes what processes that are gone have left below `parent`. */
export async function sweepPrivateFolders(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    if (isLeftover(name)) await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

function isLeftover(name: string): boolean {
  const [, id, token] = FOLDER_NAME.exec(name) ?? [];
  if (id === undefined || token === PROCESS_TOKEN) return false;
  const pid = Number(id);
  return pid === process.pid || !isAlive(pid);
}

/** Whether a process of this id runs now. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
