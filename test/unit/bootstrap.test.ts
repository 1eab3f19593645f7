import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './control-plane/release-server.ts';

/** Stands for `npm ci`: notes that it ran, and installs the Node that runs these tests as the pinned one. */
const INSTALLS = `#!/bin/sh
echo "$@" >> npm.log
mkdir -p node_modules/node/bin
ln -sf '${process.execPath}' node_modules/node/bin/node
`;

async function checkout(npm: string): Promise<string> {
  // A checkout's lock is named after its path, which is new each time.
  const root = await realpath(await temporaryFolder());
  await mkdir(path.join(root, 'test'));
  await mkdir(path.join(root, 'bin'));
  await copyFile(path.resolve(import.meta.dirname, '../bootstrap.mjs'), path.join(root, 'test/bootstrap.mjs'));
  await writeFile(path.join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {} } }));
  await writeFile(path.join(root, 'bin/npm'), npm);
  await chmod(path.join(root, 'bin/npm'), 0o755);
  return root;
}

interface Run {
  readonly child: ChildProcess;
  readonly end: Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;
}

function bootstrap(root: string, ...args: string[]): Run {
  const child = spawn(process.execPath, ['test/bootstrap.mjs', ...args], {
    cwd: root,
    // No controlling terminal, so that signals are forwarded whoever runs the tests.
    detached: true,
    env: { PATH: `${path.join(root, 'bin')}:/usr/bin:/bin` },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const end = new Promise<Awaited<Run['end']>>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, end };
}

async function script(root: string, code: string): Promise<string> {
  await writeFile(path.join(root, 'script.mjs'), code);
  return 'script.mjs';
}

test('bootstrap installs before the first run only, and hands over arguments and exit code', async () => {
  const root = await checkout(INSTALLS);
  const file = await script(root, 'console.log(process.argv.slice(2).join(" ")); process.exitCode = 7;');
  const first = await bootstrap(root, file, '--flag', 'a b').end;
  expect(first).toMatchObject({ code: 7, stdout: '--flag a b\n' });
  expect(first.stderr).toMatch(/^installing the dependencies/);
  expect(await bootstrap(root, file).end).toMatchObject({ code: 7, stderr: '' });
  expect((await readFile(path.join(root, 'npm.log'), 'utf8')).split('\n').filter(Boolean)).toHaveLength(1);
});

test('bootstrap installs again when the lockfile has changed', async () => {
  const root = await checkout(INSTALLS);
  const file = await script(root, '');
  await bootstrap(root, file).end;
  await writeFile(path.join(root, 'package-lock.json'), JSON.stringify({ packages: { 'node_modules/a': {} } }));
  expect((await bootstrap(root, file).end).stderr).toMatch(/^installing/);
});

test('bootstrap takes what npm has installed by itself when it is what the lockfile says', async () => {
  const root = await checkout('#!/bin/sh\nexit 1\n');
  const packages = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0', optional: true } };
  await writeFile(path.join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...packages } }));
  await mkdir(path.join(root, 'node_modules/node/bin'), { recursive: true });
  await copyFile('/bin/sh', path.join(root, 'node_modules/node/bin/node'));
  const record = path.join(root, 'node_modules/.package-lock.json');
  await writeFile(record, JSON.stringify({ packages: { 'node_modules/a': packages['node_modules/a'] } }));
  await writeFile(path.join(root, 'script.sh'), 'exit 4');
  expect(await bootstrap(root, 'script.sh').end).toMatchObject({ code: 4, stderr: '' });
});

test('two bootstraps at once install once', async () => {
  const root = await checkout(INSTALLS.replace('mkdir', 'sleep 0.3; mkdir'));
  const file = await script(root, 'console.log("ran")');
  const runs = await Promise.all([bootstrap(root, file).end, bootstrap(root, file).end]);
  expect(runs.map((run) => run.stdout)).toEqual(['ran\n', 'ran\n']);
  expect((await readFile(path.join(root, 'npm.log'), 'utf8')).split('\n').filter(Boolean)).toHaveLength(1);
});

test('bootstrap shows the last lines of an npm that fails, and tries again the next time', async () => {
  const root = await checkout('#!/bin/sh\necho npm error no registry >&2\nexit 3\n');
  const file = await script(root, '');
  const failed = {
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('npm ci failed (exit code 3)\nnpm error no reg'),
  };
  expect(await bootstrap(root, file).end).toMatchObject(failed);
  expect(await bootstrap(root, file).end).toMatchObject(failed);
});

test('bootstrap says what to do when npm ran no install scripts', async () => {
  const root = await checkout('#!/bin/sh\nmkdir node_modules\n');
  expect(await bootstrap(root, await script(root, '')).end).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('the pinned Node was not installed; run npm ci without ignore-scripts'),
  });
});

test('bootstrap without a script says how it is used', async () => {
  const root = await checkout(INSTALLS);
  expect(await bootstrap(root).end).toMatchObject({ code: 2, stderr: expect.stringMatching(/^usage: /) });
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('bootstrap forwards %s to the script', async (signal) => {
  const root = await checkout(INSTALLS);
  const code = `process.on('${signal}', () => { console.log('caught'); process.exit(9); });
setInterval(() => {}, 1000); console.log('up');`;
  const run = bootstrap(root, await script(root, code));
  await new Promise((resolve) => run.child.stdout?.once('data', resolve));
  run.child.kill(signal);
  expect(await run.end).toMatchObject({ code: 9, stdout: 'up\ncaught\n' });
});

test('bootstrap dies of the signal that its script died of', async () => {
  const root = await checkout(INSTALLS);
  const run = bootstrap(root, await script(root, "process.kill(process.pid, 'SIGKILL')"));
  expect(await run.end).toMatchObject({ code: null, signal: 'SIGKILL' });
});
