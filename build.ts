/**
 * @module Bundles the programs that package.json names under `bin` into `dist/`: CommonJS files with every dependency inside,
 * split so that a verb loads only what it needs. What `signet seal` needs is in one file, because opening twenty takes longer
 * than sealing.
 */
import { createHash } from 'node:crypto';
import { appendFile, chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { Module } from 'node:module';
import path from 'node:path';
import { build, type CommonOptions, type Metafile, type Plugin, transform } from 'esbuild';
import { describeError } from './shared/errors/describe-error.ts';
import { buildProgram } from './shared/template/build-program.ts';
import { PROGRAM_FILE, WORKER_ENTRY } from './shared/template/installed-engine.ts';
import { programNotices } from './shared/template/program-notices.ts';

const ROOT = import.meta.dirname;

/** The programs: name in `dist/` and source. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  signet: 'cli/main.ts',
  'signet-controller': 'controller/main.ts',
};

/** The file that holds every chunk on the way of `signet seal` with a certificate at hand. */
const SEAL_PATH_FILE = 'seal-path.cjs';
/** How the controller and threads load what the launcher runs by itself. */
const SEAL_PATH_CODE = [
  "const text = require('node:fs').readFileSync(__dirname + '/seal-path.js', 'utf8');",
  "const run = require('node:vm').runInThisContext(text, { filename: __dirname + '/seal-path.js' });",
  'run(exports, require, module, __filename, __dirname);',
  '',
].join('\n');
const SEAL_PATH_SOURCES: readonly string[] = [
  'cli/main.ts',
  'cli/commands/seal.ts',
  'cli/commands/kubeseal.ts',
  'cli/kubeseal/seal.ts',
];

/** `kubectl seal` calls a program of the one name, scripts for sealed-secrets the other; the program finds out by it how it was called. */
const OTHER_NAMES: readonly string[] = ['kubectl-seal.cjs', 'kubeseal.cjs'];
const OTHER_NAME_CODE = "require('./signet.cjs');\n";

/** What stands before the program under its name. */
const LAUNCHER_SOURCE = 'cli/launcher.ts';

/** Files that threads of the programs start with: name in `dist/` and source. */
const WORKERS: Readonly<Record<string, string>> = { [WORKER_ENTRY]: 'shared/template/worker.ts' };

/** Between two licences. */
const RULE = '-'.repeat(80);

const SHEBANG = '#!/usr/bin/env node\n';

/** The oldest Node that users may have; package.json says the same under `engines`. */
const TARGET = 'node24';

/** What is the same for every step. */
const OUTPUT = {
  platform: 'node',
  target: TARGET,
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
} as const satisfies CommonOptions;

const COMMON_JS = {
  ...OUTPUT,
  format: 'cjs',
  // Without native import() esbuild writes require(), which loads a file without Node's loader for ES modules.
  supported: { 'dynamic-import': false },
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
} as const satisfies CommonOptions;

/** Bundles `programs` into `directory`, which is emptied first, and resolves to what is in the chunks. */
export async function bundle(
  directory: string,
  programs: Readonly<Record<string, string>> = PROGRAMS,
): Promise<Metafile> {
  const { metafile, outputFiles } = await build({
    ...OUTPUT,
    absWorkingDir: ROOT,
    entryPoints: { ...programs, ...WORKERS },
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    chunkNames: 'chunk-[hash]',
    bundle: true,
    // esbuild splits ES modules only; they are turned into CommonJS afterwards, which starts faster.
    format: 'esm',
    splitting: true,
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: [withoutSubprocesses, withReadingYamlOnly],
  });
  const chunks = new Map(outputFiles.map((file) => [path.basename(file.path), file.text]));
  const sealPath = findSealPath(metafile);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  for (const [name, text] of chunks) {
    if (sealPath.has(name)) continue;
    const { code } = await transform(text.replace(/^#!.*\n/, ''), COMMON_JS);
    await writeCode(path.join(directory, name), redirect(code, sealPath), path.parse(name).name in programs);
  }
  await writeFile(path.join(directory, 'NOTICES.txt'), await collectNotices(metafile));
  if (!('signet' in programs)) return metafile;
  const main = path.join(directory, 'signet.cjs');
  const functions = {
    'seal-path.js': asFunction(await joinChunks(sealPath, chunks)),
    'signet-main.js': asFunction(await readFile(main, 'utf8')),
  };
  for (const [name, code] of Object.entries(functions)) await writeCode(path.join(directory, name), code, false);
  for (const name of OTHER_NAMES) await writeCode(path.join(directory, name), OTHER_NAME_CODE, true);
  await writeCode(path.join(directory, SEAL_PATH_FILE), SEAL_PATH_CODE, false);
  await writeCode(main, await launcherFor(Object.values(functions)), true);
  return metafile;
}

/** Names of the chunks, programs aside, that `signet seal` reaches without an `import()` beyond that of its own verb. */
export function findSealPath({ outputs }: Metafile): ReadonlySet<string> {
  const reached = new Set<string>();
  const queue = Object.keys(outputs).filter((file) => SEAL_PATH_SOURCES.includes(outputs[file]?.entryPoint ?? ''));
  for (const file of queue) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const { path: target, kind } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && outputs[target] !== undefined) queue.push(target);
    }
  }
  const programs = Object.values(PROGRAMS);
  return new Set(
    [...reached]
      .filter((file) => !programs.includes(outputs[file]?.entryPoint ?? ''))
      .map((file) => path.basename(file)),
  );
}

/** commander starts programs for verbs that are programs of their own. We have none, and loading that part of Node takes time. */
const withoutSubprocesses: Plugin = {
  name: 'without-subprocesses',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/node_modules/commander/') ? { path: 'child_process', namespace: 'absent' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'export default {};' }));
  },
};

