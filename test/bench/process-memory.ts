/** @module Resident memory of a process, from Linux's own accounting. */
import { readFile } from 'node:fs/promises';

/** Bytes that process `pid` holds in memory now, and at most so far. */
export async function readMemory(pid: number): Promise<{ readonly now: number; readonly peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
  return { now: kilobytes('VmRSS') * 1_024, peak: kilobytes('VmHWM') * 1_024 };
}
