/** @module The body of a request, with a bound on its size and on the time that it may take; and the end of one that is not wanted. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What came of reading. `gone`: the caller went away. */
export type BodyResult =
  | { readonly kind: 'body'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' | 'late' | 'gone' };

/** Bounds of a body. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** What is still taken of a body after its answer was sent, and for how long: an end in the middle could swallow the answer, and no object that could be meant has more. */
const MAX_DISCARDED_BYTES = 3 * 1024 * 1024;
const MAX_DISCARD_MS = 1_000;

/** Reads the whole body, or as much of it as is needed to know better. Never rejects. */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<BodyResult> {
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes) return Promise.resolve({ kind: 'too-large' });
  const { promise, resolve } = Promise.withResolvers<BodyResult>();
  const chunks: Buffer[] = [];
  let length = 0;
  const onData = (chunk: Buffer): void => {
    length += chunk.length;
    if (length > limits.maxBytes) finish({ kind: 'too-large' });
    else chunks.push(chunk);
  };
  const onEnd = (): void => finish({ kind: 'body', bytes: Buffer.concat(chunks) });
  const onGone = (): void => finish({ kind: 'gone' });
  const timer = setTimeout(() => finish({ kind: 'late' }), limits.timeoutMs);
  const finish = (result: BodyResult): void => {
    clearTimeout(timer);
    request.off('data', onData).off('end', onEnd).off('close', onGone);
    resolve(result);
  };
  // `error` stays handled: an unhandled one would end the program.
  request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  return promise;
}

/**
 * To be called when an answer is given before the body of `request` was read: a little more of the body is taken and thrown away, and a
 * caller who goes on sending is cut off.
 */
export function discardRest(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) return;
  let length = 0;
  const cutOff = (): void => {
    if (!request.complete) request.socket.destroy();
  };
  response.once('finish', () => {
    const timer = setTimeout(cutOff, MAX_DISCARD_MS).unref();
    request.once('close', () => clearTimeout(timer)).once('end', () => clearTimeout(timer));
  });
  request
    .on('error', () => undefined)
    .on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_DISCARDED_BYTES) cutOff();
    });
}
