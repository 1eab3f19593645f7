/** @module How a declared command hands its work to the program that runs it. */
import type { Command } from 'commander';
import type { ExitCode } from '../terminal/exit-codes.ts';
import type { Session } from '../terminal/session.ts';

/** The work of one verb. Failures are thrown; the code says how it went otherwise. */
export type Task = (session: Session) => Promise<ExitCode>;

/** Runs `task` and keeps its exit code. Called at most once in a run, from a command's action. */
export type Invoke = (task: Task) => Promise<void>;

/** Puts arguments, options, help and action of one verb on its still empty `command`. */
export type DeclareCommand = (command: Command, invoke: Invoke) => void;
