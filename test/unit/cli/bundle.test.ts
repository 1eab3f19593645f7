/** @module The bundle that users get: what is in it, and that it runs by itself, far from its dependencies. */
import { type ChildProcessByStdio, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { bundle, findSealPath, PROGRAMS } from '../../../build.ts';
import { loadProgram, PROGRAM_FILE } from '../../../shared/template/installed-engine.ts';
import { runCli } from '../../support/run-cli.ts';
import { FIRST_KEY } from '../../support/test-keys.ts';

const SECRET = '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db","namespace":"shop"},"stringData":{"a":"b"}}';

let folder = '';
let metafile: Metafile;

vi.setConfig({ testTimeout: 60_000 });

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'signet-bundle-'));
  metafile = await bundle(path.join(folder, 'dist'));
  writeFileSync(path.join(folder, 'cert.pem'), FIRST_KEY.certificatePem);
  writeFileSync(path.join(folder, 'key.pem'), FIRST_KEY.privateKeyPem);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program of the bundle with nothing of this checkout in reach. */
function execute(program: string, args: readonly string[], input = '', env: Record<string, string> = {}) {
  return spawnSync(process.execPath, [path.join(folder, program), ...args], {
    cwd: folder,
    input,
    env,
    encoding: 'utf8',
  });
}

/** Packages in the chunks that `signet seal` loads, and Node's modules that they ask for. */
function contentsOfSealPath(): { readonly packages: ReadonlySet<string>; readonly builtins: ReadonlySet<string> } {
  const names = findSealPath(metafile);
  const outputs = Object.entries(metafile.outputs)
    .filter(([file, { entryPoint }]) => names.has(path.basename(file)) || entryPoint === PROGRAMS['signet'])
    .map(([, output]) => output);
  const inputs = outputs.flatMap((output) => Object.keys(output.inputs));
  const packages = inputs.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  const builtins = outputs.flatMap(({ imports }) => imports.filter(({ external }) => external).map((one) => one.path));
  return { packages: new Set(packages), builtins: new Set(builtins.map((name) => name.replace(/^node:/, ''))) };
}

test('the way of seal holds commander and js-yaml, and no other package', () => {
  expect([...contentsOfSealPath().packages].toSorted()).toEqual(['commander', 'js-yaml']);
});

test('the way of seal asks for no part of Node that is slow to load', () => {
  const slow = ['child_process', 'crypto', 'fs/promises', 'http', 'https', 'net', 'stream', 'tls', 'url', 'zlib'];
  expect(slow.filter((name) => contentsOfSealPath().builtins.has(name))).toEqual([]);
});

test('no file of the bundle asks for a package that is not in it', () => {
  const externals = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external),
  );
  const names = new Set(externals.map((one) => one.path.replace(/^node:/, '').split('/')[0] ?? ''));
  // Optional parts that packages try for and do without.
  for (const optional of ['bufferutil', 'utf-8-validate', 'supports-color', 'pino-pretty', '@opentelemetry'])
    names.delete(optional);
  const { builtinModules } = process.getBuiltinModule('node:module');
  expect([...names].filter((name) => !builtinModules.includes(name) && name !== 'sqlite')).toEqual([]);
});

test('the licence of every package in the bundle comes with it', () => {
  const notices = readFileSync(path.join(folder, 'dist/NOTICES.txt'), 'utf8');
  for (const name of ['commander', 'js-yaml', 'node-forge', 'express', '@kubernetes/client-node']) {
    expect(notices).toContain(`\n${name} `);
  }
});

test('the programs of package.json are there and can be executed', () => {
  expect(readdirSync(path.join(folder, 'dist'))).toEqual(
    expect.arrayContaining(['signet.cjs', 'kubectl-seal.cjs', 'kubeseal.cjs', 'signet-controller.cjs']),
  );
  execFileSync('test', ['-x', path.join(folder, 'dist/signet.cjs')]);
});

test('the bundle seals and unseals by itself', () => {
  const sealed = execute('dist/signet.cjs', ['seal', '--cert', 'cert.pem'], SECRET);
  expect(sealed.stderr).toBe('');
  const opened = execute('dist/signet.cjs', ['unseal', '--private-key', 'key.pem'], sealed.stdout);
  expect(opened.stdout).toContain('a: Yg==');
  expect(opened.status).toBe(0);
});

test('the bundle reads YAML as the sources do', async () => {
  const traps = ['yes', '0777', '1_000', '2001-12-14', '190:20:30', '!!binary aGk=', '~', '&a x', '9007199254740993'];
  const items = traps.map((trap, at) => `  k${at}: ${trap}\n`).join('');
  const stdin = `apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData:\n${items}`;
  const fromSources = await runCli(['seal', '--cert', 'cert.pem'], { cwd: folder, stdin });
  expect(fromSources.stderr).toContain('stringData.k0 is a boolean');
  expect(execute('dist/signet.cjs', ['seal', '--cert', 'cert.pem'], stdin).stderr).toBe(fromSources.stderr);
});

