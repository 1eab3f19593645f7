import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { GitCredentials } from '../../shared/git/git-credentials.ts';
import type { GitRepository } from '../../shared/git/git-repository.ts';
import { openRepository } from '../../shared/git/open-repository.ts';
import { createGitRepository, type GitTestRepository, makeTemporaryFolder } from '../support/git-repository.ts';
import {
  findSshServer,
  makeSshKey,
  type SshServer,
  type SshServerLookup,
  startSshServer,
} from '../support/ssh-server.ts';

let lookup: SshServerLookup;

beforeAll(async () => {
  lookup = await findSshServer();
}, 600_000);

interface Bench extends AsyncDisposable {
  readonly remote: GitTestRepository;
  readonly server: SshServer;
  readonly folder: string;
  readonly cache: string;
  readonly credentials: GitCredentials;
  open(credentials: GitCredentials): GitRepository;
}

async function setUp(program: string): Promise<Bench> {
  const folder = await makeTemporaryFolder();
  const root = path.join(folder.path, 'served');
  const remote = await createGitRepository(path.join(root, 'shop.git'));
  const server = await startSshServer(program, root, path.join(folder.path, 'keys'));
  // A blank, a percent sign and an apostrophe: what ssh and the shell between git and ssh would stumble over.
  const cache = path.join(folder.path, "it's 100% a cache");
  return {
    remote,
    server,
    folder: folder.path,
    cache,
    credentials: { identity: SecretBytes.fromText(server.identity), knownHosts: server.knownHosts },
    open: (credentials) =>
      openRepository({
        url: `ssh://git@127.0.0.1:${server.port}/shop.git`,
        cacheDirectory: cache,
        environment: { PATH: process.env['PATH'] },
        tenant: 'test',
        credentials,
      }),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('a repository is read over ssh, and no key file stays behind', async ({ skip }) => {
  if (lookup.missing !== undefined) return skip(lookup.missing);
  await using bench = await setUp(lookup.path);
  const commit = await bench.remote.commit({ 'deploy/a.yaml': 'a' });
  const repository = bench.open(bench.credentials);
  expect((await repository.resolve({ branch: 'main' })).commit).toBe(commit);
  expect((await repository.readTree(commit, 'deploy')).files).toHaveLength(1);
  expect(await readdir(path.join(bench.cache, 'private'))).toEqual([]);
});

test('a key as editors save it, with CRLF and no last line break, is accepted', async ({ skip }) => {
  if (lookup.missing !== undefined) return skip(lookup.missing);
  await using bench = await setUp(lookup.path);
  const commit = await bench.remote.commit({ 'a.yaml': 'a' });
  const identity = SecretBytes.fromText(bench.server.identity.trimEnd().replaceAll('\n', '\r\n'));
  expect((await bench.open({ ...bench.credentials, identity }).resolve({})).commit).toBe(commit);
});

test('another key is told as rejected credentials', async ({ skip }) => {
  if (lookup.missing !== undefined) return skip(lookup.missing);
  await using bench = await setUp(lookup.path);
  const other = await readFile(await makeSshKey(path.join(bench.folder, 'other')), 'utf8');
  const attempt = bench.open({ ...bench.credentials, identity: SecretBytes.fromText(other) }).resolve({});
  await expect(attempt).rejects.toMatchObject({ code: 'GIT_AUTH_REJECTED' });
  expect(await readdir(path.join(bench.cache, 'private'))).toEqual([]);
});

test('a host whose key is another one is refused, and its fingerprint named', async ({ skip }) => {
  if (lookup.missing !== undefined) return skip(lookup.missing);
  await using bench = await setUp(lookup.path);
  const other = await readFile(`${await makeSshKey(path.join(bench.folder, 'other'))}.pub`, 'utf8');
  const knownHosts = `[127.0.0.1]:${bench.server.port} ${other}`;
  await expect(bench.open({ ...bench.credentials, knownHosts }).resolve({})).rejects.toMatchObject({
    code: 'GIT_HOST_KEY_MISMATCH',
    message: expect.stringContaining(`it sent ssh-ed25519 ${bench.server.fingerprint}`),
  });
});

test('a host that known_hosts does not list is refused, and its fingerprint named', async ({ skip }) => {
  if (lookup.missing !== undefined) return skip(lookup.missing);
  await using bench = await setUp(lookup.path);
  const knownHosts = bench.server.knownHosts.replace('127.0.0.1', '192.0.2.1');
  const attempt = bench.open({ ...bench.credentials, knownHosts }).resolve({});
  await expect(attempt).rejects.toMatchObject({ code: 'GIT_HOST_KEY_MISMATCH' });
  await expect(attempt).rejects.toThrow(
    /known_hosts has no key for host ".*127\.0\.0\.1.*"; it sent ssh-ed25519 SHA256:/,
  );
});

test('an unknown repository over ssh is told as such', async ({ skip }) => {
  if (lookup.missing !== undefined) return skip(lookup.missing);
  await using bench = await setUp(lookup.path);
  const repository = openRepository({
    url: `ssh://git@127.0.0.1:${bench.server.port}/nope.git`,
    cacheDirectory: bench.cache,
    environment: { PATH: process.env['PATH'] },
    tenant: 'test',
    credentials: bench.credentials,
  });
  await expect(repository.resolve({})).rejects.toMatchObject({ code: 'GIT_REPOSITORY_NOT_FOUND' });
});
