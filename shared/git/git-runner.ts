/** @module Runs the git program: with a remote within reach for some calls, cut off from every network for the others. */
import { GitError } from './errors.ts';
import { createGitEnvironment, type GitVariables } from './git-environment.ts';
import type { RemoteAccess } from './remote-access.ts';
import type { GitTransport } from './repository-url.ts';
import { type ProgramOutcome, runProgram } from './run-program.ts';

/** What one run may vary. */
export interface GitRunOptions {
  /** Absolute path; the mirror itself for calls that work on one. */
  readonly cwd: string;
  readonly stdin?: string;
  readonly maxOutputBytes?: number;
  /** Of the run with all its helpers; default 320 MiB. */
  readonly maxMemoryBytes?: number;
  readonly onOutput?: (chunk: Buffer) => void;
  readonly signal?: AbortSignal | undefined;
  /** Settings and variables of a run without network. */
  readonly local?: RemoteAccess;
  /** The remote that this run may reach; without it there is no network. */
  readonly remote?: { readonly transport: GitTransport; readonly access: RemoteAccess };
}

/** A container has room for it beside the controller. */
const MAX_MEMORY_BYTES = 320 * 1024 * 1024;

/** Starts git with one PATH and one deadline. */
export class GitRunner {
  readonly #variables: GitVariables;
  readonly #timeoutMs: number;

  constructor(variables: GitVariables, timeoutMs: number) {
    this.#variables = variables;
    this.#timeoutMs = timeoutMs;
  }

  /** The outcome, whatever its exit code. @throws GitError as `runProgram` does */
  run(args: readonly string[], options: GitRunOptions): Promise<ProgramOutcome> {
    return this.runHelper('git', args, options);
  }

  /** The same for a program that git would start itself. @throws GitError as `runProgram` does */
  runHelper(program: 'git' | 'gpg', args: readonly string[], options: GitRunOptions): Promise<ProgramOutcome> {
    const { cwd, stdin, maxOutputBytes, maxMemoryBytes = MAX_MEMORY_BYTES, onOutput, signal, remote } = options;
    const access = remote?.access ?? options.local;
    const environment = createGitEnvironment(this.#variables, remote?.transport ?? 'none', access?.settings);
    return runProgram({
      program,
      args,
      env: { ...environment, ...access?.variables },
      cwd,
      timeoutMs: this.#timeoutMs,
      maxMemoryBytes,
      ...(stdin !== undefined && { stdin }),
      ...(maxOutputBytes !== undefined && { maxOutputBytes }),
      ...(onOutput !== undefined && { onOutput }),
      ...(signal !== undefined && { signal }),
    });
  }

  /** Output of a run without network that has to succeed. @throws GitError `GIT_MIRROR_DAMAGED` when it does not, and as `runProgram` does */
  async read(args: readonly string[], options: Omit<GitRunOptions, 'remote'>): Promise<Buffer> {
    const outcome = await this.run(args, options);
    if (outcome.exitCode === 0) return outcome.stdout;
    const words =
      outcome.stderr
        .trim()
        .split('\n')
        .at(-1)
        ?.replace(/\p{Cc}/gu, ' ') ?? '';
    throw new GitError(
      'GIT_MIRROR_DAMAGED',
      `cannot read the mirror of the repository: ${words.slice(0, 200) || 'git said nothing'}`,
    );
  }
}
