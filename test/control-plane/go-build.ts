/** @module Builds one program from Go modules whose versions and hashes a committed go.mod and go.sum pin. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findOnPath, type MachineEnvironment } from './environment.ts';
import { ControlPlaneError } from './errors.ts';
import { publishExecutable } from './part-file.ts';

/** What to build. */
export interface GoCommand {
  /** What the program is called in progress lines and errors. */
  readonly name: string;
  readonly version: string;
  /** Folder with the go.mod and go.sum that pin everything; it is never written to. */
  readonly moduleFolder: string;
  /** Import path of the command, one of the tools of that go.mod. */
  readonly package: string;
  /** More flags for the linker, such as `-X=path.name=value`; values hold no spaces. */
  readonly linkerFlags: readonly string[];
}

const PROGRESS_EVERY_MS = 10_000;
const KEPT_LINES = 12;

/** Path of the Go command, or undefined on a machine without Go. */
export function findGo(environment: MachineEnvironment): string | undefined {
  return findOnPath('go', environment.variables);
}

/**
 * Builds `command` and publishes it at `target`; says through `report` how far it is.
 * @throws ControlPlaneError `CONTROL_PLANE_BUILD_FAILED` with the last lines of Go's output.
 */
export async function buildWithGo(
  go: string,
  command: GoCommand,
  target: string,
  context: { readonly environment: MachineEnvironment; readonly report: (line: string) => void },
): Promise<void> {
  const label = `${command.name} ${command.version}`;
  context.report(`building ${label} from source; the first time takes minutes`);
  const startedAt = Date.now();
  await publishExecutable(target, async (partPath) => {
    const child = spawn(go, buildArguments(command, partPath), {
      cwd: command.moduleFolder,
      stdio: ['ignore', 'ignore', 'pipe'],
      // The toolchain of the machine is used as it is: fetching another one is not our decision to make.
      env: { ...context.environment.variables, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off' },
    });
    await followBuild(child, label, context.report);
  });
  context.report(`built ${label} in ${seconds(startedAt)} s`);
}

function buildArguments(command: GoCommand, output: string): string[] {
  const linkerFlags = ['-s', '-w', ...command.linkerFlags].join(' ');
  // -v names each package as it is compiled, which is all the progress that Go shows.
  return ['build', '-v', '-mod=readonly', '-buildvcs=false', '-trimpath', '-ldflags', linkerFlags, '-o', output].concat(
    command.package,
  );
}

async function followBuild(child: ChildProcess, label: string, report: (line: string) => void): Promise<void> {
  const startedAt = Date.now();
  const lastLines: string[] = [];
  let lines = 0;
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines += 1;
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
    });
  }
  const progress = setInterval(
    () => report(`building ${label}: ${seconds(startedAt)} s, ${lines} packages fetched or compiled`),
    PROGRESS_EVERY_MS,
  );
  const killBuild = (): void => void child.kill();
  process.once('exit', killBuild);
  try {
    const end = await new Promise<string | number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? signal));
    });
    if (end !== 0) throw new Error(`go build ended with ${end}:\n${lastLines.join('\n')}`);
  } catch (error) {
    throw new ControlPlaneError('CONTROL_PLANE_BUILD_FAILED', `cannot build ${label}`, { cause: error });
  } finally {
    clearInterval(progress);
    process.off('exit', killBuild);
  }
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}
