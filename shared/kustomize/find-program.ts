/** @module The kustomize program of this machine. */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { KustomizeError } from './errors.ts';

/** Where the program may be. */
export interface ProgramPlace {
  /** As the user named it, absolute; undefined: it is looked for. */
  readonly program: string | undefined;
  /** The PATH of the process. */
  readonly searchPath: string | undefined;
}

const NAME = 'kustomize';
const HINT = 'install kustomize 5 (tested: v5.8.1) on the PATH, or name it with --kustomize';

/** Absolute path of the program. @throws KustomizeError `KUSTOMIZE_MISSING` */
export function findKustomize({ program, searchPath = '' }: ProgramPlace): string {
  if (program !== undefined) {
    if (isProgram(program)) return program;
    throw new KustomizeError('KUSTOMIZE_MISSING', `cannot build a kustomization: ${program} is no program`, {
      hint: HINT,
    });
  }
  const folders = searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const found = folders.map((folder) => path.join(folder, NAME)).find(isProgram);
  if (found !== undefined) return found;
  throw new KustomizeError('KUSTOMIZE_MISSING', 'cannot build a kustomization: there is no kustomize program', {
    hint: HINT,
  });
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
