/** @module Compiles the template program with the Go of this machine, into a file that is published whole or not at all. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** What a build needs. */
export interface ProgramBuild {
  /** Folder with the program's go.mod. */
  readonly sourceFolder: string;
  /** The file to make: the program, gzipped. */
  readonly target: string;
  /** The variables of the process: PATH to find Go, and what Go itself looks at. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

const BUILD_TIMEOUT_MS = 600_000;

/** Builds the program. Go fetches its pinned modules when they are not there yet. @throws when there is no Go or it fails. */
export async function buildProgram({ sourceFolder, target, variables }: ProgramBuild): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  const part = `${target}.${randomUUID()}.part`;
  try {
    const flags = ['-mod=readonly', '-buildvcs=false', '-trimpath', '-ldflags=-s -w', '-o', part];
    await promisify(execFile)('go', ['build', ...flags, '.'], {
      cwd: sourceFolder,
      env: goEnvironment(variables),
      timeout: BUILD_TIMEOUT_MS,
    });
    await writeFile(part, await promisify(gzip)(await readFile(part), { level: 9 }));
    await chmod(part, 0o644);
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}

/** `variables` with what makes Go compile for WebAssembly, with the modules that are pinned and the toolchain that is there. */
export function goEnvironment(variables: ProgramBuild['variables']): Readonly<Record<string, string | undefined>> {
  const target = { GOOS: 'wasip1', GOARCH: 'wasm', CGO_ENABLED: '0' };
  // The toolchain of the machine is used as it is: fetching another one is not our decision to make.
  return { ...variables, ...target, GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '' };
}
