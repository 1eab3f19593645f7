/** @module Runs a program to its end, with input and a chosen environment, and gives all that it said. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** kubectl keeps its cache below HOME, and would otherwise make one in the working directory. */
const EMPTY_HOME = path.join(tmpdir(), 'signet-test-home');
const SIGNET = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** What a program gets beside its arguments. */
export interface ProgramOptions {
  /** Default: nothing on standard input. */
  readonly input?: string | Uint8Array;
  /** Beside PATH and an empty HOME; nothing else of this process's environment is handed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** What a program left behind. */
export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `file` to its end; rejects only when it cannot be started. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const env = { PATH: process.env['PATH'], HOME: EMPTY_HOME, ...options.env };
  const child = spawn(file, args, { cwd: options.cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A program that refuses its arguments closes its input unread.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  return { code, stdout, stderr };
}

/** As {@link runProgram}, but gives standard output alone and rejects with the program's last words when it fails. */
export async function outputOf(file: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await runProgram(file, args, options);
  if (code === 0) return stdout;
  throw new Error(`${[file, ...args].join(' ')} ended with ${code}: ${(stderr || stdout).trim()}`);
}

/** Runs `signet` of this checkout from its sources, as a process of its own. */
export function signet(args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  return outputOf(process.execPath, [SIGNET, ...args], options);
}

/** As {@link signet}, whatever it says. */
export function attemptSignet(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  return runProgram(process.execPath, [SIGNET, ...args], options);
}
