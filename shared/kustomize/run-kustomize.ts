/** @module Runs the program: no shell, no inherited environment, no way to the network, and an end to time, output and memory. */
import { type ChildProcess, execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { KustomizeError } from './errors.ts';

/** One run. */
export interface KustomizeRun {
  readonly program: string;
  /** The folder to build. */
  readonly folder: string;
  readonly limits: KustomizeLimits;
  readonly signal: AbortSignal | undefined;
}

/** Ceilings of one run. */
export interface KustomizeLimits {
  /** Default: 60 seconds. */
  readonly timeoutMs: number;
  /** What it may print; default 32 MiB. */
  readonly maxOutputBytes: number;
  /** Resident memory, where the system tells it (Linux); default 256 MiB: half of what the controller's container has. */
  readonly maxMemoryBytes: number;
}

const MIB = 1024 * 1024;

/** The defaults of {@link KustomizeLimits}. */
export const DEFAULT_KUSTOMIZE_LIMITS: KustomizeLimits = Object.freeze({
  timeoutMs: 60_000,
  maxOutputBytes: 32 * MIB,
  maxMemoryBytes: 256 * MIB,
});

/** How it ended by itself. */
export type KustomizeOutcome =
  | { readonly isBuilt: true; readonly output: string }
  | { readonly isBuilt: false; readonly stderr: string };

const MEMORY_EVERY_MS = 50;
const PAGE_BYTES = 4096;
/** Nothing listens there: should a remote file get past the walk, nothing is fetched all the same, but from this machine itself. */
const NOWHERE = 'http://127.0.0.1:9';

/** Builds `run.folder`. @throws KustomizeError; the reason of `signal` */
export async function runKustomize(run: KustomizeRun): Promise<KustomizeOutcome> {
  run.signal?.throwIfAborted();
  const { limits } = run;
  const memory = new AbortController();
  const signal = run.signal === undefined ? memory.signal : AbortSignal.any([run.signal, memory.signal]);
  return new Promise((resolve, reject) => {
    const child = execFile(
      run.program,
      ['build', '.', '--load-restrictor', 'LoadRestrictionsRootOnly'],
      {
        cwd: run.folder,
        env: {
          PATH: '',
          GOMEMLIMIT: `${Math.floor(limits.maxMemoryBytes * 0.8)}`,
          GOMAXPROCS: '2',
          HTTP_PROXY: NOWHERE,
          HTTPS_PROXY: NOWHERE,
        },
        timeout: limits.timeoutMs,
        maxBuffer: limits.maxOutputBytes,
        killSignal: 'SIGKILL',
        signal,
        encoding: 'utf8',
      },
      (error, output, stderr) => {
        watch.stop();
        if (error === null) resolve({ isBuilt: true, output });
        else if (run.signal?.aborted === true) reject(run.signal.reason);
        else if (memory.signal.aborted) reject(tooMuchMemory(limits));
        else settleFailure(error, { stderr, limits }, resolve, reject);
      },
    );
    const watch = watchMemory(child, limits.maxMemoryBytes, () => memory.abort());
    child.stdin?.end();
  });
}

function settleFailure(
  error: Error & { readonly code?: unknown; readonly killed?: boolean },
  { stderr, limits }: { readonly stderr: string; readonly limits: KustomizeLimits },
  resolve: (outcome: KustomizeOutcome) => void,
  reject: (error: Error) => void,
): void {
  const fail = (code: 'KUSTOMIZE_TIMEOUT' | 'KUSTOMIZE_FAILED', why: string): void =>
    reject(new KustomizeError(code, `cannot build the kustomization: ${why}`, { hint: 'make it smaller' }));
  if (typeof error.code === 'number') resolve({ isBuilt: false, stderr });
  else if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    fail('KUSTOMIZE_FAILED', `it writes more than ${limits.maxOutputBytes / MIB} MiB`);
  else if (error.killed === true) fail('KUSTOMIZE_TIMEOUT', `it took more than ${limits.timeoutMs / 1000} s`);
  else
    reject(
      new KustomizeError('KUSTOMIZE_FAILED', 'cannot build the kustomization: the program did not run to its end'),
    );
}

function tooMuchMemory({ maxMemoryBytes }: KustomizeLimits): KustomizeError {
  const message = `cannot build the kustomization: it took more than ${maxMemoryBytes / MIB} MiB of memory`;
  return new KustomizeError('KUSTOMIZE_MEMORY', message, { hint: 'make it smaller' });
}

/** GOMEMLIMIT only makes the program collect more eagerly, so its memory is looked at from outside as well. */
function watchMemory(child: ChildProcess, maxBytes: number, onExceeded: () => void): { stop(): void } {
  const timer = setInterval(async () => {
    const text = await readFile(`/proc/${child.pid ?? 0}/statm`, 'latin1').catch(() => '');
    const pages = Number(text.split(' ')[1] ?? 0);
    if (pages * PAGE_BYTES > maxBytes) onExceeded();
  }, MEMORY_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
