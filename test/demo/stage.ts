/** @module Starts and ends the process that holds the demo's cluster. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Stage, StageMessage, StageOrder } from './stage-messages.ts';

const program = fileURLToPath(new URL('./stage-process.ts', import.meta.url));

/** A stage and its two ends. */
export interface OpenStage {
  readonly stage: Stage;
  /** Ends everything and removes every file; resolves when that is done. */
  close(): Promise<void>;
  /** Leaves it running after this process. */
  keep(): void;
}

/** Brings up a cluster with Signet in it; `report` receives a line for each thing that came up. */
export async function openStage(report: (line: string) => void): Promise<OpenStage> {
  const child = fork(program, [], { detached: true, stdio: 'ignore' });
  const order = (message: StageOrder) => child.send(message);
  const stage = await new Promise<Stage>((resolve, reject) => {
    child.on('message', (message: StageMessage) => {
      if (message.kind === 'progress') report(message.line);
      else if (message.kind === 'ready') resolve(message.stage);
      else reject(new Error(message.message));
    });
    child.once('exit', (code) => reject(new Error(`the demo's cluster ended unexpectedly with ${code}`)));
  });
  return {
    stage,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      order({ kind: 'stop' });
      await once(child, 'exit');
    },
    keep: () => {
      order({ kind: 'keep' });
      child.disconnect();
      child.unref();
    },
  };
}
