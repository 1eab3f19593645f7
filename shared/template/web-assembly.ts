/** @module The part of the global `WebAssembly` that is used here: without the browser's types the compiler knows only its name. */

/** What a started program exports. */
export interface ProgramExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Runs the program to its end. */
  readonly _start: () => void;
}

interface WebAssemblyApi {
  readonly compile: (bytes: Uint8Array<ArrayBuffer>) => Promise<WebAssembly.Module>;
  readonly Module: {
    imports(program: WebAssembly.Module): readonly { readonly module: string; readonly name: string }[];
  };
  readonly Instance: new (program: WebAssembly.Module, imports: object) => { readonly exports: ProgramExports };
}

/** The WebAssembly of this process. */
export const webAssembly = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
