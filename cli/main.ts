/** @module The real streams, environment and signals of `signet`; the only part of the command line that knows the process. */
import { writeSync } from 'node:fs';
import path from 'node:path';
import { run } from './run.ts';
import { EXIT } from './terminal/exit-codes.ts';
import type { DataInput, Io, Terminal } from './terminal/io.ts';
import { sleep } from './terminal/sleep.ts';
import { systemCodeOf } from './terminal/system-error.ts';
import { createTerminal } from './terminal/tty.ts';

/** As package.json says under `engines`. */
const OLDEST_NODE = 24;

/** Other names of the program, and the verb and usage name that each stands for. */
const OTHER_NAMES: readonly (readonly [file: RegExp, verb: string, programName: string])[] = [
  [/^kubectl-seal(?:\.[cm]?js)?$/, 'seal', 'kubectl'],
  [/^kubeseal(?:\.[cm]?js)?$/, 'kubeseal', 'kubeseal'],
];

function createIo({ signal, holdInterrupts }: Interruption): Io {
  return {
    get stdin(): DataInput {
      return { isTty: process.stdin.isTTY === true, [Symbol.asyncIterator]: () => readStdin(signal) };
    },
    get terminal(): Terminal | null {
      const interrupt = (): void => void process.kill(process.pid, 'SIGINT');
      return process.stdin.isTTY === true ? createTerminal(process.stdin, { signal, interrupt }) : null;
    },
    stdout: {
      // Asked of the descriptor, for the same reason as below.
      get isTty(): boolean {
        // Imported, it would be loaded at every start, with the network code that it brings.
        return process.getBuiltinModule('node:tty').isatty(1);
      },
      write: writeToStdout,
    },
    stderr: { write: writeToStderr },
    env: process.env,
    cwd: process.cwd(),
    now: () => new Date(),
    sleep: (ms) => sleep(ms, signal),
    signal,
    holdInterrupts,
  };
}

interface Interruption {
  readonly signal: AbortSignal;
  readonly holdInterrupts: Io['holdInterrupts'];
}

/** Interruption by signals. Each kind counts once: a second one finds no listener and ends the process at once. */
function listenForInterrupts(): Interruption {
  const controller = new AbortController();
  let holds = 0;
  const onKey = (): void => {
    // Ctrl-C goes to every program of the terminal, an editor among them, which does with it what it likes.
    if (holds > 0) process.once('SIGINT', onKey);
    else controller.abort();
  };
  process.once('SIGINT', onKey);
  for (const name of ['SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort());
  return {
    signal: controller.signal,
    holdInterrupts: () => {
      holds += 1;
      return () => {
        holds -= 1;
      };
    },
  };
}

/** The pieces of standard input; an interrupt ends the waiting for the next one. */
function readStdin(signal: AbortSignal): AsyncIterator<Uint8Array> {
  const { stdin } = process;
  signal.addEventListener('abort', () => stdin.destroy(signal.reason), { once: true });
  return stdin[Symbol.asyncIterator]();
}

/**
 * Writes to the descriptor itself: the stream object takes as long to make as a certificate to read. It is used when the
 * other side is slow, as a non-blocking pipe can be.
 */
async function writeToStdout(text: string): Promise<void> {
  const rest = writeNow(1, Buffer.from(text));
  if (rest.length === 0) return;
  await new Promise<void>((resolve, reject) => {
    // The stream emits what the callback gets, too; without a listener that would end the process.
    process.stdout.once('error', reject);
    process.stdout.write(rest, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

function writeToStderr(text: string): void {
  try {
    const rest = writeNow(2, Buffer.from(text));
    if (rest.length > 0) process.stderr.on('error', () => undefined).write(rest);
  } catch {
    // Nobody reads the messages: there is no one left to tell.
  }
}

/** Writes as much as the descriptor takes now; returns the rest. */
function writeNow(descriptor: number, bytes: Uint8Array): Uint8Array {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
  } catch (error) {
    if (systemCodeOf(error) !== 'EAGAIN') throw error;
  }
  return bytes.subarray(written);
}

async function main(): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    writeToStderr(
      `signet: error: Node ${process.versions.node} is too old: signet needs Node ${OLDEST_NODE} or newer\n`,
    );
    process.exitCode = EXIT.usage;
    return;
  }
  const [, script = '', ...words] = process.argv;
  const io = createIo(listenForInterrupts());
  const [, verb, programName] = OTHER_NAMES.find(([file]) => file.test(path.basename(script))) ?? [];
  process.exitCode =
    verb === undefined || programName === undefined
      ? await run(words, io)
      : await run([verb, ...words], io, { programName });
}

void main();