/**
 * js-yaml comes as one file with the writer and all schemas. We write YAML ourselves and name our schema at each call, so the
 * reader alone will do: a third of the code on the seal path otherwise, and a twentieth of its time.
 */
const withReadingYamlOnly: Plugin = {
  name: 'with-reading-yaml-only',
  setup({ onResolve, onLoad }) {
    const library = path.join(ROOT, 'node_modules/js-yaml/lib');
    onResolve({ filter: /^js-yaml$/ }, ({ importer }) =>
      importer.startsWith(path.join(ROOT, 'shared/')) ? { path: 'js-yaml', namespace: 'reading' } : undefined,
    );
    onResolve({ filter: /^\.\/schema\/default$/ }, ({ importer }) =>
      importer === path.join(library, 'loader.js') ? { path: path.join(library, 'schema/failsafe.js') } : undefined,
    );
    const contents = [
      "export { load } from './loader.js';",
      "export { default as Type } from './type.js';",
      "export { default as FAILSAFE_SCHEMA } from './schema/failsafe.js';",
      "export { default as YAMLException } from './exception.js';",
    ].join('\n');
    onLoad({ filter: /.*/, namespace: 'reading' }, () => ({ contents, resolveDir: library }));
  },
};

/** The licence texts of all packages in the bundle, as most licences ask for. */
async function collectNotices({ inputs }: Metafile): Promise<string> {
  const folders = Object.keys(inputs).flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  const notices = [...new Set(folders)].toSorted().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(path.join(ROOT, folder, 'package.json'), 'utf8'));
    const files = (await readdir(path.join(ROOT, folder))).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    const texts = await Promise.all(files.toSorted().map((file) => readFile(path.join(ROOT, folder, file), 'utf8')));
    return [`${name} ${version} (${license})`, ...texts.map((text) => text.trim())].join('\n\n');
  });
  return `\n${(await Promise.all(notices)).join(`\n\n${RULE}\n\n`)}\n`;
}

/** `code` with each `require` of a chunk on the seal path turned to the file that holds all of them. */
function redirect(code: string, sealPath: ReadonlySet<string>): string {
  return code.replace(/require\("\.\/([\w.-]+)"\)/g, (whole, name: string) =>
    sealPath.has(name) ? `require("./${SEAL_PATH_FILE}").chunks["${name}"]()` : whole,
  );
}

/** One file with all chunks on the seal path; each still runs only when somebody asks for it. */
async function joinChunks(sealPath: ReadonlySet<string>, chunks: ReadonlyMap<string, string>): Promise<string> {
  const entries = [...sealPath].map((name) => `"${name}": () => require("./${name}")`);
  const fromMemory: Plugin = {
    name: 'from-memory',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\/[\w.-]+\.cjs$/ }, ({ path: file }) =>
        sealPath.has(file.slice(2)) ? { path: file.slice(2), namespace: 'chunk' } : { path: file, external: true },
      );
      onLoad({ filter: /.*/, namespace: 'chunk' }, ({ path: name }) => ({ contents: chunks.get(name) ?? '' }));
    },
  };
  const { outputFiles } = await build({
    ...COMMON_JS,
    stdin: { contents: `exports.chunks = {${entries.join(',')}};`, resolveDir: ROOT },
    bundle: true,
    write: false,
    logLevel: 'warning',
    plugins: [fromMemory],
  });
  return outputFiles[0]?.text ?? '';
}

/** `code` of a CommonJS file as Node makes a function of it when it loads one. */
function asFunction(code: string): string {
  return Module.wrap(code.replace(/^#!.*/, ''));
}

/** The launcher that runs `functions`, and tells what it keeps of them from that of all others. */
async function launcherFor(functions: readonly string[]): Promise<string> {
  const digest = createHash('sha256');
  for (const text of functions) digest.update(text);
  const buildId = JSON.stringify(digest.digest('hex').slice(0, 16));
  const source = await readFile(path.join(ROOT, LAUNCHER_SOURCE), 'utf8');
  const { code } = await transform(source, {
    ...COMMON_JS,
    loader: 'ts',
    define: { ...COMMON_JS.define, BUILD_ID: buildId },
  });
  return code;
}

async function writeCode(file: string, code: string, isProgram: boolean): Promise<void> {
  await writeFile(file, isProgram ? SHEBANG + code : code);
  if (isProgram) await chmod(file, 0o755);
}

/** Builds the template engine into `directory`, with its licences; the reason where that is not possible, as without Go. */
async function addTemplateEngine(directory: string): Promise<string | null> {
  const source = { sourceFolder: path.join(ROOT, 'shared/template/go'), variables: process.env };
  try {
    const notices = await programNotices(source);
    await buildProgram({ ...source, target: path.join(directory, PROGRAM_FILE) });
    await appendFile(path.join(directory, 'NOTICES.txt'), notices.map((notice) => `\n${RULE}\n\n${notice}\n`).join(''));
    return null;
  } catch (error) {
    return describeError(error);
  }
}

if (import.meta.main) {
  const directory = path.join(ROOT, 'dist');
  const { outputs } = await bundle(directory);
  const bytes = Object.values(outputs).reduce((total, output) => total + output.bytes, 0);
  const problem = await addTemplateEngine(directory);
  if (problem !== null) {
    process.stderr.write(`no template engine in dist/: templates of SealedSecrets will be refused\n${problem}\n`);
  }
  process.stdout.write(`${Object.keys(outputs).length} parts, ${Math.ceil(bytes / 1024)} KiB, in dist/\n`);
}
