/** @module The controller as a process of its own, with the rights of its kubeconfig and nothing more. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { findTwoFreePorts } from '../control-plane/free-port.ts';
import { eventually } from './eventually.ts';

const program = fileURLToPath(new URL('../../controller/main.ts', import.meta.url));

/** Where the controller runs and writes. */
export interface ControllerProcessOptions {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly cacheFolder: string;
  /** Its output is appended here. */
  readonly logFile: string;
  /** More flags. */
  readonly flags?: readonly string[];
  /** Default: the sources. */
  readonly program?: string;
  /** Flags of Node itself. */
  readonly nodeFlags?: readonly string[];
  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A controller that was started; it may not be ready yet. */
export interface ControllerProcess {
  readonly pid: number;
  /** Address of the routes, without a path. */
  readonly url: string;
  /** Address of `/metrics`, without a path. */
  readonly metricsUrl: string;
  /** Resolves when `/readyz` says so; throws when the process has ended or after two minutes. */
  ready(): Promise<void>;
  /** Ends it as Kubernetes would, with SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** Starts a controller on free ports of loopback. */
export async function startControllerProcess(options: ControllerProcessOptions): Promise<ControllerProcess> {
  const [port, metricsPort] = await findTwoFreePorts();
  const words = [
    ...(options.nodeFlags ?? []),
    options.program ?? program,
    ...controllerFlags(options, port, metricsPort),
  ];
  const env = { ...process.env, ...options.environment };
  const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(options.logFile, { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  child.once('close', () => log.end());
  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${port}`,
    metricsUrl: `http://127.0.0.1:${metricsPort}`,
    ready: () => eventually(() => assertReady(child, port, options.logFile), { timeoutMs: 120_000 }),
    stop: () => end(child, 'SIGTERM'),
    kill: async () => {
      await end(child, 'SIGKILL');
    },
  };
}

function controllerFlags(options: ControllerProcessOptions, port: number, metricsPort: number): readonly string[] {
  return [
    ['--kubeconfig', options.kubeconfig],
    ['--namespace', options.namespace],
    ['--cache-dir', options.cacheFolder],
    ['--listen-addr', `127.0.0.1:${port}`],
    ['--listen-metrics-addr', `127.0.0.1:${metricsPort}`],
    options.flags ?? [],
  ].flat();
}

async function assertReady(child: ChildProcess, port: number, logFile: string): Promise<void> {
  if (child.exitCode !== null) throw new Error(`the controller exited with ${child.exitCode}; its log is ${logFile}`);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const probe = request({ host: '127.0.0.1', port, path: '/readyz', timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    probe.on('error', reject);
    probe.on('timeout', () => probe.destroy(new Error('no answer within 2 s')));
    probe.end();
  });
  if (status !== 200) throw new Error(`the controller is not ready yet: ${status}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
}
