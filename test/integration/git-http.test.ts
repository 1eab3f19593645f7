import { once } from 'node:events';
import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { GitRepository } from '../../shared/git/git-repository.ts';
import { openRepository, type RepositoryOptions } from '../../shared/git/open-repository.ts';
import { eventually } from '../support/eventually.ts';
import { GitTestRepository, makeTemporaryFolder } from '../support/git-repository.ts';
import { startGitServer } from '../support/git-server.ts';
import { listenLocally } from '../support/listen-locally.ts';
import { issueLoopbackCertificate } from '../support/loopback-certificate.ts';

const TOKEN = 'canary-token-9Zx';
const PASSWORD = 'canary/pass:word@9';

interface Bench extends AsyncDisposable {
  readonly remote: GitTestRepository;
  readonly url: string;
  readonly folder: string;
  open(options?: Partial<RepositoryOptions>): GitRepository;
}

async function setUp(isAllowed: (authorization: string | undefined) => boolean = () => true): Promise<Bench> {
  const folder = await makeTemporaryFolder();
  const server = await startGitServer(path.join(folder.path, 'served'), { isAllowed });
  const served = await server.createRepository('shop');
  return {
    remote: new GitTestRepository(served.folder),
    url: served.url,
    folder: folder.path,
    open: (options = {}) =>
      openRepository({
        url: served.url,
        cacheDirectory: path.join(folder.path, 'cache'),
        environment: { PATH: process.env['PATH'] },
        tenant: 'test',
        limits: { timeoutMs: 45_000 },
        ...options,
      }),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function listen(server: Server): Promise<{ readonly port: number } & AsyncDisposable> {
  return {
    port: await listenLocally(server),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A server of our own on loopback, for what git's own does not do. */
async function serve(listener: RequestListener): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = await listen(createServer(listener));
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** Passes requests on, without the headers in `dropped`. */
function forward(target: string, ...dropped: readonly string[]): RequestListener {
  return (incoming, outgoing) => {
    const kept = Object.entries(incoming.headers).filter(([name]) => name !== 'host' && !dropped.includes(name));
    const options = { method: incoming.method!, headers: Object.fromEntries(kept) };
    const forwarded = httpRequest(`${target}${incoming.url}`, options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  };
}

/** As an old server would see them: protocol version 2 is asked for in a header. */
function forwardAsOldProtocol(target: string): RequestListener {
  return forward(target, 'git-protocol');
}

async function failureOf(attempt: Promise<unknown>): Promise<{ code: string; message: string; text: string }> {
  const error = await attempt.then(
    () => {
      throw new Error('it did not fail');
    },
    (failure: unknown) => failure as Error & { code: string; hint?: string },
  );
  return {
    code: error.code,
    message: error.message,
    text: `${error.message} ${error.hint} ${error.stack} ${String(error.cause)}`,
  };
}

test('a repository behind basic authentication is read with user name and password', async () => {
  const expected = `Basic ${Buffer.from(`deploy:${PASSWORD}`).toString('base64')}`;
  await using bench = await setUp((authorization) => authorization === expected);
  const commit = await bench.remote.commit({ 'a.yaml': 'a' });
  const repository = bench.open({ credentials: { username: 'deploy', password: SecretBytes.fromText(PASSWORD) } });
  expect(await repository.resolve({ branch: 'main' })).toEqual({ commit, revision: `main@sha1:${commit}` });
  expect((await repository.readTree(commit, '')).files).toHaveLength(1);
});

test('a repository behind a bearer token is read with the token', async () => {
  await using bench = await setUp((authorization) => authorization === `Bearer ${TOKEN}`);
  const commit = await bench.remote.commit({ 'a.yaml': 'a' });
  const repository = bench.open({ credentials: { bearerToken: SecretBytes.fromText(TOKEN) } });
  expect((await repository.resolve({})).commit).toBe(commit);
  expect((await repository.readTree(commit, '')).files).toHaveLength(1);
});

test('wrong and missing credentials are told as such, and not repeated', async () => {
  await using bench = await setUp(() => false);
  const wrong = await failureOf(
    bench.open({ credentials: { username: 'deploy', password: SecretBytes.fromText(PASSWORD) } }).resolve({}),
  );
  expect(wrong.code).toBe('GIT_AUTH_REJECTED');
  expect(wrong.text).not.toContain(PASSWORD);
  expect(wrong.text).not.toContain(Buffer.from(`deploy:${PASSWORD}`).toString('base64'));
  expect((await failureOf(bench.open().resolve({}))).code).toBe('GIT_AUTH_REJECTED');
});

test('a server that repeats the token in its answer does not get it into a message', async () => {
  await using server = await serve((incoming, outgoing) => {
    outgoing.writeHead(500, { 'content-type': 'text/plain' });
    outgoing.end(
      `cannot serve ${incoming.headers.authorization} at https://user:${PASSWORD}@example.com/?token=${TOKEN}`,
    );
  });
  await using bench = await setUp();
  const options = { url: `${server.url}/shop.git`, credentials: { bearerToken: SecretBytes.fromText(TOKEN) } };
  const failure = await failureOf(bench.open(options).resolve({}));
  expect(failure.code).toBe('GIT_UNREACHABLE');
  expect(failure.text).not.toContain(TOKEN);
  expect(failure.text).not.toContain(PASSWORD);
});

test('credentials do not follow a redirect', async () => {
  const seen: (string | undefined)[] = [];
  await using other = await serve((incoming, outgoing) => {
    seen.push(incoming.headers.authorization);
    outgoing.writeHead(404).end();
  });
  await using server = await serve((incoming, outgoing) => {
    outgoing.writeHead(302, { location: `${other.url}${incoming.url}` }).end();
  });
  await using bench = await setUp();
  const options = { url: `${server.url}/shop.git`, credentials: { bearerToken: SecretBytes.fromText(TOKEN) } };
  expect((await failureOf(bench.open(options).resolve({}))).code).toBe('GIT_REDIRECTED');
  expect(seen).toEqual([]);
});

test('an unknown repository, a closed port and an unknown host are told apart', async () => {
  await using bench = await setUp();
  const { url } = bench;
  const unknown = await failureOf(bench.open({ url: url.replace('shop', 'nope') }).resolve({}));
  expect(unknown.code).toBe('GIT_REPOSITORY_NOT_FOUND');
  const closed = await failureOf(bench.open({ url: 'http://127.0.0.1:1/shop.git' }).resolve({}));
  expect(closed.code).toBe('GIT_UNREACHABLE');
  const nowhere = await failureOf(bench.open({ url: 'https://host.invalid/shop.git' }).resolve({}));
  expect(nowhere.code).toBe('GIT_UNREACHABLE');
  expect(nowhere.message).toContain('host.invalid');
});

test('a server with a certificate of an unknown issuer is read only with that issuer in ca.crt', async () => {
  await using bench = await setUp((authorization) => authorization === `Bearer ${TOKEN}`);
  const commit = await bench.remote.commit({ 'a.yaml': 'a' });
  const { keyPem, certificatePem } = issueLoopbackCertificate();
  await using server = await listen(
    createHttpsServer({ key: keyPem, cert: certificatePem }, forward(new URL(bench.url).origin)),
  );
  const url = `https://127.0.0.1:${server.port}/shop.git`;
  const bearerToken = SecretBytes.fromText(TOKEN);
  const strange = await failureOf(bench.open({ url, credentials: { bearerToken } }).resolve({}));
  expect(strange.code).toBe('GIT_TLS_REJECTED');
  expect(strange.text).toContain('ca.crt');
  const repository = bench.open({ url, credentials: { bearerToken, caPem: certificatePem } });
  expect((await repository.resolve({})).commit).toBe(commit);
  expect((await repository.readTree(commit, '')).files).toHaveLength(1);
});

test('a server that asks for a client certificate gets the one in tls.crt and tls.key', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({ 'a.yaml': 'a' });
  const { keyPem, certificatePem } = issueLoopbackCertificate();
  const mutual = { key: keyPem, cert: certificatePem, ca: certificatePem, requestCert: true, rejectUnauthorized: true };
  await using server = await listen(createHttpsServer(mutual, forward(new URL(bench.url).origin)));
  const url = `https://127.0.0.1:${server.port}/shop.git`;
  // Under TLS 1.3 the request is on its way before the refusal, and a connection that is reset meanwhile loses it.
  await eventually(async () => {
    const stranger = await failureOf(bench.open({ url, credentials: { caPem: certificatePem } }).resolve({}));
    expect(stranger.code).toBe('GIT_AUTH_REJECTED');
  });
  const tlsKey = SecretBytes.fromText(keyPem);
  const repository = bench.open({ url, credentials: { caPem: certificatePem, tlsCertPem: certificatePem, tlsKey } });
  expect((await repository.resolve({})).commit).toBe(commit);
  expect((await repository.readTree(commit, '')).files).toHaveLength(1);
  const half = bench.open({ url, credentials: { caPem: certificatePem, tlsKey } });
  expect((await failureOf(half.resolve({}))).code).toBe('GIT_CREDENTIALS_INVALID');
});

test('a server that never answers is given up at the deadline', async () => {
  const waiting: unknown[] = [];
  await using server = await serve((incoming) => waiting.push(incoming));
  await using bench = await setUp();
  const options = { url: `${server.url}/shop.git`, limits: { timeoutMs: 3_000 } };
  expect((await failureOf(bench.open(options).resolve({}))).code).toBe('GIT_TIMEOUT');
  expect(waiting).not.toHaveLength(0);
});

test('a server of the old protocol is read by reference, with whole files', async () => {
  await using bench = await setUp();
  await bench.remote.git('config', 'uploadpack.allowAnySHA1InWant', 'false');
  const first = await bench.remote.commit({ 'a.yaml': 'old' });
  const tip = await bench.remote.commit({ 'a.yaml': 'new' });
  await using old = await serve(forwardAsOldProtocol(new URL(bench.url).origin));
  const repository = bench.open({ url: `${old.url}/shop.git` });
  expect((await repository.resolve({ branch: 'main' })).commit).toBe(tip);
  const tree = await repository.readTree(tip, '');
  expect(new TextDecoder().decode(tree.files[0]!.bytes)).toBe('new');
  // An older commit is refused by its id, is no tip of a reference, and is found in the history.
  const older = await repository.readTree(first, '');
  expect(new TextDecoder().decode(older.files[0]!.bytes)).toBe('old');
  expect((await failureOf(repository.readTree('3'.repeat(40), ''))).code).toBe('GIT_COMMIT_NOT_FOUND');
});

test('a server that gives out commits by id but no files sends them whole', async () => {
  await using bench = await setUp();
  await bench.remote.git('config', 'uploadpack.allowAnySHA1InWant', 'false');
  await bench.remote.git('config', 'uploadpack.allowTipSHA1InWant', 'true');
  const tip = await bench.remote.commit({ 'a.yaml': 'a', 'b/b.yaml': 'b' });
  await using old = await serve(forwardAsOldProtocol(new URL(bench.url).origin));
  const tree = await bench.open({ url: `${old.url}/shop.git` }).readTree(tip, '');
  expect(tree.files.map((file) => file.path)).toEqual(['a.yaml', 'b/b.yaml']);
});
