/**
 * @module Runs programs that cannot outlive this process, in a private folder that cannot either. The work is done by
 * supervisor-process.ts; this is the handle on it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { findOnPath, type MachineEnvironment } from './environment.ts';
import { ControlPlaneError } from './errors.ts';
import type { ProcessSpec, SupervisorReport, SupervisorRequest } from './supervisor-messages.ts';
import { FOLDER_PREFIX } from './sweep-leftovers.ts';

/** A program that a supervisor runs. */
export interface ManagedProcess {
  readonly name: string;
  /** How it ended ("exit code 1", "signal SIGKILL"), or undefined while it runs. */
  readonly endedHow: string | undefined;
  /** Resolves once it has ended; never rejects. */
  readonly ended: Promise<string>;
  readonly pid: number;
  /** What it has printed so far, at most the last 64 KiB. */
  log(): Promise<string>;
  /** Sends `signal` (default SIGKILL) to it and to what it started, and waits until it has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

const MAX_LOG_CHARACTERS = 64 * 1024;
/** A Unix socket's path has room for 107 bytes on Linux; this leaves some for the longest socket name. */
const MAX_DIRECTORY_BYTES = 90;

/** Starts a supervisor with an empty private folder (mode 0700) below `environment.temporaryFolder`. */
export async function startSupervisor(environment: MachineEnvironment): Promise<Supervisor> {
  const prefix = path.join(environment.temporaryFolder, FOLDER_PREFIX);
  if (Buffer.byteLength(prefix) + 6 > MAX_DIRECTORY_BYTES) {
    throw new ControlPlaneError('CONTROL_PLANE_START_FAILED', `cannot make sockets below "${prefix}": it is too long`, {
      hint: 'set TMPDIR to a shorter folder',
    });
  }
  const child = fork(path.join(import.meta.dirname, 'supervisor-process.ts'), [prefix], {
    detached: true,
    execArgv: [],
    env: { ...environment.variables, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const directory = await new Promise<string>((resolve, reject) => {
    const fail = (how: string): void => reject(startFailure('the supervisor', how));
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`exit code ${code}`));
    child.once('message', (message: SupervisorReport) =>
      message.kind === 'ready' ? resolve(message.directory) : fail(JSON.stringify(message)),
    );
  });
  return new Supervisor(child, directory, findOnPath('setpriv', environment.variables));
}

/** Handle on a running supervisor. A process that ends without `end()` takes everything with it all the same. */
export class Supervisor {
  /** The private folder; it is gone when `end()` resolves. */
  readonly directory: string;
  readonly #child: ChildProcess;
  readonly #setpriv: string | undefined;
  readonly #exited: Promise<void>;
  readonly #processes = new Map<string, TrackedProcess>();
  readonly #egress = Promise.withResolvers<void>();
  #waiting = 0;

  /** Use `startSupervisor`. */
  constructor(child: ChildProcess, directory: string, setpriv: string | undefined) {
    this.directory = directory;
    this.#child = child;
    this.#setpriv = setpriv;
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()));
    child.on('message', (message: SupervisorReport) => this.#hear(message));
    void this.#exited.then(() => this.#lose('the end of its supervisor'));
    this.#egress.promise.catch(() => undefined);
    // A caller that forgets end() must not hang because of it.
    child.unref();
    child.channel?.unref();
  }

  /** Starts a program in the folder and resolves when it runs; `name` must be new. */
  async run(spec: ProcessSpec): Promise<ManagedProcess> {
    const process = new TrackedProcess(spec.name, this);
    this.#processes.set(spec.name, process);
    this.send({ kind: 'run', process: this.#bound(spec) });
    await this.hold(process.running);
    return process;
  }

  /** Opens the egress proxy at `socketPath`; resolves when it listens. */
  async openEgress(socketPath: string): Promise<void> {
    this.send({ kind: 'open-egress', socketPath });
    await this.hold(this.#egress.promise);
  }

  /** Keeps this process alive until `promise` settles; all else of a supervisor lets it end. */
  async hold<T>(promise: Promise<T>): Promise<T> {
    this.#waiting += 1;
    this.#child.channel?.ref();
    try {
      return await promise;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#child.channel?.unref();
    }
  }

  /** Sends a request; a supervisor that is gone ignores it. */
  send(request: SupervisorRequest): void {
    if (this.#child.connected) this.#child.send(request, () => undefined);
  }

  /** Kills every program, removes the folder and waits until both are done. May be called twice. */
  async end(): Promise<void> {
    this.#child.ref();
    if (this.#child.connected) this.#child.disconnect();
    await this.#exited;
  }

  /** Where the kernel can, it kills the program when the supervisor is killed outright. */
  #bound(spec: ProcessSpec): ProcessSpec {
    if (this.#setpriv === undefined) return spec;
    return { ...spec, command: this.#setpriv, args: ['--pdeathsig', 'KILL', '--', spec.command, ...spec.args] };
  }

  #hear(message: SupervisorReport): void {
    if (message.kind === 'running') this.#processes.get(message.name)?.started(message.pid);
    if (message.kind === 'ended') this.#processes.get(message.name)?.finished(message.how);
    if (message.kind === 'egress-open') this.#egress.resolve();
    if (message.kind === 'failed') this.#lose(message.message);
  }

  #lose(how: string): void {
    for (const process of this.#processes.values()) process.finished(how);
    this.#egress.reject(startFailure('the egress proxy', how));
  }
}

function startFailure(what: string, how: string): ControlPlaneError {
  return new ControlPlaneError('CONTROL_PLANE_START_FAILED', `cannot start ${what}: it ended with ${how}`);
}

class TrackedProcess implements ManagedProcess {
  readonly name: string;
  readonly ended: Promise<string>;
  readonly running: Promise<void>;
  readonly #supervisor: Supervisor;
  readonly #start = Promise.withResolvers<void>();
  readonly #end = Promise.withResolvers<string>();
  pid = 0;
  endedHow: string | undefined;

  constructor(name: string, supervisor: Supervisor) {
    this.name = name;
    this.#supervisor = supervisor;
    this.running = this.#start.promise;
    this.ended = this.#end.promise;
  }

  started(pid: number): void {
    this.pid = pid;
    this.#start.resolve();
  }

  finished(how: string): void {
    this.endedHow ??= how;
    this.#end.resolve(this.endedHow);
    this.#start.reject(startFailure(this.name, this.endedHow));
  }

  async log(): Promise<string> {
    const file = path.join(this.#supervisor.directory, `${this.name}.log`);
    return (await readFile(file, 'utf8').catch(() => '')).slice(-MAX_LOG_CHARACTERS);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#supervisor.send({ kind: 'kill', name: this.name, signal });
    await this.#supervisor.hold(this.ended);
  }
}
