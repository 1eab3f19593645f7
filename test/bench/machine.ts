/** @module Says on what a benchmark ran, without naming the machine. */
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** One line: processors, memory, system, Node. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 1024 ** 3);
  const date = new Date().toISOString().slice(0, 10);
  return `${date}: ${availableParallelism()} cores (${model}), ${memory} GiB, ${type()} ${release()}, Node ${process.version}.`;
}