test('errors of a verb in a chunk of its own are known for what they are', () => {
  const kubeconfig = 'kubeconfig.yaml';
  writeFileSync(
    path.join(folder, kubeconfig),
    'clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}]\nusers: [{name: a, user: {}}]\n' +
      'contexts: [{name: a, context: {cluster: a, user: a}}]\ncurrent-context: a\n',
  );
  for (const args of [['cert'], ['rotate'], ['sync', 'status'], ['sync', 'plan', 'x']]) {
    const { status, stderr } = execute('dist/signet.cjs', [...args, '--kubeconfig', kubeconfig]);
    expect(stderr).toContain('cannot reach the API server https://127.0.0.1:1 (context "a" of ');
    expect(status).toBe(6);
  }
});

test('kubectl seal is signet seal, also through a link', () => {
  symlinkSync('dist/kubectl-seal.cjs', path.join(folder, 'kubectl-seal'));
  for (const program of ['dist/kubectl-seal.cjs', 'kubectl-seal']) {
    expect(execute(program, ['--help']).stdout).toMatch(/^Usage: kubectl seal /);
    expect(execute(program, ['--cert', 'cert.pem'], SECRET).stdout).toContain('kind: SealedSecret');
  }
});

test('kubeseal is signet kubeseal, also through a link to signet', () => {
  symlinkSync('dist/signet.cjs', path.join(folder, 'kubeseal'));
  for (const program of ['dist/kubeseal.cjs', 'kubeseal']) {
    expect(execute(program, ['--help']).stdout).toMatch(/^Usage of kubeseal:\n/);
    expect(execute(program, ['--cert', 'cert.pem'], SECRET).stdout).toContain('"kind": "SealedSecret"');
  }
});

/** Starts a seal whose result is far larger than a pipe holds. */
function startLargeSeal(): ChildProcessByStdio<null, Readable, Readable> {
  const many = Array.from({ length: 400 }, (_, at) => SECRET.replace('"db"', `"db${at}"`)).join('\n');
  writeFileSync(path.join(folder, 'many.json'), many);
  const args = [path.join(folder, 'dist/signet.cjs'), 'seal', '-f', 'many.json', '--cert', 'cert.pem'];
  return spawn(process.execPath, args, { cwd: folder, env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
}

test('a reader that goes away ends the program quietly', async () => {
  const child = startLargeSeal();
  const stderr = child.stderr.toArray();
  await once(child.stdout, 'readable');
  child.stdout.destroy();
  const [code] = await once(child, 'close');
  expect(code).toBe(141);
  expect(Buffer.concat(await stderr).toString()).toBe('');
});

test('a large result reaches its reader whole', async () => {
  const text = Buffer.concat(await startLargeSeal().stdout.toArray()).toString();
  expect(text.match(/^kind: SealedSecret$/gm)).toHaveLength(400);
});

test('an interrupt ends a program that waits for its input', async () => {
  const args = [path.join(folder, 'dist/signet.cjs'), 'seal', '--cert', 'cert.pem'];
  const child = spawn(process.execPath, args, { cwd: folder, env: {}, stdio: 'pipe' });
  const stderr = child.stderr.toArray();
  // More than a pipe holds: it is accepted only by a program that reads.
  await new Promise((resolve) => child.stdin.write(Buffer.alloc(1024 * 1024, '#'), resolve));
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect(Buffer.concat(await stderr).toString()).toBe('signet: interrupted\n');
  expect(code).toBe(130);
});

test('templates are rendered by an engine beside the program, and by nothing without one', async (context) => {
  const program = await loadProgram(process.env).catch((error: Error) => error);
  context.skip(program instanceof Error, program instanceof Error ? program.message : '');
  const sealed = JSON.parse(execute('dist/signet.cjs', ['seal', '--cert', 'cert.pem', '-o', 'json'], SECRET).stdout);
  const template = { data: { t: '{{ .a | upper }}' } };
  const input = JSON.stringify({ ...sealed, spec: { ...sealed.spec, template } });
  const args = ['unseal', '-f', '-', '--private-key', 'key.pem', '-o', 'json'];
  const engine = path.join(folder, 'dist', PROGRAM_FILE);
  rmSync(engine, { force: true });
  expect(execute('dist/signet.cjs', args, input).stderr).toContain(`hint: put "${PROGRAM_FILE}" beside the program`);
  writeFileSync(engine, gzipSync(program as Uint8Array, { level: 1 }));
  const { stdout, stderr } = execute('dist/signet.cjs', args, input);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout).data).toEqual({ a: btoa('b'), t: btoa('B') });
});

test('the controller tells its flags without a package in reach', () => {
  const { status, stdout } = execute('dist/signet-controller.cjs', ['--help']);
  expect(stdout).toContain('Usage: signet-controller');
  expect(status).toBe(0);
});
