/**
 * @module Everything that the template program can reach: its request, a clock that stands still and seeded chance. There is
 * no file, no variable, no socket behind these functions, so what a template can do is decided here and nowhere else.
 */
import { createCipheriv } from 'node:crypto';

/** One run of the program. */
export interface ProgramRun {
  /** The request in the program's own form. */
  readonly input: Uint8Array;
  /** 32 bytes; every random number of the run follows from them. */
  readonly seed: Uint8Array;
  /** What the clock shows, in milliseconds since 1970; it does not go on during the run. */
  readonly atMs: number;
  /** Told which template is about to be parsed or rendered, counted in the order of the request. */
  readonly onBegin: (index: number) => void;
  /** Told what the sources of the templates alone tell, before the first is rendered. */
  readonly onOutline: (outline: Uint8Array<ArrayBuffer>) => void;
}

/** Thrown through the program to end it. `isOutOfMemory`: it asked for more memory than it may have. */
export class ProgramExit extends Error {
  readonly isOutOfMemory: boolean;

  constructor(isOutOfMemory: boolean) {
    super('the template program ended');
    this.isOutOfMemory = isOutOfMemory;
  }
}

type HostFunction = (...args: never[]) => number | undefined;

/** What the program is given under the names of WASI and of its own protocol. */
export interface ProgramHost {
  readonly imports: Readonly<Record<string, Readonly<Record<string, HostFunction>>>>;
  /** Must be called with the program's memory before it starts. */
  attach(memory: { readonly buffer: ArrayBuffer }): void;
  /** What the program answered; empty before it has. */
  output(): Uint8Array<ArrayBuffer>;
}

const DONE = 0;
const BAD_FILE = 8;
const NOT_IMPLEMENTED = 52;
const REALTIME = 0;
/** The monotonic clock goes on by this much with each look, in nanoseconds: time that stands still would confuse the scheduler. */
const TICK_NS = 1_000n;
const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
const SUBSCRIPTION_TIMEOUT_AT = 24;
/** What the Go runtime says as it gives up; it is looked for and never shown, since it can quote anything. */
const OUT_OF_MEMORY = /out of memory|cannot allocate memory|stack exceeds/;

/** The host of one run. `names` are the WASI functions that the program was linked with; those without meaning here refuse. */
export function createProgramHost(run: ProgramRun, names: readonly string[]): ProgramHost {
  const state = new HostState(run);
  const refusals = names.map((name): [string, HostFunction] => [name, () => NOT_IMPLEMENTED]);
  return {
    imports: {
      wasi_snapshot_preview1: { ...Object.fromEntries(refusals), ...wasiFunctions(state) },
      signet: protocolFunctions(state),
    },
    attach: (memory) => state.attach(memory),
    output: () => state.output,
  };
}

class HostState {
  readonly run: ProgramRun;
  output = new Uint8Array(0);
  isOutOfMemory = false;
  monotonicNs = 0n;
  readonly #chance: { update(bytes: Uint8Array): Uint8Array };
  #memory: { readonly buffer: ArrayBuffer } = { buffer: new ArrayBuffer(0) };

  constructor(run: ProgramRun) {
    this.run = run;
    this.#chance = createCipheriv('aes-256-ctr', run.seed, new Uint8Array(16));
  }

  attach(memory: { readonly buffer: ArrayBuffer }): void {
    this.#memory = memory;
  }

  /** Made anew each time: the buffer is another one after the memory has grown. */
  view(): DataView<ArrayBuffer> {
    return new DataView(this.#memory.buffer);
  }

  bytes(at: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer, at >>> 0, length >>> 0);
  }

  nextChance(length: number): Uint8Array {
    return this.#chance.update(new Uint8Array(length));
  }
}

function protocolFunctions(state: HostState): Readonly<Record<string, HostFunction>> {
  return {
    input_size: () => state.run.input.length,
    read_input: (at: number) => void state.bytes(at, state.run.input.length).set(state.run.input),
    write_output: (at: number, length: number) => {
      state.output = state.bytes(at, length).slice();
      return undefined;
    },
    write_outline: (at: number, length: number) => void state.run.onOutline(state.bytes(at, length).slice()),
    begin: (index: number) => void state.run.onBegin(index),
  };
}

function wasiFunctions(state: HostState): Readonly<Record<string, HostFunction>> {
  return {
    args_sizes_get: (countAt: number, sizeAt: number) => writeNothing(state, countAt, sizeAt),
    args_get: () => DONE,
    environ_sizes_get: (countAt: number, sizeAt: number) => writeNothing(state, countAt, sizeAt),
    environ_get: () => DONE,
    clock_time_get: (clock: number, _precision: bigint, at: number) => {
      state.monotonicNs += TICK_NS;
      const nowNs = clock === REALTIME ? BigInt(Math.trunc(state.run.atMs)) * 1_000_000n : state.monotonicNs;
      state.view().setBigUint64(at >>> 0, BigInt.asUintN(64, nowNs), true);
      return DONE;
    },
    random_get: (at: number, length: number) => {
      state.bytes(at, length).set(state.nextChance(length >>> 0));
      return DONE;
    },
    poll_oneoff: (...args: [number, number, number, number]) => skipWaiting(state, ...args),
    sched_yield: () => DONE,
    fd_prestat_get: () => BAD_FILE,
    fd_write: (...args: [number, number, number, number]) => swallow(state, ...args),
    proc_exit: () => {
      throw new ProgramExit(state.isOutOfMemory);
    },
  };
}

function writeNothing(state: HostState, countAt: number, sizeAt: number): number {
  state.view().setUint32(countAt >>> 0, 0, true);
  state.view().setUint32(sizeAt >>> 0, 0, true);
  return DONE;
}

/** Nobody waits here: the clock is put forward by what was to be waited for, and every event has happened. */
function skipWaiting(state: HostState, ...[from, to, count, countAt]: [number, number, number, number]): number {
  const view = state.view();
  for (let index = 0; index < count; index += 1) {
    const subscription = (from >>> 0) + index * SUBSCRIPTION_BYTES;
    const event = (to >>> 0) + index * EVENT_BYTES;
    state.monotonicNs += view.getBigUint64(subscription + SUBSCRIPTION_TIMEOUT_AT, true);
    state.bytes(event, EVENT_BYTES).fill(0);
    view.setBigUint64(event, view.getBigUint64(subscription, true), true);
    view.setUint8(event + 10, view.getUint8(subscription + 8));
  }
  view.setUint32(countAt >>> 0, count, true);
  return DONE;
}

function swallow(state: HostState, ...[, vectors, count, writtenAt]: [number, number, number, number]): number {
  const view = state.view();
  let written = 0;
  for (let index = 0; index < count; index += 1) {
    const at = view.getUint32((vectors >>> 0) + index * 8, true);
    const length = view.getUint32((vectors >>> 0) + index * 8 + 4, true);
    state.isOutOfMemory ||= OUT_OF_MEMORY.test(Buffer.from(state.bytes(at, length)).toString('latin1'));
    written += length;
  }
  view.setUint32(writtenAt >>> 0, written, true);
  return DONE;
}
