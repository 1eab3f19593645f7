/**
 * @module The first file of the published `signet`, in front of the bundle. A start of `seal` spent a quarter of its time on compiling functions that the
 * run before had compiled, too; so what V8 made of them is kept beside the program, where it can be trusted as much as the program itself.
 * Node's own cache keeps the functions that are compiled before a file runs, which are few; the files that not every verb loads use that.
 */
import { mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { createRequire, enableCompileCache, Module } from 'node:module';
import path from 'node:path';
import { Script } from 'node:vm';

/** Set by the build: a digest of the files below. V8 compares nothing of a text but its length with what was kept of it. */
declare const BUILD_ID: string;

const FOLDER = path.join(import.meta.dirname, 'compile-cache');
/** Files of the bundle, in their order. In each is the function that Node would make of a CommonJS file, and that nobody has to put together again. */
const FILES: readonly string[] = ['seal-path', 'signet-main'];

interface Compiled {
  readonly script: Script;
  /** Where its code is kept. */
  readonly file: string;
}

/**
 * Verbs whose functions are kept by themselves: few files, and no verb waits for the functions of others. A help text takes another way
 * than sealing, and what it compiles would be all that is kept.
 */
function wayOf([, program = '', verb = '', ...words]: readonly string[]): string {
  if ([verb, ...words].some((word) => word === '--help' || word === '-h')) return 'help';
  const name = path.basename(program, '.cjs');
  const way = [name, verb].find((word) => word === 'seal' || word === 'kubeseal' || word === 'kubectl-seal') ?? 'other';
  // In place there is more to compile, which nothing would keep after a run that only prints.
  return words.includes('--in-place') ? `${way}-in-place` : way;
}

/** Runs the program with the code that an earlier run of the same way kept, and keeps it if there was none that fits. */
function run(way: string): void {
  const anew: Compiled[] = [];
  process.once('exit', (code) => {
    if (code === 0) for (const compiled of anew) keep(compiled);
  });
  for (const name of FILES) {
    const compiled = compile(name, path.join(FOLDER, `${way}-${name}-${BUILD_ID}-${process.version}-${process.arch}`));
    if (compiled.script.cachedDataRejected !== false) anew.push(compiled);
    runAsModule(compiled.script, path.join(import.meta.dirname, `${name}.cjs`));
  }
}

/** @throws what reading the program throws */
function compile(name: string, file: string): Compiled {
  const filename = path.join(import.meta.dirname, `${name}.js`);
  const cachedData = readKept(file);
  const script = new Script(readFileSync(filename, 'utf8'), {
    filename,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  return { script, file };
}

/** Under the name by which the other files of the bundle ask for it. */
function runAsModule(script: Script, filename: string): void {
  const module = new Module(filename);
  module.filename = filename;
  createRequire(filename).cache[filename] = module;
  const load = (id: string): unknown => module.require(id);
  script.runInThisContext()(module.exports, load, module, filename, import.meta.dirname);
}

function readKept(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Whole or not at all; where nothing can be written, nothing is kept. */
function keep({ script, file }: Compiled): void {
  const temporary = `${file}.${process.pid}`;
  attempt(
    () => {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(temporary, script.createCachedData(), { flag: 'wx', flush: true });
      renameSync(temporary, file);
    },
    () => attempt(() => unlinkSync(temporary)),
  );
}

function attempt(step: () => void, otherwise?: () => void): void {
  try {
    step();
  } catch {
    otherwise?.();
  }
}

// A Node that is too old has no such function.
attempt(() => enableCompileCache({ directory: FOLDER, portable: true }));
run(wayOf(process.argv));
