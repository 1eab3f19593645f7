/** @module Waits until a program of the control plane answers, and explains why when it never does. */
import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../../shared/errors/describe-error.ts';
import { ControlPlaneError } from './errors.ts';
import type { ManagedProcess } from './supervisor.ts';

const POLL_EVERY_MS = 25;
const DEADLINE_MS = 120_000;
const SHOWN_LINES = 8;

/**
 * Asks `probe` again and again until it gives a value; undefined and errors mean "not yet".
 * @throws ControlPlaneError `CONTROL_PLANE_PORT_TAKEN` when the program ended because somebody else listens on its port
 * (the caller starts over with other ports), `CONTROL_PLANE_START_FAILED` when it ended otherwise or never answered.
 */
export async function awaitReady<T>(process: ManagedProcess, probe: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  let lastProblem = 'it never answered';
  while (Date.now() < deadline) {
    if (process.endedHow !== undefined) throw await explainEnd(process, process.endedHow);
    try {
      const found = await probe();
      if (found !== undefined) return found;
    } catch (error) {
      lastProblem = describeError(error);
    }
    await delay(POLL_EVERY_MS);
  }
  throw new ControlPlaneError(
    'CONTROL_PLANE_START_FAILED',
    `cannot use ${process.name}: not ready within ${DEADLINE_MS / 1000} s: ${lastProblem}`,
  );
}

async function explainEnd(process: ManagedProcess, how: string): Promise<ControlPlaneError> {
  const log = await process.log();
  const lines = log.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
  const code = log.includes('address already in use') ? 'CONTROL_PLANE_PORT_TAKEN' : 'CONTROL_PLANE_START_FAILED';
  return new ControlPlaneError(code, `cannot start ${process.name}: it ended with ${how}:\n${lines}`);
}
