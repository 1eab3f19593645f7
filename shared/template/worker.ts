/** @module The worker thread in which templates run: one task after the other, each in a fresh instance of the program. */
import { parentPort, workerData } from 'node:worker_threads';
import { runProgram } from './run-program.ts';
import { WORKER_READY, type WorkerAnswer, type WorkerStart, type WorkerTask } from './worker-messages.ts';

const { program } = workerData as WorkerStart;

parentPort?.on('message', ({ input, seed, atMs, progress }: WorkerTask) => {
  const onBegin = (index: number): void => void Atomics.store(progress, 0, index);
  const answer: WorkerAnswer = runProgram(program, { input, seed, atMs, onBegin });
  input.fill(0);
  parentPort?.postMessage(answer, answer.kind === 'answered' ? [answer.output.buffer] : []);
});

parentPort?.postMessage(WORKER_READY);
