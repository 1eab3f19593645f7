/** @module Runs the template program once, in an instance of its own that nothing outlives. */

import { createProgramHost, ProgramExit, type ProgramRun } from './program-host.ts';
import { webAssembly } from './web-assembly.ts';

/** What came of a run. `stopped`: the program broke off; the cause is all that is known of it. */
export type RunResult =
  | { readonly kind: 'answered'; readonly output: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'stopped'; readonly cause: 'memory' | 'depth' | 'crash' };

/** Starts a fresh instance of `program` and waits for its end. It is the caller who stops one that takes too long. */
export function runProgram(program: WebAssembly.Module, run: ProgramRun): RunResult {
  const names = webAssembly.Module.imports(program)
    .filter(({ module }) => module === 'wasi_snapshot_preview1')
    .map(({ name }) => name);
  const host = createProgramHost(run, names);
  try {
    const { exports } = new webAssembly.Instance(program, host.imports);
    host.attach(exports.memory);
    exports._start();
  } catch (error) {
    const cause = causeOf(error);
    if (cause !== null) return { kind: 'stopped', cause };
  }
  const output = host.output();
  return output.length === 0 ? { kind: 'stopped', cause: 'crash' } : { kind: 'answered', output };
}

/** Why the program broke off; null when it ended in good order, which Go does by leaving through the same door. */
function causeOf(error: unknown): 'memory' | 'depth' | 'crash' | null {
  if (error instanceof ProgramExit) return error.isOutOfMemory ? 'memory' : null;
  return error instanceof RangeError ? 'depth' : 'crash';
}
