/** @module What every verb is handed. */
import type { Io } from './io.ts';
import type { Report } from './report.ts';

/** The outside world, and the way to tell a person something. */
export interface Session {
  readonly io: Io;
  readonly report: Report;
}
