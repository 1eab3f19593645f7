/** @module Reads lines from a person's terminal. The device itself is handed in: cli/main.ts knows it. */
import { decodeUtf8 } from '../../shared/encoding/bytes.ts';
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { CliError, usageError } from './errors.ts';
import { HiddenLine } from './hidden-line.ts';
import type { Terminal } from './io.ts';

/** The part of Node's terminal stream that reading lines takes. */
export interface TtyDevice {
  setRawMode(isRaw: boolean): unknown;
  on(event: 'data', listener: (piece: Uint8Array) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  off(event: 'data', listener: (piece: Uint8Array) => void): unknown;
  off(event: 'end', listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** What happens when the user interrupts. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Does what the interrupt key does outside of raw mode, where it is a byte like any other. */
  interrupt(): void;
}

/** A terminal on `device`. */
export function createTerminal(device: TtyDevice, interruption: Interruption): Terminal {
  return {
    readLine: () => readPieces(device, interruption.signal, lineOf),
    readHidden: () => readHidden(device, interruption),
  };
}

/** The first answer of `onPiece` that is not undefined, or null when the input ends before; what `onPiece` throws ends the reading. */
function readPieces<Answer>(
  device: TtyDevice,
  signal: AbortSignal,
  onPiece: (piece: Uint8Array) => Answer | null | undefined,
): Promise<Answer | null> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer | null>();
  const onData = (piece: Uint8Array): void => {
    try {
      const answer = onPiece(piece);
      if (answer !== undefined) resolve(answer);
    } catch (error) {
      reject(error);
    }
  };
  const onEnd = (): void => resolve(null);
  const onAbort = (): void => reject(signal.reason);
  if (signal.aborted) return Promise.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  device.on('data', onData);
  device.on('end', onEnd);
  device.resume();
  return promise.finally(() => {
    // A stream that goes on reading keeps the process alive.
    device.pause();
    device.off('data', onData);
    device.off('end', onEnd);
    signal.removeEventListener('abort', onAbort);
  });
}

/** Outside of raw mode the terminal hands over a line when it is complete. */
function lineOf(piece: Uint8Array): string {
  return (decodeUtf8(piece) ?? '').replace(/\r?\n$/, '');
}

async function readHidden(device: TtyDevice, interruption: Interruption): Promise<SecretBytes | null> {
  const line = new HiddenLine();
  device.setRawMode(true);
  try {
    return await readPieces(device, interruption.signal, (piece) => {
      const state = line.push(piece);
      piece.fill(0);
      if (state === 'interrupted') interruption.interrupt();
      if (state === 'several') throw severalLines();
      if (state === 'too-long') throw new CliError('CLI_INPUT_TOO_LARGE', 'cannot take a line of that length');
      if (state === 'ended') return null;
      return state === 'done' ? line.take() : undefined;
    });
  } finally {
    line.wipe();
    device.setRawMode(false);
  }
}

function severalLines(): CliError {
  return usageError('cannot take several lines at a prompt', 'put a text of several lines into a file, or pipe it in');
}
