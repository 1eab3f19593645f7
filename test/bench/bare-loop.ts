/** @module Runs the bare loop: a process that was only just started, as a controller that has never synced. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { KubeClient } from '../../shared/kube/client.ts';
import { readServerCpuSeconds } from './process-cpu.ts';
import { BENCH_ENVIRONMENT } from './whole-process.ts';

const program = fileURLToPath(new URL('./bare-loop-program.ts', import.meta.url));

/** Milliseconds of its steps, and the API server's processor time for all of them. */
export interface BareLoopFigures {
  readonly gitMs: number;
  readonly yamlMs: number;
  readonly applyMs: number;
  readonly wholeMs: number;
  readonly serverCpuSeconds: number;
}

/** Applies what the repository at `url` holds, as the identity of `kubeconfig`. `folder` is ours alone. */
export async function runBareLoop(options: {
  readonly client: KubeClient;
  readonly kubeconfig: string;
  readonly url: string;
  readonly folder: string;
}): Promise<BareLoopFigures> {
  const mirror = await mkdtemp(path.join(options.folder, 'bare-loop-'));
  const words = [program, options.kubeconfig, options.url, mirror];
  const child = spawn(process.execPath, words, { env: BENCH_ENVIRONMENT, stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'readable');
  const before = await readServerCpuSeconds(options.client);
  child.stdin.end('begin\n');
  const [line = '{}'] = (await text(child.stdout)).trim().split('\n').slice(-1);
  const figures = JSON.parse(line) as Omit<BareLoopFigures, 'wholeMs' | 'serverCpuSeconds'>;
  const serverCpuSeconds = (await readServerCpuSeconds(options.client)) - before;
  const wholeMs = figures.gitMs + figures.yamlMs + figures.applyMs;
  return { ...figures, wholeMs, serverCpuSeconds };
}
