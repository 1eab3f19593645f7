/** @module The text of a file that others replace from time to time, such as a mounted token. */
import { readFile } from 'node:fs/promises';

/** Kubelets and cloud tools replace credentials well before they expire, so a minute's delay costs nothing. */
const MAX_AGE_MS = 60_000;

/** Reads a file again when what it knows is a minute old. */
export class FileText {
  readonly path: string;
  readonly #now: () => number;
  #text: string | undefined;
  #readAtMs = 0;

  constructor(path: string, now: () => number) {
    this.path = path;
    this.#now = now;
  }

  /**
   * The file's text. A file that has gone away or cannot be read just now keeps its last text. `renew` reads it in any
   * case. Throws the file system's error when it could never be read.
   */
  async read(renew = false): Promise<string> {
    const now = this.#now();
    if (!renew && this.#text !== undefined && now - this.#readAtMs < MAX_AGE_MS) return this.#text;
    try {
      this.#text = await readFile(this.path, 'utf8');
    } catch (error) {
      if (this.#text === undefined) throw error;
    }
    this.#readAtMs = now;
    return this.#text;
  }
}

/** Why a file could not be read, in words; the file system's code where there are none. */
export function fileProblem(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return code === 'EISDIR' ? 'it is a directory' : `it cannot be read (${code || 'unknown error'})`;
}
