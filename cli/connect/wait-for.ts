/** @module Waits until the cluster shows what was asked for. */
import { isKubeError } from '../../shared/kube/errors.ts';
import type { Io } from '../terminal/io.ts';

const INTERVAL_MS = 500;

/**
 * The first answer of `probe` that is not null, or null after `timeoutMs`. `probe` is asked at once, then twice a second; a
 * cluster that is out of reach for a while is no reason to stop. Rejects with the signal's reason when the user interrupts.
 */
export async function waitFor<Answer>(
  io: Pick<Io, 'now' | 'sleep'>,
  timeoutMs: number,
  probe: () => Promise<Answer | null>,
): Promise<Answer | null> {
  const deadline = io.now().getTime() + timeoutMs;
  for (;;) {
    const answer = await unlessUnreachable(probe);
    if (answer !== null) return answer;
    if (io.now().getTime() >= deadline) return null;
    await io.sleep(INTERVAL_MS);
  }
}

async function unlessUnreachable<Answer>(probe: () => Promise<Answer | null>): Promise<Answer | null> {
  try {
    return await probe();
  } catch (error) {
    if (isKubeError(error, 'KUBE_UNREACHABLE', 'KUBE_TIMEOUT', 'KUBE_SERVER_ERROR', 'KUBE_TOO_MANY_REQUESTS'))
      return null;
    throw error;
  }
}
