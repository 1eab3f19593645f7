/** @module Runs the command line in this process, through the same entry as the binary, in a folder of its own. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../../cli/run.ts';
import type { ExitCode } from '../../cli/terminal/exit-codes.ts';
import type { Io, Terminal } from '../../cli/terminal/io.ts';
import { sleep } from '../../cli/terminal/sleep.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';

/** What one run of the program left behind, beside files. */
export interface CliResult {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** The world of one run; all but `cwd` have harmless defaults: no input, no environment, the real clock. */
export interface CliWorld {
  readonly cwd: string;
  readonly stdin?: string | Uint8Array;
  readonly stdinIsTty?: boolean;
  readonly stdoutIsTty?: boolean;
  /** The lines that a person types at prompts, in order; absent: nobody sits there. */
  readonly typed?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: () => Date;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly signal?: AbortSignal;
  readonly programName?: string;
  /** Called with each text for stdout in place of keeping it; may reject. */
  readonly writeStdout?: (text: string) => Promise<void>;
}

/** Runs `signet` with `argv`. */
export async function runCli(argv: readonly string[], world: CliWorld): Promise<CliResult> {
  const written = { stdout: '', stderr: '' };
  const { signal = new AbortController().signal, stdin = '' } = world;
  const typed = [...(world.typed ?? [])];
  const io: Io = {
    stdin: {
      isTty: world.stdinIsTty ?? false,
      async *[Symbol.asyncIterator]() {
        yield typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin;
      },
    },
    terminal: world.typed === undefined ? null : typingTerminal(typed),
    stdout: {
      isTty: world.stdoutIsTty ?? false,
      write: async (text) => {
        if (world.writeStdout !== undefined) return world.writeStdout(text);
        written.stdout += text;
      },
    },
    stderr: {
      write: (text) => {
        written.stderr += text;
      },
    },
    env: world.env ?? {},
    cwd: world.cwd,
    now: world.now ?? (() => new Date()),
    sleep: world.sleep ?? ((ms) => sleep(ms, signal)),
    signal,
    holdInterrupts: () => () => undefined,
  };
  const code = await run(argv, io, world.programName === undefined ? {} : { programName: world.programName });
  return { code, ...written };
}

/** Hands out `lines` one by one, then the end of input. */
function typingTerminal(lines: string[]): Terminal {
  return {
    readLine: async () => lines.shift() ?? null,
    readHidden: async () => {
      const line = lines.shift();
      return line === undefined ? null : SecretBytes.fromText(line);
    },
  };
}

/** Runs `task` in an empty folder, which is removed afterwards. */
export async function withTempFolder<Result>(task: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'signet-test-')));
  try {
    return await task(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
