/** @module How much memory a process, and whatever it starts, takes at its worst. Linux only. */
import { readdir, readFile, writeFile } from 'node:fs/promises';

/** What one stretch of time took; memory is in MiB, at its highest. */
export interface MemoryPeak {
  /** Of the process itself, as the system has it. */
  readonly own: number;
  /** Processor time since the begin, of the process and of what it started and has ended, in ms. */
  readonly cpuMs: number;
  /** Of everything that it started, added up, as far as a look every few milliseconds saw it. */
  readonly children: number;
}

const EVERY_MS = 20;

/** Watches the process `pid` until `stop`. */
export class MemoryWatch {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #children = 0;
  #cpuMs = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
  }

  /** Begins a new stretch of time. */
  async reset(): Promise<void> {
    this.#children = 0;
    this.#cpuMs = await this.#readCpu();
    await writeFile(`/proc/${this.#pid}/clear_refs`, '5');
  }

  async peak(): Promise<MemoryPeak> {
    const status = await readFile(`/proc/${this.#pid}/status`, 'latin1');
    const own = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
    const cpuMs = (await this.#readCpu()) - this.#cpuMs;
    return { own: Math.round(own), children: Math.round(this.#children), cpuMs };
  }

  /** In clock ticks of 10 ms. */
  async #readCpu(): Promise<number> {
    const stat = await readFile(`/proc/${this.#pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const parents = new Map<number, { readonly parent: number; readonly mib: number }>();
    const names = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
    await Promise.all(
      names.map(async (name) => {
        const stat = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => '');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        parents.set(Number(name), { parent: Number(fields[1]), mib: (Number(fields[21] ?? 0) * 4) / 1024 });
      }),
    );
    const isOurs = (pid: number): boolean => {
      const parent = parents.get(pid)?.parent;
      return parent === this.#pid || (parent !== undefined && parent > 1 && isOurs(parent));
    };
    let sum = 0;
    for (const [pid, { mib }] of parents) if (isOurs(pid)) sum += mib;
    this.#children = Math.max(this.#children, sum);
  }
}
