/** @module The worker thread in which templates run: one task after the other, each in a fresh instance of the program. */
import { parentPort, workerData } from 'node:worker_threads';
import { runProgram } from './run-program.ts';
import { WORKER_READY, type WorkerAnswer, type WorkerStart, type WorkerTask } from './worker-messages.ts';

const { program } = workerData as WorkerStart;

parentPort?.on('message', ({ input, seed, atMs, progress }: WorkerTask) => {
  const onBegin = (index: number): void => void Atomics.store(progress, 0, index);
  // Sent at once: whoever is stopped cannot send it any more.
  const onOutline = (outline: Uint8Array<ArrayBuffer>): void => send({ kind: 'outlined', outline }, outline);
  const answer = runProgram(program, { input, seed, atMs, onBegin, onOutline });
  input.fill(0);
  send(answer, ...(answer.kind === 'answered' ? [answer.output] : []));
});

function send(answer: WorkerAnswer, ...handedOver: readonly Uint8Array<ArrayBuffer>[]): void {
  parentPort?.postMessage(
    answer,
    handedOver.map(({ buffer }) => buffer),
  );
}

parentPort?.postMessage(WORKER_READY);
