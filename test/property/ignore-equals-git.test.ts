import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IgnoreRules, parseIgnoreFile } from '../../shared/sync-plan/ignore-rules.ts';

// Git itself says what is ignored: `git check-ignore` in a work tree whose .gitignore files hold the patterns.
const environment = {
  PATH: process.env['PATH'],
  HOME: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};
const NAMES = ['a', 'b', 'ab', 'a.b', 'a b', '*', '[', 'é', '!a', '#', 'A', '-', 'x]', '\\'];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'signet-ignore-'));
  execFileSync('git', ['init', '--quiet', '--template=', folder], { env: environment });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The paths that git leaves out, when `texts` are the .gitignore files by folder. */
function askGit(texts: ReadonlyMap<string, string>, paths: readonly string[]): string[] {
  for (const name of ['a', 'ab']) rmSync(path.join(folder, name), { recursive: true, force: true });
  for (const [place, text] of texts) {
    mkdirSync(path.join(folder, place), { recursive: true });
    writeFileSync(path.join(folder, place, '.gitignore'), text);
  }
  const args = ['-C', folder, 'check-ignore', '--no-index', '--stdin', '-z'];
  const { status, stdout, stderr } = spawnSync('git', args, { env: environment, input: `${paths.join('\0')}\0` });
  if (status !== 0 && status !== 1) throw new Error(String(stderr));
  return stdout
    .toString('utf8')
    .split('\0')
    .filter((name) => name !== '');
}

function askUs(texts: ReadonlyMap<string, string>, paths: readonly string[]): string[] {
  const lists = Array.from(texts, ([place, text]) => {
    const list = parseIgnoreFile(path.posix.join(place, '.gitignore'), text);
    if (list === null) throw new Error('too many patterns');
    return list;
  });
  const rules = new IgnoreRules(lists, null);
  return paths.filter((name) => rules.find(name, 'file') !== null);
}

const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    'ab',
    '.',
    '*',
    '**',
    '?',
    '/',
    '/',
    '**/',
    '/**',
    '[ab]',
    '[!a]',
    '[^b]',
    '[a-c]',
    '[[:alpha:]]',
    '[[:digit:]b]',
  ],
  ...[
    '\\',
    '\\*',
    '\\a',
    ' ',
    '\\ ',
    '[',
    ']',
    '-',
    '!',
    '#',
    'é',
    '[]a]',
    '[a',
    '[a-',
    '[[:no:]]',
    '[\\]]',
    'A',
    '[A-z]',
    '[b-a]',
  ],
);
const line = fc
  .tuple(
    fc.constantFrom('', '', '', '!', '/', '#', '\\!', '\\#'),
    fc.array(piece, { maxLength: 6 }),
    fc.constantFrom('', '', '/', ' ', '\r'),
  )
  .map(([head, body, tail]) => `${head}${body.join('')}${tail}`);
const text = fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n'));
const filePath = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

test('the same files are left out as git leaves out', () => {
  fc.assert(
    fc.property(
      text,
      fc.option(text),
      fc.option(text),
      fc.uniqueArray(filePath, { minLength: 1, maxLength: 30 }),
      (root, a, ab, paths) => {
        const texts = new Map([['', root]]);
        if (a !== null) texts.set('a', a);
        if (ab !== null) texts.set('a/b', ab);
        // What the work tree has as a folder is none as a file, and the other way round.
        const files = paths.filter((name) => name !== 'a' && name !== 'a/b');
        if (files.length > 0) expect(askUs(texts, files)).toEqual(askGit(texts, files));
      },
    ),
    { numRuns: Number(process.env['IGNORE_RUNS'] ?? 150) },
  );
}, 120_000);
