/** @module One worker thread and the tasks that wait for it. A task that takes too long ends with its thread; the next gets another. */
import { Worker } from 'node:worker_threads';
import type { WorkerAnswer, WorkerStart, WorkerTask } from './worker-messages.ts';

/** What a lane is made of. */
export interface WorkerLaneOptions {
  readonly workerFile: string;
  readonly loadProgram: () => Promise<WebAssembly.Module>;
  /** Tasks that may wait or run at once. */
  readonly maxWaiting: number;
  /** Milliseconds without a task after which the thread is let go. */
  readonly idleMs: number;
}

/** What is to be done; the input is made when its turn has come. */
export interface LaneTask extends Pick<WorkerTask, 'seed' | 'atMs'> {
  readonly input: () => Uint8Array<ArrayBuffer>;
}

/** What came of a task. `outline`: what the sources of the templates tell; empty when it is not known. */
export type LaneResult =
  | { readonly kind: 'answered'; readonly output: Uint8Array<ArrayBuffer>; readonly outline: Uint8Array }
  | BrokenTask;

/** A task that came to nothing. `unfit`: the thread broke before it looked at a template. */
export interface BrokenTask {
  readonly kind: 'broken';
  readonly cause: 'time' | 'memory' | 'depth' | 'crash' | 'unfit' | 'closed' | 'busy';
  /** The template that was being parsed or rendered; absent where that is not known, or no matter. */
  readonly index?: number;
  readonly limit?: string;
  readonly outline: Uint8Array;
}

/** Before the first template has begun. */
const NOT_BEGUN = -1;
const NO_OUTLINE = new Uint8Array();
/** The worker's own heap; templates live in the program's memory. */
const HEAP_LIMITS = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 2 };

/** A lane that starts its thread with the first task. */
export class WorkerLane {
  readonly #options: WorkerLaneOptions;
  #worker: Worker | null = null;
  /** Kept for the next thread; let go with the last. */
  #program: WebAssembly.Module | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;
  #idle: NodeJS.Timeout | undefined;
  #interrupt: (() => void) | null = null;

  constructor(options: WorkerLaneOptions) {
    this.#options = options;
  }

  /**
   * Does `task` when those before it are done, and ends it after `timeMs` milliseconds, its wait not counted. Rejects only
   * when the program cannot be had.
   */
  async run(task: LaneTask, timeMs: number): Promise<LaneResult> {
    if (this.#waiting >= this.#options.maxWaiting) return broken('busy');
    this.#waiting += 1;
    clearTimeout(this.#idle);
    const turn = this.#last.then(() => this.#take(task, timeMs));
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#rest();
    }
  }

  /** Ends the thread and what it does; what waits or comes is answered with `closed`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    this.#interrupt?.();
    await this.#last;
    await this.#stop();
  }

  async #take(task: LaneTask, timeMs: number): Promise<LaneResult> {
    if (this.#isClosed) return broken('closed');
    const worker = this.#worker ?? (await this.#start());
    if (this.#isClosed) return broken('closed');
    if (worker === null) return broken('unfit');
    const result = await this.#exchange(worker, task, timeMs);
    // A thread in which anything went wrong is not asked again.
    if (result.kind === 'broken') await this.#stop();
    return result;
  }

  /** Resolves when the thread waits for its first task, so that its start costs that task no time; null when it ended before. */
  async #start(): Promise<Worker | null> {
    this.#program ??= await this.#options.loadProgram();
    const start: WorkerStart = { program: this.#program };
    const worker = new Worker(this.#options.workerFile, {
      workerData: start,
      env: {},
      argv: [],
      execArgv: [],
      // What it would print goes nowhere: nobody reads these streams.
      stdout: true,
      stderr: true,
      resourceLimits: HEAP_LIMITS,
    });
    this.#worker = worker;
    worker.on('error', () => undefined);
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = null;
    });
    await new Promise((resolve) => {
      worker.once('message', resolve).once('exit', resolve);
    });
    worker.unref();
    return this.#worker;
  }

  #exchange(worker: Worker, { input, seed, atMs }: LaneTask, timeMs: number): Promise<LaneResult> {
    const progress = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)).fill(NOT_BEGUN);
    let outline: Uint8Array = NO_OUTLINE;
    const breakOff = (cause: 'time' | 'crash' | 'closed' | 'memory' | 'depth'): LaneResult => {
      const index = Atomics.load(progress, 0);
      if (cause === 'closed') return broken('closed');
      if (index === NOT_BEGUN && (cause === 'crash' || cause === 'depth')) return broken('unfit');
      const limit = cause === 'time' && { limit: `${timeMs / 1_000} s` };
      return { ...broken(cause), outline, ...(index !== NOT_BEGUN && { index }), ...limit };
    };
    return new Promise<LaneResult>((resolve) => {
      const onMessage = (answer: WorkerAnswer): void => {
        if (answer.kind === 'outlined') outline = answer.outline;
        else finish(answer.kind === 'answered' ? { ...answer, outline } : breakOff(answer.cause));
      };
      const onEnd = (): void => finish(breakOff('crash'));
      const timer = setTimeout(() => finish(breakOff('time')), timeMs);
      const finish = (result: LaneResult): void => {
        clearTimeout(timer);
        this.#interrupt = null;
        worker.off('message', onMessage).off('exit', onEnd).unref();
        resolve(result);
      };
      this.#interrupt = () => finish(breakOff('closed'));
      worker.ref();
      worker.on('message', onMessage).on('exit', onEnd);
      // A copy of its own: what is sent takes all of its buffer along, and that of a view holds more.
      const task: WorkerTask = { input: input(), seed: new Uint8Array(seed), atMs, progress };
      worker.postMessage(task, [task.input.buffer]);
    });
  }

  /** Lets the thread go after a while; until then a timer that keeps nobody from ending the process. */
  #rest(): void {
    if (this.#isClosed) return;
    this.#idle = setTimeout(() => {
      this.#program = null;
      void this.#stop();
    }, this.#options.idleMs).unref();
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}

function broken(cause: BrokenTask['cause']): BrokenTask {
  return { kind: 'broken', cause, outline: NO_OUTLINE };
}
