/**
 * @module Runs one program to its end: no shell, an environment of its own, bounded output, and a deadline after which its whole
 * process group is killed. What its output means is for the callers.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { GitError } from './errors.ts';
import { describeBytes } from './git-limits.ts';
import { watchGroupMemory } from './group-memory.ts';

/** One run. */
export interface ProgramRun {
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stdin?: string;
  readonly timeoutMs: number;
  /** Output on stdout beyond this ends the run; default 16 MiB. Not used with `onOutput`. */
  readonly maxOutputBytes?: number;
  /** What the program and its helpers may hold in memory together, where the system tells it. */
  readonly maxMemoryBytes: number;
  /** Receives stdout as it comes, instead of collecting it. What it throws ends the run. */
  readonly onOutput?: (chunk: Buffer) => void;
  /** Its reason, when it is an error, becomes the failure. */
  readonly signal?: AbortSignal;
}

/** How a run ended by itself. */
export interface ProgramOutcome {
  /** 128 and above also for a program that died of a signal. */
  readonly exitCode: number;
  readonly stdout: Buffer;
  /** The last 64 KiB. */
  readonly stderr: string;
}

const MAX_STDERR_BYTES = 64 * 1024;
/** Git passes on what a server says, for as long as it says something. */
const MAX_WORDS_BYTES = 4 * 1024 * 1024;
const DEFAULT_MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * Runs to the end and returns whatever the exit code is.
 * @throws GitError `GIT_MISSING` when there is no such program, `GIT_TIMEOUT`, `GIT_TREE_TOO_LARGE` for too much output, words or memory; the reason of `signal`
 */
export async function runProgram(run: ProgramRun): Promise<ProgramOutcome> {
  run.signal?.throwIfAborted();
  // A group of its own, so that helpers which git starts (ssh, remote-https, index-pack) end with it.
  const child = spawn(run.program, run.args, {
    cwd: run.cwd,
    env: run.env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ending = new Ending(child);
  const timer = setTimeout(() => ending.fail(timedOut(run)), run.timeoutMs);
  const onAbort = (): void => ending.fail(toError(run.signal?.reason));
  run.signal?.addEventListener('abort', onAbort, { once: true });
  const { maxMemoryBytes } = run;
  const memory = watchGroupMemory(child.pid ?? 0, maxMemoryBytes, () => ending.fail(tooMuchMemory(maxMemoryBytes)));
  try {
    const stdout = collectOutput(child, run, ending);
    const stderr = collectTail(child, ending);
    // A program that ends early closes its stdin; its exit code tells why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(run.stdin ?? '');
    const exitCode = await ending.wait(run);
    return {
      exitCode,
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr).subarray(-MAX_STDERR_BYTES).toString('utf8'),
    };
  } finally {
    clearTimeout(timer);
    memory.stop();
    run.signal?.removeEventListener('abort', onAbort);
  }
}

/** Waits for a child, and remembers the first reason for which it was killed. */
class Ending {
  readonly #child: ChildProcessWithoutNullStreams;
  #failure: Error | undefined;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
  }

  fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    killGroup(this.#child.pid);
    // A helper that left the group may hold the pipes open; nobody waits for it.
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }

  async wait(run: ProgramRun): Promise<number> {
    try {
      const [code] = (await once(this.#child, 'close')) as [number | null];
      if (this.#failure !== undefined) throw this.#failure;
      return code ?? 128;
    } catch (error) {
      throw this.#failure ?? spawnFailure(run, error);
    }
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

function collectOutput(child: ChildProcessWithoutNullStreams, run: ProgramRun, ending: Ending): Buffer[] {
  const chunks: Buffer[] = [];
  const limit = run.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
  let length = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    try {
      if (run.onOutput !== undefined) {
        run.onOutput(chunk);
        return;
      }
      length += chunk.length;
      if (length > limit) throw tooMuchOutput(limit);
      chunks.push(chunk);
    } catch (error) {
      ending.fail(toError(error));
    }
  });
  return chunks;
}

function collectTail(child: ChildProcessWithoutNullStreams, ending: Ending): Buffer[] {
  const chunks: Buffer[] = [];
  let total = 0;
  let length = 0;
  child.stderr.on('data', (chunk: Buffer) => {
    total += chunk.length;
    if (total > MAX_WORDS_BYTES) ending.fail(tooManyWords());
    chunks.push(chunk);
    length += chunk.length;
    while (length - (chunks[0]?.length ?? 0) > MAX_STDERR_BYTES) length -= chunks.shift()?.length ?? 0;
  });
  return chunks;
}

function timedOut(run: ProgramRun): GitError {
  return new GitError('GIT_TIMEOUT', `git did not finish within ${run.timeoutMs / 1000} s and was ended`);
}

function tooMuchMemory(limit: number): GitError {
  return new GitError(
    'GIT_TREE_TOO_LARGE',
    `cannot read the repository: git took more than ${describeBytes(limit)} of memory`,
    { hint: 'keep manifests in a repository with fewer and smaller objects' },
  );
}

function tooMuchOutput(limit: number): GitError {
  return new GitError(
    'GIT_TREE_TOO_LARGE',
    `cannot read the repository: a listing is longer than ${describeBytes(limit)}`,
  );
}

function tooManyWords(): GitError {
  return new GitError(
    'GIT_TREE_TOO_LARGE',
    `cannot read the repository: git or the server says more than ${describeBytes(MAX_WORDS_BYTES)} about it`,
  );
}

function spawnFailure(run: ProgramRun, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  if ((code !== 'ENOENT' && code !== 'EACCES') || !existsSync(run.cwd)) {
    return new GitError('GIT_FAILED', `cannot start "${run.program}"`, { cause: error });
  }
  return new GitError('GIT_MISSING', `cannot start "${run.program}": there is no such program on the PATH`, {
    cause: error,
    hint: 'install git 2.36 or newer, and the ssh program for ssh addresses',
  });
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new GitError('GIT_FAILED', 'reading the repository was cancelled');
}
