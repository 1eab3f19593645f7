/**
 * @module The life of one mirror: a bare repository in the cache folder, that may be thrown away at any time. Nothing in it is
 * trusted to be whole after a crash; it is cheaper to make again than to mend.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { GitError } from './errors.ts';
import type { GitRunner } from './git-runner.ts';

/** Hash algorithm of a repository's object ids. */
export type ObjectFormat = 'sha1' | 'sha256';

/** Each fetch adds one or two packs, and nothing collects them: a mirror of more than these is made anew. */
const MAX_PACKS = 64;

/** The folder of one mirror, with what is done to it as a whole. Calls are made by one user at a time. */
export class Mirror {
  readonly folder: string;
  readonly #format: ObjectFormat;
  readonly #git: GitRunner;

  /** `identity`: who reads which repository; mirrors of one identity are one. */
  constructor(cacheDirectory: string, identity: string, format: ObjectFormat, git: GitRunner) {
    const name = createHash('sha256').update(identity).digest('hex').slice(0, 32);
    this.folder = path.join(cacheDirectory, 'mirrors', `${name}-${format}.git`);
    this.#format = format;
    this.#git = git;
  }

  /** Where the lock of this mirror lies: beside it, so that the mirror can go while it is held. */
  get lockFile(): string {
    return `${this.folder}.lock`;
  }

  /** Makes sure that the folder is a repository, and not one that has grown too old; says whether it is a new one. @throws GitError */
  async prepare(signal: AbortSignal | undefined): Promise<'new' | 'existing'> {
    const packs = await readdir(path.join(this.folder, 'objects', 'pack')).catch(() => null);
    if (packs !== null && packs.filter((name) => name.endsWith('.pack')).length > MAX_PACKS) await this.discard();
    else if (packs !== null && (await exists(path.join(this.folder, 'HEAD')))) return 'existing';
    else if (await exists(this.folder)) await this.discard();
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    // No template: it could bring hooks and settings of the machine.
    const args = ['init', '--quiet', '--bare', '--template=', `--object-format=${this.#format}`, '.'];
    await this.#git.read(args, { cwd: this.folder, signal });
    return 'new';
  }

  /** Removes the locks and half-written packs of a git that was ended from outside; no git may be running in the mirror. */
  sweepResidue(): Promise<void> {
    return sweepResidue(this.folder);
  }

  /** Takes the mirror away. @throws GitError */
  discard(): Promise<void> {
    return discardFolder(this.folder);
  }
}

/** As {@link Mirror.sweepResidue}, of the mirror at `folder`. */
export async function sweepResidue(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const residue = names.filter((name) => name.endsWith('.lock') || path.basename(name).startsWith('tmp_'));
  await Promise.all(residue.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
}

/**
 * Takes the mirror at `folder` away, if there is one; its lock is the caller's. A git that still runs in it goes on in the renamed folder and cannot disturb the
 * next mirror. @throws GitError
 */
export async function discardFolder(folder: string): Promise<void> {
  const aside = `${folder}.discarded-${randomBytes(6).toString('hex')}`;
  try {
    await rename(folder, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new GitError('GIT_FAILED', 'cannot take away the old mirror of the repository', { cause: error });
  }
  await rm(aside, { recursive: true, force: true, maxRetries: 3 });
}

/** Removes what a crash in the middle of {@link Mirror.discard} left in the cache folder. */
export async function sweepDiscardedMirrors(cacheDirectory: string): Promise<void> {
  const folder = path.join(cacheDirectory, 'mirrors');
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (/\.discarded-[0-9a-f]+$/.test(name))
      await rm(path.join(folder, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
