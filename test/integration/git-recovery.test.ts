import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { GitRepository } from '../../shared/git/git-repository.ts';
import { openRepository, type RepositoryOptions } from '../../shared/git/open-repository.ts';
import { eventually } from '../support/eventually.ts';
import { createGitRepository, GitTestRepository, makeTemporaryFolder } from '../support/git-repository.ts';
import { startGitServer } from '../support/git-server.ts';
import { listenLocally } from '../support/listen-locally.ts';

interface Bench extends AsyncDisposable {
  readonly remote: GitTestRepository;
  readonly cache: string;
  readonly commit: string;
  open(options?: Partial<RepositoryOptions>): GitRepository;
  /** The mirror's folder, once there is one. */
  mirror(): Promise<string>;
}

async function setUp(): Promise<Bench> {
  const folder = await makeTemporaryFolder();
  const remote = await createGitRepository(path.join(folder.path, 'remote.git'));
  const commit = await remote.commit({ 'a.yaml': 'a', 'b.yaml': 'b' });
  const cache = path.join(folder.path, 'cache');
  return {
    remote,
    cache,
    commit,
    open: (options = {}) =>
      openRepository({
        url: remote.url,
        cacheDirectory: cache,
        environment: { PATH: process.env['PATH'] },
        tenant: 'test',
        allowFile: true,
        ...options,
      }),
    mirror: () => mirrorIn(cache),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function mirrorIn(cache: string): Promise<string> {
  const names = await readdir(path.join(cache, 'mirrors'));
  return path.join(cache, 'mirrors', names.find((name) => name.endsWith('.git'))!);
}

/** An http remote whose answers to fetches never come while `isStalling` says so. */
async function startStallingServer(served: string, isStalling: () => boolean) {
  const stalled: IncomingMessage[] = [];
  const server = createServer((incoming, outgoing) => {
    if (incoming.method === 'POST' && isStalling()) {
      stalled.push(incoming);
      return;
    }
    const { host: _host, ...headers } = incoming.headers;
    const forwarded = httpRequest(`${served}${incoming.url}`, { method: incoming.method!, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  const port = await listenLocally(server);
  return {
    url: `http://127.0.0.1:${port}/shop.git`,
    stalled,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function startServedRepository(folder: string) {
  const server = await startGitServer(folder);
  const { folder: repository, url } = await server.createRepository('shop');
  return {
    remote: new GitTestRepository(repository),
    origin: new URL(url).origin,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

test('a mirror with a damaged pack is made anew', async () => {
  await using bench = await setUp();
  await bench.open().readTree(bench.commit, '');
  const packs = path.join(await bench.mirror(), 'objects', 'pack');
  for (const name of await readdir(packs)) {
    if (!name.endsWith('.pack')) continue;
    await rm(path.join(packs, name));
    await writeFile(path.join(packs, name), 'PACK but no pack');
  }
  expect((await bench.open().readTree(bench.commit, '')).files).toHaveLength(2);
});

test.each([
  ['config', '[core\nbroken'],
  ['HEAD', ''],
  ['shallow', 'nonsense\n'],
  ['packed-refs', 'nonsense nonsense\n'],
])('a mirror with a damaged %s is made anew', async (name, text) => {
  await using bench = await setUp();
  await bench.open().readTree(bench.commit, '');
  await writeFile(path.join(await bench.mirror(), name), text);
  const next = await bench.remote.commit({ 'c.yaml': 'c' });
  expect((await bench.open().readTree(next, '')).files).toHaveLength(3);
});

test('something else at the place of the mirror is taken away', async () => {
  await using bench = await setUp();
  await bench.open().readTree(bench.commit, '');
  const mirror = await bench.mirror();
  await rm(mirror, { recursive: true });
  await writeFile(mirror, 'not a folder');
  expect((await bench.open().readTree(bench.commit, '')).files).toHaveLength(2);
  await rm(mirror, { recursive: true });
  await mkdir(mirror);
  expect((await bench.open().readTree(bench.commit, '')).files).toHaveLength(2);
});

test('a cache folder that vanishes between two reads is made again', async () => {
  await using bench = await setUp();
  const repository = bench.open();
  await repository.readTree(bench.commit, '');
  await rm(bench.cache, { recursive: true });
  expect((await repository.readTree(bench.commit, '')).files).toHaveLength(2);
});

test('a mirror that has collected many packs is made anew', async () => {
  await using bench = await setUp();
  await bench.open().readTree(bench.commit, '');
  const packs = path.join(await bench.mirror(), 'objects', 'pack');
  for (let index = 0; index < 70; index++) await writeFile(path.join(packs, `pack-${index}.pack`), '');
  await bench.open().readTree(bench.commit, '');
  expect((await readdir(packs)).filter((name) => name.endsWith('.pack'))).toHaveLength(2);
});

test('a lock that a dead process left makes the mirror new, with its half-done work', async () => {
  await using bench = await setUp();
  await bench.open().readTree(bench.commit, '');
  const mirror = await bench.mirror();
  const child = spawn('true');
  await once(child, 'close');
  await writeFile(`${mirror}.lock`, String(child.pid));
  await writeFile(path.join(mirror, 'shallow.lock'), '');
  const next = await bench.remote.commit({ 'c.yaml': 'c' });
  expect((await bench.open().readTree(next, '')).files).toHaveLength(3);
  await expect(stat(`${mirror}.lock`)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a lock of a live process is waited for', async () => {
  await using bench = await setUp();
  await bench.open().readTree(bench.commit, '');
  const lock = `${await bench.mirror()}.lock`;
  const holder = spawn('sleep', ['60']);
  await writeFile(lock, String(holder.pid));
  let isDone = false;
  const reading = bench
    .open()
    .readTree(bench.commit, '')
    .then((tree) => {
      isDone = true;
      return tree;
    });
  await bench
    .open({ url: `${bench.remote.url}/` })
    .resolve({})
    .catch(() => undefined);
  expect(isDone).toBe(false);
  expect(await readFile(lock, 'utf8')).toBe(String(holder.pid));
  holder.kill('SIGKILL');
  expect((await reading).files).toHaveLength(2);
});

test('a fetch that is given up takes its helpers with it, and the next one works', async () => {
  await using folder = await makeTemporaryFolder();
  await using served = await startServedRepository(path.join(folder.path, 'served'));
  const commit = await served.remote.commit({ 'a.yaml': 'a' });
  let isStalling = true;
  await using server = await startStallingServer(served.origin, () => isStalling);
  const open = (timeoutMs: number): GitRepository =>
    openRepository({
      url: server.url,
      cacheDirectory: path.join(folder.path, 'cache'),
      environment: { PATH: process.env['PATH'] },
      tenant: 'test',
      limits: { timeoutMs },
    });
  await expect(open(700).readTree(commit, '')).rejects.toMatchObject({ code: 'GIT_TIMEOUT' });
  // The helper that held the connection is gone when the server sees it closed.
  await eventually(() => expect(server.stalled.every((incoming) => incoming.socket.destroyed)).toBe(true));
  isStalling = false;
  expect((await open(45_000).readTree(commit, '')).files).toHaveLength(1);
});

test('a process that is killed in the middle of a fetch leaves nothing that stops the next one', async () => {
  await using folder = await makeTemporaryFolder();
  await using served = await startServedRepository(path.join(folder.path, 'served'));
  const commit = await served.remote.commit({ 'a.yaml': 'a' });
  let isStalling = true;
  await using server = await startStallingServer(served.origin, () => isStalling);
  const cache = path.join(folder.path, 'cache');
  const script = path.join(import.meta.dirname, '..', 'support', 'reading-process.ts');
  const child = spawn(process.execPath, [script, server.url, cache, commit], { stdio: ['ignore', 'pipe', 'inherit'] });
  await eventually(() => expect(server.stalled).not.toHaveLength(0));
  child.kill('SIGKILL');
  await once(child, 'close');
  isStalling = false;
  const next = spawn(process.execPath, [script, server.url, cache, commit], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = await Promise.all([readText(next.stdout), once(next, 'close')]);
  expect(output).toBe('1\n');
  expect(await readdir(path.join(cache, 'mirrors'))).toHaveLength(1);
});
