/** @module `signet kubeseal`: hands its words to kubeseal's command line as they are. */
import { runKubeseal } from '../kubeseal/run-kubeseal.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import type { Io } from '../terminal/io.ts';
import { VERSION } from './version-number.ts';

/** Runs it; `programName` is for usage lines. It never rejects. */
export function kubeseal(words: readonly string[], io: Io, programName: string): Promise<ExitCode> {
  return runKubeseal(words, { io, programName, version: VERSION });
}
