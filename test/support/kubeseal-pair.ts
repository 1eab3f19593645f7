/** @module Runs a command line with kubeseal and with Signet under that name, in equal folders, and makes the answers comparable. */
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { bundle } from '../../build.ts';
import { tryDecodeBase64 } from '../../shared/encoding/base64.ts';
import { parseEnvelope } from '../../shared/sealing/envelope.ts';
import type { Keyring, OpeningKey } from '../../shared/sealing/keyring.ts';
import { labelOf, SCOPES } from '../../shared/sealing/scope.ts';
import { openValue as openEnvelope } from '../../shared/sealing/value-cipher.ts';
import { runProgram } from './run-program.ts';

/** All that a command line leaves behind. */
export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Every file that is new or changed: mode and content; by name. */
  readonly files: Readonly<Record<string, { readonly mode: string; readonly content: string }>>;
}

/** Both programs, ready to run. */
export interface KubesealPair {
  /** The answers to `line`, as they came. */
  run(line: string): Promise<{ readonly theirs: Answer; readonly ours: Answer }>;
  /** One of the answers alone. */
  runTheirs(line: string): Promise<Answer>;
  runOurs(line: string): Promise<Answer>;
  /** `answer` with each ciphertext replaced by what it opens to, and where. */
  open(answer: Answer): Promise<Answer>;
  stop(): Promise<void>;
}

/** What the programs find. */
export interface PairOptions {
  /** Path of the real kubeseal. */
  readonly kubeseal: string;
  readonly samples: Readonly<Record<string, string>>;
  /** Keys that ciphertexts open with. */
  readonly keyring: Keyring<OpeningKey>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A sealed value of an RSA key of 2048 bits or more, wherever it stands. */
const SEALED_VALUE = /Ag[A-Za-z0-9+/]{340,}={0,2}|AQ[A-Za-z0-9+/]{340,}={0,2}/g;
const NAMES = ['db', 'second', 'other', 'testSecret', 'elsewhere', ''];
const NAMESPACES = ['shop', 'other', 'default', ''];

/** Prepares both. */
export async function startKubesealPair(options: PairOptions): Promise<KubesealPair> {
  const folder = await mkdtemp(path.join(tmpdir(), 'signet-pair-'));
  const programs = { theirs: path.join(folder, 'theirs'), ours: path.join(folder, 'ours') };
  await Promise.all(Object.values(programs).map((program) => mkdir(program)));
  await symlink(options.kubeseal, path.join(programs.theirs, 'kubeseal'));
  // Found by the name of the link, as when somebody links it into a folder of PATH.
  await bundle(path.join(folder, 'dist'), { signet: 'cli/main.ts' });
  await mkdir(path.join(programs.ours, 'link'));
  await symlink(path.join(folder, 'dist', 'signet.cjs'), path.join(programs.ours, 'link', 'kubeseal'));
  const start = `#!/bin/sh\nexec "${process.execPath}" "${path.join(programs.ours, 'link', 'kubeseal')}" "$@"\n`;
  await writeFile(path.join(programs.ours, 'kubeseal'), start);
  await chmod(path.join(programs.ours, 'kubeseal'), 0o755);
  let runs = 0;
  const runOne = async (program: string, line: string): Promise<Answer> => {
    runs += 1;
    const cwd = path.join(folder, `run-${runs}`);
    await mkdir(cwd);
    for (const [name, content] of Object.entries(options.samples))
      await writeFile(path.join(cwd, name), content, { mode: 0o640 });
    const env = { HOME: cwd, ...options.env, PATH: `${program}${path.delimiter}${process.env['PATH'] ?? ''}` };
    const result = await runProgram('sh', ['-c', line], { env, cwd });
    const files = await changedFiles(cwd, options.samples);
    await rm(cwd, { recursive: true });
    return { ...result, files };
  };
  return {
    run: async (line) => {
      const [theirs, ours] = await Promise.all([runOne(programs.theirs, line), runOne(programs.ours, line)]);
      return { theirs, ours };
    },
    runTheirs: (line) => runOne(programs.theirs, line),
    runOurs: (line) => runOne(programs.ours, line),
    open: (answer) => openAnswer(answer, options.keyring),
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

async function changedFiles(cwd: string, samples: Readonly<Record<string, string>>): Promise<Answer['files']> {
  const files: Record<string, { mode: string; content: string }> = {};
  for (const name of (await readdir(cwd)).sort()) {
    const content = await readFile(path.join(cwd, name), 'utf8');
    if (content === samples[name]) continue;
    const { mode } = await lstat(path.join(cwd, name));
    files[name] = { mode: (mode & 0o777).toString(8), content };
  }
  return files;
}

async function openAnswer(answer: Answer, keyring: Keyring<OpeningKey>): Promise<Answer> {
  const files = await Promise.all(
    Object.entries(answer.files).map(async ([name, file]) => [
      name,
      { ...file, content: await openText(file.content, keyring) },
    ]),
  );
  const stdout = withoutHelpWords(await openText(answer.stdout, keyring));
  return { ...answer, stdout, stderr: withSortedItems(answer.stderr), files: Object.fromEntries(files) };
}

/** kubeseal names the items that do not open in the order of a Go map, another one each time. */
function withSortedItems(text: string): string {
  return text.replace(/(no key could decrypt secret )\((.*?)\)/g, (_text, head: string, names: string) => {
    return `${head}(${names.split(', ').sort().join(', ')})`;
  });
}

/** The help says what flags there are, of which kind and with which default; what it says about them is its own. */
function withoutHelpWords(text: string): string {
  return text.replace(
    /^( {2,6}-.*?\S) {3,}.*?( \(default .*\))?$/gm,
    (_line, head: string, shown = '') => `${head}${shown}`,
  );
}

async function openText(text: string, keyring: Keyring<OpeningKey>): Promise<string> {
  const values = [...new Set(text.match(SEALED_VALUE))];
  const opened = await Promise.all(values.map(async (value) => [value, await openValue(value, keyring)] as const));
  return opened.reduce((whole, [value, meaning]) => whole.replaceAll(value, meaning), text);
}

/** The place and the plaintext; the value itself when it does not open, which no two programs have in common. */
async function openValue(value: string, keyring: Keyring<OpeningKey>): Promise<string> {
  const bytes = tryDecodeBase64(value);
  if (typeof bytes === 'number') return value;
  const envelope = parseEnvelope(bytes);
  for (const [place, label] of places()) {
    for (const key of keyring.keys) {
      const plaintext = await openEnvelope(key, label, envelope);
      if (plaintext !== null) return `<${place}: ${Buffer.from(plaintext.expose()).toString('hex')}>`;
    }
  }
  return value;
}

function places(): readonly (readonly [string, Uint8Array<ArrayBuffer>])[] {
  // The widest first: without a namespace, labels of the others are the same.
  const all = SCOPES.toReversed().flatMap((scope) =>
    NAMESPACES.flatMap((namespace) =>
      NAMES.map((name) => [`${scope} ${namespace}/${name}`, labelOf(scope, namespace, name)] as const),
    ),
  );
  // Of places with one label the first one is told.
  return [
    ...new Map(all.toReversed().map((place) => [Buffer.from(place[1]).toString('hex'), place])).values(),
  ].toReversed();
}

/** Expects of our answer a failure that says `message`, and nothing that was written. */
export function refuses(message: RegExp): (ours: Answer) => void {
  return (ours) => {
    expect(ours).toMatchObject({ code: 1, stdout: '', files: {} });
    expect(ours.stderr).toMatch(message);
  };
}
