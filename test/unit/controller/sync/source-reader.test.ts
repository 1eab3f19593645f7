import { expect, test } from 'vitest';
import { type RepositoryRequest, SourceReader } from '../../../../controller/sync/source-reader.ts';
import { encodeBase64 } from '../../../../shared/encoding/base64.ts';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import type { GitRepository, ResolvedRevision } from '../../../../shared/git/git-repository.ts';
import type { GitSync, GitSyncSource } from '../../../../shared/resources/git-sync.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';

function gitSync(source: Partial<GitSyncSource> = {}, namespace = 'n', name = 'app'): GitSync {
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace, name },
    spec: { source: { url: 'https://git.example.com/a.git', ...source } },
  };
}

function createReader(secret: KubeObject | null = null) {
  const requests: RepositoryRequest[] = [];
  const resolves: PromiseWithResolvers<ResolvedRevision>[] = [];
  const world = {
    secret,
    requests,
    resolves,
    reads: 0,
    nowMs: 0,
    moved: [] as string[],
    known: [] as GitSync[],
    alongside: [] as readonly string[],
  };
  const reader = new SourceReader({
    client: { get: async () => world.secret },
    cache: { inNamespace: (namespace) => world.known.filter(({ metadata }) => metadata.namespace === namespace) },
    nowMs: () => world.nowMs,
    onMoved: ({ name }) => world.moved.push(name),
    openRepository: (request): GitRepository => {
      requests.push(request);
      return {
        url: request.url,
        resolve: () => {
          const answer = Promise.withResolvers<ResolvedRevision>();
          resolves.push(answer);
          return answer.promise;
        },
        isSameFolder: async () => false,
        readTree: async (commit, _path, { alongside = () => [] } = {}) => {
          world.reads += 1;
          world.alongside = alongside();
          return { commit, files: [], problems: [], skipped: [] };
        },
        readMerge: async (commit) => ({ commit, files: [], problems: [], skipped: [] }),
        verifySignature: async () => undefined,
        readCommit: async () => ({ subject: 'change', author: 'Test', committedAt: 0, parents: [] }),
        compareHistory: async () => 'descendant',
        findLastChange: async () => null,
      };
    },
  });
  return { reader, world };
}

const { signal } = new AbortController();
const revision = { commit: 'c', revision: 'main@sha1:c' };

function loginSecret(resourceVersion: string): KubeObject {
  const data = { username: encodeBase64(encodeUtf8('me')), password: encodeBase64(encodeUtf8('s3cret')) };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { uid: 'u', name: 'login', resourceVersion }, data };
}

test('GitSyncs of one namespace that want the same reference share one question to the remote', async () => {
  const { reader, world } = createReader();
  const first = await reader.open(gitSync(), signal);
  const second = await reader.open(gitSync({ path: 'elsewhere' }), signal);
  const third = await reader.open(gitSync({ ref: { branch: 'other' } }), signal);
  const answers = [first.resolve(), second.resolve(), third.resolve()];
  expect(world.resolves).toHaveLength(2);
  for (const { resolve } of world.resolves) resolve(revision);
  expect(await Promise.all(answers)).toEqual([revision, revision, revision]);
  world.nowMs = 1;
  void first.resolve();
  expect(world.resolves).toHaveLength(3);
});

test('a question that was sent before somebody asked does not answer him, be it under way or over', async () => {
  const { reader, world } = createReader();
  const first = await reader.open(gitSync({}, 'n', 'first'), signal);
  const second = await reader.open(gitSync({}, 'n', 'second'), signal);
  const before = first.resolve();
  world.nowMs = 5;
  const after = second.resolve();
  expect(world.resolves).toHaveLength(2);
  world.resolves[0]!.resolve(revision);
  const newer = { commit: 'd', revision: 'main@sha1:d' };
  world.resolves[1]!.resolve(newer);
  expect(await Promise.all([before, after])).toEqual([revision, newer]);
  expect(await first.resolve(5)).toEqual(newer);
  expect(world.resolves).toHaveLength(2);
  world.nowMs = 7;
  void first.resolve(6);
  expect(world.resolves).toHaveLength(3);
});

test('what one namespace reads is not shared with another', async () => {
  const { reader, world } = createReader();
  void (await reader.open(gitSync({}, 'one'), signal)).resolve();
  void (await reader.open(gitSync({}, 'two'), signal)).resolve();
  expect(world.requests.map(({ tenant }) => tenant)).toEqual(['one', 'two']);
  expect(world.resolves).toHaveLength(2);
});

