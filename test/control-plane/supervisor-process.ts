/**
 * @module The program that owns a private folder and the processes that work in it. It lives in a session of its own and
 * ends with the IPC channel to whoever started it: then it kills its processes and removes the folder. So nothing stays
 * behind, not even after `kill -9` of the test run. Started by supervisor.ts only; argument: prefix of the folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describeError } from '../../shared/errors/describe-error.ts';
import { listenForEgress } from './egress-proxy.ts';
import type { ProcessSpec, SupervisorReport, SupervisorRequest } from './supervisor-messages.ts';
import { LIVENESS_SOCKET } from './sweep-leftovers.ts';

const children = new Map<string, ChildProcess>();
const directory = mkdtempSync(process.argv[2] ?? '');
// Registered before anything else may fail: from here on the folder goes when the process does.
process.on('exit', () => {
  for (const child of children.values()) killGroup(child, 'SIGKILL');
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
});
process.on('disconnect', () => void endAll());
process.on('message', (request: SupervisorRequest) => void obey(request));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void endAll());

createServer((caller) => caller.destroy())
  .once('error', (error) => report({ kind: 'failed', message: describeError(error) }))
  .listen(path.join(directory, LIVENESS_SOCKET), () => report({ kind: 'ready', directory }));

async function obey(request: SupervisorRequest): Promise<void> {
  try {
    if (request.kind === 'run') return run(request.process);
    if (request.kind === 'kill') return void killGroup(children.get(request.name), request.signal);
    await listenForEgress(request.socketPath);
    report({ kind: 'egress-open' });
  } catch (error) {
    report({ kind: 'failed', message: describeError(error) });
  }
}

function run(spec: ProcessSpec): void {
  const log = openSync(path.join(directory, `${spec.name}.log`), 'a', 0o600);
  // A process group of its own lets one signal reach whatever the program starts.
  const child = spawn(spec.command, spec.args, {
    cwd: directory,
    detached: true,
    stdio: ['ignore', log, log],
    ...(spec.env === undefined ? {} : { env: spec.env }),
  });
  closeSync(log);
  children.set(spec.name, child);
  child.once('spawn', () => report({ kind: 'running', name: spec.name, pid: child.pid ?? 0 }));
  child.once('error', (error) => ended(spec.name, describeError(error)));
  child.once('exit', (code, signal) => ended(spec.name, signal === null ? `exit code ${code}` : `signal ${signal}`));
}

function ended(name: string, how: string): void {
  children.delete(name);
  report({ kind: 'ended', name, how });
}

/** Kills everything and leaves when the last one is gone, so that nobody writes into the folder while it is removed. */
async function endAll(): Promise<void> {
  const gone = [...children.values()].map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of children.values()) killGroup(child, 'SIGKILL');
  await Promise.all(gone);
  process.exit(0);
}

function killGroup(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group ended by itself between the check and the signal.
  }
}

function report(message: SupervisorReport): void {
  if (process.connected) process.send?.(message, () => undefined);
}
