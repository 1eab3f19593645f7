/** @module What a supervisor and the process that started it say to each other over the IPC channel. */

/** A program to run, as the supervisor needs it. */
export interface ProcessSpec {
  /** Unique among the programs of one supervisor; its output goes to `<name>.log` in the supervised folder. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the program; default: that of the supervisor. */
  readonly env?: Readonly<NodeJS.ProcessEnv>;
}

/** To the supervisor. */
export type SupervisorRequest =
  | { readonly kind: 'run'; readonly process: ProcessSpec }
  | { readonly kind: 'kill'; readonly name: string; readonly signal: NodeJS.Signals }
  | { readonly kind: 'open-egress'; readonly socketPath: string };

/** From the supervisor. */
export type SupervisorReport =
  | { readonly kind: 'ready'; readonly directory: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'egress-open' }
  | { readonly kind: 'running'; readonly name: string; readonly pid: number }
  | { readonly kind: 'ended'; readonly name: string; readonly how: string };
