/** @module What the renderer and its worker tell each other. */
import type { RunResult } from './run-program.ts';

/** What a worker is started with. */
export interface WorkerStart {
  readonly program: WebAssembly.Module;
}

/** One run to do. The input is handed over, not copied. */
export interface WorkerTask {
  readonly input: Uint8Array<ArrayBuffer>;
  readonly seed: Uint8Array;
  readonly atMs: number;
  /** One number, shared: the template that is being parsed or rendered, which a worker that must be stopped could not tell. */
  readonly progress: Int32Array<SharedArrayBuffer>;
}

/** The first message of a worker: it can be given tasks. */
export const WORKER_READY = 'ready';

/** What the worker answers to each task: the outline of its templates, unless it breaks before, and then the result. */
export type WorkerAnswer = RunResult | { readonly kind: 'outlined'; readonly outline: Uint8Array<ArrayBuffer> };
