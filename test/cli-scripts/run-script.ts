/** @module Plays one transcript in a folder of its own and compares what comes of it. */
import { mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type CliResult, runCli, withTempFolder } from '../support/run-cli.ts';
import { ELLIPTIC_CERTIFICATE_PEM, FIRST_KEY, SECOND_KEY, WEAK_KEY } from '../support/test-keys.ts';
import { parseScript, type Script, type Step } from './script.ts';

/** Plays the transcript in `file`; rejects with everything that differs. */
export async function runScript(file: string): Promise<void> {
  const script = parseScript(await readFile(file, 'utf8'));
  await withTempFolder(async (folder) => {
    await writeFixtures(folder);
    for (const [name, content] of script.files) await write(folder, name, content);
    for (const step of script.steps) {
      const differences = await playStep(folder, script, step);
      if (differences.length > 0)
        throw new Error(`line ${step.line}: ${step.words.join(' ')}\n${differences.join('\n')}`);
    }
  });
}

/** Files that every transcript finds: two pairs that belong together, and certificates that are unfit. */
async function writeFixtures(folder: string): Promise<void> {
  await write(folder, 'cert.pem', FIRST_KEY.certificatePem);
  await write(folder, 'key.pem', FIRST_KEY.privateKeyPem);
  await write(folder, 'other-cert.pem', SECOND_KEY.certificatePem);
  await write(folder, 'other-key.pem', SECOND_KEY.privateKeyPem);
  await write(folder, 'weak.pem', WEAK_KEY.certificatePem);
  await write(folder, 'elliptic.pem', ELLIPTIC_CERTIFICATE_PEM);
}

async function write(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
}

async function playStep(folder: string, script: Script, step: Step): Promise<readonly string[]> {
  const result = await execute(folder, step.words);
  if (result === null) return [];
  const differences = [
    ...(result.code === step.exit ? [] : [`exit code: expected ${step.exit}, found ${result.code}`]),
    ...compare('stdout', step.stdout, result.stdout),
    ...compare('stderr', step.stderr, result.stderr.replaceAll(folder, '$WORK')),
  ];
  for (const { name, lines } of step.files) differences.push(...compare(name, lines, await readText(folder, name)));
  for (const name of step.unchanged) {
    if ((await readText(folder, name)) !== script.files.get(name)) differences.push(`${name} has changed`);
  }
  const present = await readdir(folder, { recursive: true });
  for (const name of step.absent) if (present.includes(name)) differences.push(`${name} is there`);
  differences.push(
    ...present.filter((name) => /\.signet-(\d+|lock)$/.test(name)).map((name) => `${name} was left behind`),
  );
  return differences;
}

/** Runs one command; null for those of the transcript's own, which make no output. */
async function execute(folder: string, words: readonly string[]): Promise<CliResult | null> {
  const at = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const env = Object.fromEntries(words.slice(0, at).map((word) => word.split('=', 2) as [string, string]));
  const [program = '', ...rest] = words.slice(at);
  const own = OWN_COMMANDS[program];
  if (own !== undefined) {
    await own(folder, rest);
    return null;
  }
  if (program !== 'signet') throw new Error(`unknown command "${program}"`);
  const redirect = rest.indexOf('<');
  const stdin = redirect < 0 ? '' : await readFile(path.join(folder, rest[redirect + 1] ?? ''));
  const argv = redirect < 0 ? rest : rest.slice(0, redirect);
  const { NOW = '2026-11-01T12:00:00Z', TYPED, ...variables } = env;
  return runCli(argv, {
    cwd: folder,
    stdin,
    ...(TYPED === undefined ? {} : { typed: TYPED.split('|'), stdinIsTty: true }),
    env: { HOME: path.join(folder, 'home'), ...variables },
    now: () => new Date(NOW),
  });
}

const OWN_COMMANDS: Readonly<Record<string, (folder: string, words: readonly string[]) => Promise<void>>> = {
  /** `resize FILE BYTES` */
  resize: async (folder, [name = '', size]) => {
    await write(folder, name, '');
    await truncate(path.join(folder, name), Number(size));
  },
  /** `utf16 FILE`: as PowerShell saves it */
  utf16: async (folder, [name = '']) => {
    await write(folder, name, Buffer.from(`\ufeff${await readText(folder, name)}`, 'utf16le'));
  },
  /** `bytes FILE HEX` */
  bytes: async (folder, [name = '', hex = '']) => write(folder, name, Buffer.from(hex, 'hex')),
  /** `edit FILE PATTERN REPLACEMENT`, with a regular expression that must match */
  edit: async (folder, [name = '', pattern = '', replacement = '']) => {
    const before = await readText(folder, name);
    const after = before.replace(new RegExp(pattern, 'm'), replacement.replaceAll('\\n', '\n'));
    if (after === before) throw new Error(`"${pattern}" is not in ${name}`);
    await write(folder, name, after);
  },
  /** `join TARGET FILE...` */
  join: async (folder, [target = '', ...names]) => {
    const texts = await Promise.all(names.map((name) => readText(folder, name)));
    await write(folder, target, texts.join(''));
  },
  link: async (folder, [target = '', name = '']) => symlink(target, path.join(folder, name)),
  mkdir: async (folder, [name = '']) => void (await mkdir(path.join(folder, name), { recursive: true })),
};

function readText(folder: string, name: string): Promise<string> {
  return readFile(path.join(folder, name), 'utf8');
}

function compare(what: string, expected: readonly string[], found: string): readonly string[] {
  const lines = found === '' ? [] : found.replace(/\n$/, '').split('\n');
  if (matches(expected, lines)) return [];
  const shown = lines.map((line) => `  ${line.length > 300 ? `${line.slice(0, 300)}…` : line}`);
  return [`${what}: expected`, ...expected.map((line) => `  ${line}`), 'found', ...shown];
}

function matches(expected: readonly string[], found: readonly string[]): boolean {
  const [first, ...rest] = expected;
  if (first === undefined) return found.length === 0;
  if (first.trim() === '...') return found.some((_, at) => matches(rest, found.slice(at))) || matches(rest, []);
  const [line, ...others] = found;
  return line !== undefined && toPattern(first).test(line) && matches(rest, others);
}

function toPattern(line: string): RegExp {
  const parts = line.split('<*>').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'u');
}
