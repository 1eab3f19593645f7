/** @module The product's source files and their imports, as the architecture tests see them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** One source file; `file` is relative to the root, with forward slashes. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
  /** Relative imports as root-relative files, packages and `node:` modules as written; type imports included. */
  readonly imports: readonly string[];
}

/** Every TypeScript file below the given top-level folders. */
export function readSourceFiles(...folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readSourceFile(path.posix.join(folder, name.split(path.sep).join('/')))),
  );
}

function readSourceFile(file: string): SourceFile {
  const text = readFileSync(path.join(root, file), 'utf8');
  return { file, text, imports: importsOf(text).map((specifier) => resolveImport(file, specifier)) };
}

/** The formatter puts every static import at the start of a line, so no full parser is needed. */
function importsOf(text: string): string[] {
  const statics = text.matchAll(/^(?:import|export)\s(?:[^;'"`]*?\sfrom\s)?'([^']+)'/gm);
  const dynamics = text.matchAll(/\bimport\(\s*'([^']+)'/g);
  return [...statics, ...dynamics].map((match) => match[1] ?? '');
}

function resolveImport(file: string, specifier: string): string {
  return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : specifier;
}
