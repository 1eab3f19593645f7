/** @module Reads that may end in not knowing: Git that cannot be read, files that cannot be built and rights that are missing are answers here. */
import { CodedError } from '../../shared/errors/coded-error.ts';
import { describeError } from '../../shared/errors/describe-error.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import type { Known } from '../../shared/opengitops/facts.ts';

/** What `read` finds, or why it cannot. A cluster that is out of reach still throws, and so does an interruption, by `signal`. */
export async function known<Value>(signal: AbortSignal, read: () => Promise<Value>): Promise<Known<Value>> {
  try {
    return { value: await read() };
  } catch (error) {
    signal.throwIfAborted();
    if (!isAnswer(error)) throw error;
    return { why: describeError(error) };
  }
}

/** Of the cluster only what it says of one request; anything that is not coded is a defect. */
function isAnswer(error: unknown): boolean {
  if (isKubeError(error)) return isKubeError(error, 'KUBE_FORBIDDEN', 'KUBE_NOT_FOUND', 'KUBE_INVALID');
  return error instanceof CodedError;
}
