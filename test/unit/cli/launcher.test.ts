import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { bundle } from '../../../build.ts';
import { FIRST_KEY } from '../../support/test-keys.ts';

const SECRET = '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db","namespace":"shop"},"stringData":{"a":"b"}}';

let folder = '';
let cache = '';

vi.setConfig({ testTimeout: 60_000 });

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'signet-launcher-'));
  cache = path.join(folder, 'dist/compile-cache');
  await bundle(path.join(folder, 'dist'), { signet: 'cli/main.ts' });
  writeFileSync(path.join(folder, 'cert.pem'), FIRST_KEY.certificatePem);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(cache, { recursive: true, force: true }));

function run(args: readonly string[]) {
  const words = [path.join(folder, 'dist/signet.cjs'), ...args];
  return spawnSync(process.execPath, words, { cwd: folder, input: SECRET, env: {}, encoding: 'utf8' });
}

function seal(): void {
  const { status, stdout, stderr } = run(['seal', '--cert', 'cert.pem', '-o', 'json']);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({
    kind: 'SealedSecret',
    spec: { encryptedData: { a: expect.any(String) } },
  });
  expect(status).toBe(0);
}

/** Files of compiled code that the launcher keeps, Node's own aside, and their numbers in the file system. */
function kept(): Map<string, number> {
  try {
    const names = readdirSync(cache).filter((name) => !name.startsWith('v'));
    return new Map(names.toSorted().map((name) => [path.join(cache, name), statSync(path.join(cache, name)).ino]));
  } catch {
    return new Map();
  }
}

test('what the first run of seal compiled is kept, and the second one takes it', () => {
  seal();
  const files = kept();
  expect(files.size).toBe(2);
  seal();
  expect(kept()).toEqual(files);
});

test('sealing in place, which needs more, keeps its own', () => {
  seal();
  const files = kept();
  writeFileSync(path.join(folder, 'secret.json'), SECRET);
  expect(run(['seal', '--cert', 'cert.pem', '--in-place', '-f', 'secret.json']).status).toBe(0);
  expect(kept().size).toBe(4);
  expect([...kept().keys()]).toEqual(expect.arrayContaining([...files.keys()]));
});

test('compiled code that is cut short or of another V8 is not taken, and made anew', () => {
  seal();
  const files = [...kept().keys()];
  const before = files.map((file) => readFileSync(file).length);
  truncateSync(files[0] ?? '', 100);
  writeFileSync(files[1] ?? '', 'what another version wrote');
  seal();
  expect([...kept().keys()]).toEqual(files);
  for (const [at, file] of files.entries()) expect(readFileSync(file).length).toBeGreaterThan((before[at] ?? 0) / 2);
});

test('where nothing can be kept, sealing works all the same', () => {
  writeFileSync(cache, 'no folder');
  seal();
  expect(readFileSync(cache, 'utf8')).toBe('no folder');
});

test('a run that fails keeps nothing, and a help text or another verb nothing that sealing would take', () => {
  expect(run(['seal', '--cert', 'absent.pem']).status).not.toBe(0);
  expect(kept()).toEqual(new Map());
  expect(run(['seal', '--help']).stdout).toMatch(/^Usage: signet seal /);
  expect(run(['--version']).status).toBe(0);
  const others = [...kept().keys()].map((file) => path.basename(file).split('-', 1)[0]);
  expect(others).toEqual(['help', 'help', 'other', 'other']);
});

test('another build takes nothing of what an earlier one kept', async () => {
  seal();
  const [file = ''] = kept().keys();
  const [, id] = /-([0-9a-f]{16})-v/.exec(file) ?? [];
  const launcher = readFileSync(path.join(folder, 'dist/signet.cjs'), 'utf8');
  expect(launcher).toContain(id);
  const other = path.join(folder, 'other');
  await bundle(other, { signet: 'cli/commands/version-number.ts' });
  expect(readFileSync(path.join(other, 'signet.cjs'), 'utf8')).not.toContain(id);
});
