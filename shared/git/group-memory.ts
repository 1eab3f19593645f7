/** @module What the programs of one process group hold in memory, where the system tells it (Linux): git has limits for single objects, and none for their sum. */
import { readdir, readFile } from 'node:fs/promises';

const EVERY_MS = 100;
const PAGE_BYTES = 4096;

/** Calls `onExceeded` once the group that `leader` leads holds more than `maxBytes`, files that it has mapped left out; until `stop`. */
export function watchGroupMemory(leader: number, maxBytes: number, onExceeded: () => void): { stop(): void } {
  const timer = setInterval(async () => {
    if ((await measureGroup(leader)) > maxBytes) onExceeded();
  }, EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

async function measureGroup(leader: number): Promise<number> {
  const names = await readdir('/proc').catch(() => []);
  const sizes = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((pid) => measureMember(pid, leader)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** 0 for a process of another group, and for one that is gone. */
async function measureMember(pid: string, leader: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // The name before the last parenthesis may hold anything; behind it come state, parent and group.
  const group = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2];
  if (group !== String(leader)) return 0;
  const [, resident = '0', shared = '0'] = (await readFile(`/proc/${pid}/statm`, 'latin1').catch(() => '')).split(' ');
  return (Number(resident) - Number(shared)) * PAGE_BYTES;
}