test('a repository is opened again when its login changes', async () => {
  const { reader, world } = createReader(loginSecret('1'));
  const source = { secretRef: { name: 'login' } };
  await reader.open(gitSync(source), signal);
  await reader.open(gitSync(source), signal);
  world.secret = loginSecret('2');
  await reader.open(gitSync(source), signal);
  expect(world.requests).toHaveLength(2);
  expect(world.requests[0]?.credentials?.username).toBe('me');
  expect(JSON.stringify(world.requests)).not.toContain('s3cret');
});

test('a login that does not exist is named', async () => {
  const { reader } = createReader();
  await expect(reader.open(gitSync({ secretRef: { name: 'login' } }), signal)).rejects.toMatchObject({
    code: 'GIT_CREDENTIALS_INVALID',
    message: 'cannot use Secret n/login for Git: it does not exist',
  });
});

test('a failed question is asked again the next time', async () => {
  const { reader, world } = createReader();
  const source = await reader.open(gitSync(), signal);
  const asked = source.resolve();
  world.resolves[0]!.reject(new Error('unreachable'));
  await expect(asked).rejects.toThrow('unreachable');
  const again = source.resolve();
  world.resolves[1]!.resolve(revision);
  expect(await again).toBe(revision);
});

test('one answer serves every GitSync of the same reference for a while, and a change is told to the others', async () => {
  const { reader, world } = createReader();
  const [a, b, other] = await Promise.all([
    reader.open(gitSync({}, 'n', 'a'), signal),
    reader.open(gitSync({}, 'n', 'b'), signal),
    reader.open(gitSync({ ref: { branch: 'other' } }, 'n', 'other'), signal),
  ]);
  const asked = a.resolve(-800);
  world.resolves[0]!.resolve(revision);
  await asked;
  world.nowMs = 800;
  expect(await b.resolve(0)).toBe(revision);
  expect(world.resolves).toHaveLength(1);
  expect(world.moved).toEqual([]);
  const later = b.resolve(1);
  const moved = { commit: 'd', revision: 'main@sha1:d' };
  world.resolves[1]!.resolve(moved);
  await later;
  expect(world.moved).toEqual(['a']);
  expect(await a.resolve(800)).toBe(moved);
  void other.resolve(800);
  world.nowMs = 801;
  void a.resolve();
  expect(world.resolves).toHaveLength(4);
  reader.forget({ namespace: 'n', name: 'a' });
  world.resolves[3]!.resolve(revision);
  await expect.poll(() => world.moved).toEqual(['a', 'b']);
});

test('after a doubt the remote is asked anew, once for all, and an answer from before serves nobody', async () => {
  const { reader, world } = createReader();
  const request = { namespace: 'n', name: 'app' };
  const first = await reader.open(gitSync(), signal);
  const second = await reader.open(gitSync({}, 'n', 'second'), signal);
  const before = first.resolve();
  world.nowMs = 10;
  reader.doubt(request);
  const after = second.resolve(0);
  expect(world.resolves).toHaveLength(2);
  world.resolves[1]?.resolve({ commit: 'd', revision: 'main@sha1:d' });
  world.resolves[0]?.resolve(revision);
  expect([await before, await after]).toMatchObject([{ commit: 'c' }, { commit: 'd' }]);
  expect(await first.resolve(0)).toMatchObject({ commit: 'd' });
  expect(world.resolves).toHaveLength(2);
  world.nowMs = 20;
  reader.doubt(request);
  void first.resolve(0);
  expect(world.resolves).toHaveLength(3);
});

test('files are read with those that others want of the same commit with the same login, and of no others', async () => {
  const { reader, world } = createReader();
  const source = { ref: { branch: 'main' }, path: 'own' };
  const suspended = gitSync({ ...source, path: 'suspended' });
  world.known.push(
    gitSync(source),
    gitSync({ ...source, path: 'beside' }),
    gitSync({ ref: { branch: 'main' } }),
    gitSync({ ...source, path: 'other-branch', ref: { branch: 'other' } }),
    gitSync({ ...source, path: 'other-repository', url: 'https://git.example.com/b.git' }),
    gitSync({ ...source, path: 'other-login', secretRef: { name: 'login' } }),
    gitSync({ ...source, path: 'other-namespace' }, 'other'),
    { ...suspended, spec: { ...suspended.spec, suspend: true } },
  );
  await (await reader.open(gitSync(source), signal)).readTree('c');
  expect(world.alongside).toEqual(['own', 'beside', '']);
});
