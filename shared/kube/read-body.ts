/** @module Collects an HTTP answer's body within a size, unpacking gzip. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The whole body, or why there is none. */
export type BodyResult =
  | { readonly kind: 'body'; readonly body: Buffer }
  | { readonly kind: 'failure'; readonly cause: 'network' | 'too-large'; readonly error?: unknown };

const NOTHING = Buffer.alloc(0);

/** Calls `done` exactly once. `maxBytes` counts unpacked bytes, so that a small answer cannot grow without bound. */
export function readBody(response: IncomingMessage, maxBytes: number, done: (result: BodyResult) => void): void {
  let isDone = false;
  const finish = (result: BodyResult): void => {
    if (isDone) return;
    isDone = true;
    done(result);
  };
  const chunks: Buffer[] = [];
  let size = 0;
  const source = unpacked(response, (error) => finish({ kind: 'failure', cause: 'network', error }));
  source.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) finish({ kind: 'failure', cause: 'too-large' });
    else if (!isDone) chunks.push(chunk);
  });
  source.on('end', () => finish({ kind: 'body', body: joined(chunks) }));
}

/** `response` itself or its gunzipped form; `onError` hears of either's failure, a cut answer included. */
function unpacked(response: IncomingMessage, onError: (error: unknown) => void): Readable {
  response.on('error', onError);
  if (response.headers['content-encoding'] !== 'gzip') return response;
  const gunzip = createGunzip();
  gunzip.on('error', onError);
  return response.pipe(gunzip);
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [first = NOTHING] = chunks;
  return chunks.length <= 1 ? first : Buffer.concat(chunks);
}
