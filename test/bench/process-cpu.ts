/** @module Processor time of a process, from Linux's own accounting, and of the API server, which tells its own. */
import { readFile } from 'node:fs/promises';
import type { KubeClient } from '../../shared/kube/client.ts';

/** Linux counts in hundredths of a second, whatever its own tick is. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time that process `pid` took so far, and the programs that it started and that have ended. */
export async function readCpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name of the program stands in parentheses and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

/** The same of the API server behind `client`. */
export async function readServerCpuSeconds(client: KubeClient): Promise<number> {
  const answer = await client.raw({ method: 'GET', path: '/metrics', maxBytes: 64 * 1_024 * 1_024 });
  const seconds = /^process_cpu_seconds_total (\S+)$/m.exec(Buffer.from(answer.body).toString('utf8'))?.[1];
  return Number(seconds ?? Number.NaN);
}
