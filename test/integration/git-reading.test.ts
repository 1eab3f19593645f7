import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { GitRepository } from '../../shared/git/git-repository.ts';
import { openRepository, type RepositoryOptions } from '../../shared/git/open-repository.ts';
import {
  contentsOf,
  createGitRepository,
  GitTestRepository,
  type GitTestRepositoryOptions,
  makeTemporaryFolder,
} from '../support/git-repository.ts';

interface Bench extends AsyncDisposable {
  readonly remote: GitTestRepository;
  readonly cache: string;
  open(options?: Partial<RepositoryOptions>): GitRepository;
}

async function setUp(options: GitTestRepositoryOptions = {}): Promise<Bench> {
  const folder = await makeTemporaryFolder();
  const remote = await createGitRepository(path.join(folder.path, 'remote.git'), options);
  const cache = path.join(folder.path, 'cache');
  return {
    remote,
    cache,
    open: (overrides = {}) =>
      openRepository({
        url: remote.url,
        cacheDirectory: cache,
        environment: { PATH: process.env['PATH'] },
        allowFile: true,
        tenant: 'test',
        ...overrides,
      }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function packNames(cache: string): Promise<string[]> {
  const names = await readdir(path.join(cache, 'mirrors'), { recursive: true });
  return names.filter((name) => name.endsWith('.pack'));
}

test('resolve names the branch of HEAD, a branch, a tag and a commit', async () => {
  await using bench = await setUp();
  const first = await bench.remote.commit({ 'a.yaml': 'a' });
  await bench.remote.tag('v1', first);
  await bench.remote.tag('v1-annotated', first, { isAnnotated: true });
  const second = await bench.remote.commit({ 'a.yaml': 'b' }, { branch: 'feature/x' });
  const repository = bench.open();
  expect(await repository.resolve({})).toEqual({ commit: first, revision: `main@sha1:${first}` });
  expect(await repository.resolve({ branch: 'feature/x' })).toEqual({
    commit: second,
    revision: `feature/x@sha1:${second}`,
  });
  expect((await repository.resolve({ tag: 'v1' })).revision).toBe(`v1@sha1:${first}`);
  expect((await repository.resolve({ tag: 'v1-annotated' })).commit).toBe(first);
  expect((await repository.resolve({ commit: second.toUpperCase() })).revision).toBe(`sha1:${second}`);
});

test('resolve takes no other reference whose name ends like the wanted one', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({ 'a.yaml': 'a' });
  await bench.remote.git('update-ref', 'refs/remotes/refs/heads/wanted', commit);
  await bench.remote.branch('other/refs/heads/wanted', commit);
  await expect(bench.open().resolve({ branch: 'wanted' })).rejects.toMatchObject({ code: 'GIT_REF_NOT_FOUND' });
});

test('resolve says which reference is missing, also in an empty repository', async () => {
  await using bench = await setUp();
  const repository = bench.open();
  await expect(repository.resolve({})).rejects.toMatchObject({ code: 'GIT_REF_NOT_FOUND' });
  const commit = await bench.remote.commit({ 'a.yaml': 'a' }, { branch: 'gone' });
  await expect(repository.resolve({ branch: 'gone' })).resolves.toMatchObject({ commit });
  await bench.remote.deleteBranch('gone');
  await expect(repository.resolve({ branch: 'gone' })).rejects.toThrow(/no refs\/heads\/gone/);
});

test('readTree gives manifests only, of the path only, sorted', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({
    'deploy/z.yaml': 'z',
    'deploy/sub/a.yml': 'a',
    'deploy/b.json': '{}',
    'deploy/README.md': 'no',
    'deploy/.hidden/x.yaml': 'no',
    'deploy-not/c.yaml': 'no',
    'top.yaml': 'no',
  });
  const tree = await bench.open().readTree(commit, './deploy/');
  expect(contentsOf(tree)).toEqual({ 'deploy/b.json': '{}', 'deploy/sub/a.yml': 'a', 'deploy/z.yaml': 'z' });
  expect(tree.files.map((file) => file.path)).toEqual(['deploy/b.json', 'deploy/sub/a.yml', 'deploy/z.yaml']);
  expect(tree.skipped.map((skipped) => skipped.file)).toEqual(['deploy/.hidden/x.yaml']);
  expect(tree.problems).toEqual([]);
  expect(tree.commit).toBe(commit);
});

test('readTree fetches 200 files in one go, and nothing that is no manifest', async () => {
  await using bench = await setUp();
  const files: Record<string, string> = { 'deploy/large.bin': 'x'.repeat(1000) };
  for (let index = 0; index < 200; index++) files[`deploy/f${index}.yaml`] = `n: ${index}`;
  const commit = await bench.remote.commit(files);
  const tree = await bench.open().readTree(commit, 'deploy');
  expect(tree.files).toHaveLength(200);
  // One pack with the commit and its folders, and one with all the files.
  expect(await packNames(bench.cache)).toHaveLength(2);
  const unwanted = await bench.remote.git('rev-parse', `${commit}:deploy/large.bin`);
  const [mirror] = await readdir(path.join(bench.cache, 'mirrors'));
  const lookup = new GitTestRepository(path.join(bench.cache, 'mirrors', mirror!));
  await expect(lookup.git('cat-file', '-e', unwanted)).rejects.toThrow();
});

test('readTree of a commit that was read before needs no remote', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({ 'a.yaml': 'a', 'sub/b.yaml': 'b' });
  await bench.open().readTree(commit, '.');
  await rm(bench.remote.folder, { recursive: true });
  expect(contentsOf(await bench.open().readTree(commit, '.'))).toEqual({ 'a.yaml': 'a', 'sub/b.yaml': 'b' });
});

test('readTree of the next commit fetches what changed, and follows a force-push', async () => {
  await using bench = await setUp();
  const repository = bench.open();
  const first = await bench.remote.commit({ 'a.yaml': '1', 'b.yaml': 'same' });
  await repository.readTree(first, '');
  const second = await bench.remote.commit({ 'a.yaml': '2' });
  expect(contentsOf(await repository.readTree(second, ''))).toEqual({ 'a.yaml': '2', 'b.yaml': 'same' });
  const rewritten = await bench.remote.commit({ 'c.yaml': '3' }, { isOrphan: true });
  expect((await repository.resolve({ branch: 'main' })).commit).toBe(rewritten);
  expect(contentsOf(await repository.readTree(rewritten, ''))).toEqual({ 'c.yaml': '3' });
});

test('readTree works with a server that knows no filters', async () => {
  await using bench = await setUp({ allowFilter: false });
  const commit = await bench.remote.commit({ 'deploy/a.yaml': 'a', 'b.yaml': 'b' });
  expect(contentsOf(await bench.open().readTree(commit, 'deploy'))).toEqual({ 'deploy/a.yaml': 'a' });
});

test('readTree works with a repository of SHA-256 objects', async () => {
  await using bench = await setUp({ objectFormat: 'sha256' });
  const commit = await bench.remote.commit({ 'a.yaml': 'a' });
  const repository = bench.open();
  expect((await repository.resolve({})).revision).toBe(`main@sha256:${commit}`);
  expect(contentsOf(await repository.readTree(commit, ''))).toEqual({ 'a.yaml': 'a' });
});

test('readTree says so when the repository does not have the commit', async () => {
  await using bench = await setUp();
  await bench.remote.commit({ 'a.yaml': 'a' });
  const attempt = bench.open().readTree('1'.repeat(40), '');
  await expect(attempt).rejects.toMatchObject({ code: 'GIT_COMMIT_NOT_FOUND' });
});

test('readTree refuses an id that names a tree', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({ 'a.yaml': 'a' });
  const tree = await bench.remote.git('rev-parse', `${commit}^{tree}`);
  await expect(bench.open().readTree(tree, '')).rejects.toMatchObject({ code: 'GIT_COMMIT_NOT_FOUND' });
});

test('readTree tells a missing path, a file, a submodule and a path outside apart', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({
    'deploy/a.yaml': 'a',
    out: { linkTo: '../elsewhere' },
    around: { linkTo: 'around' },
    module: { submodule: '1'.repeat(40) },
  });
  const repository = bench.open();
  const codeOf = (folder: string): Promise<unknown> =>
    repository.readTree(commit, folder).then(
      () => 'read',
      (error: { code: string; message: string }) => [error.code, error.message],
    );
  expect(await codeOf('nope')).toEqual(['GIT_PATH_NOT_FOUND', expect.stringContaining('no such folder')]);
  expect(await codeOf('deploy/nope')).toEqual(['GIT_PATH_NOT_FOUND', expect.any(String)]);
  expect(await codeOf('deploy/a.yaml')).toEqual(['GIT_PATH_NOT_FOUND', expect.stringContaining('a file')]);
  expect(await codeOf('module')).toEqual(['GIT_PATH_NOT_FOUND', expect.stringContaining('submodule')]);
  expect(await codeOf('out')).toEqual(['GIT_SYMLINK_OUTSIDE', expect.any(String)]);
  expect(await codeOf('around')).toEqual(['GIT_SYMLINK_OUTSIDE', expect.any(String)]);
  expect(await codeOf('../x')).toEqual(['GIT_PATH_OUTSIDE', expect.any(String)]);
  expect(await codeOf('/etc')).toEqual(['GIT_PATH_OUTSIDE', expect.any(String)]);
});

test('readTree follows links inside the tree, and names every one that leads elsewhere', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({
    'base/a.yaml': 'a',
    'shared/text': 'shared',
    deploy: { linkTo: 'base' },
    'base/inside.yaml': { linkTo: '../hop' },
    hop: { linkTo: './shared/text' },
    'base/passwd.yaml': { linkTo: '/etc/passwd' },
    'base/climb.yaml': { linkTo: '../../outside.yaml' },
    'base/folder': { linkTo: '../shared' },
    'base/broken.yaml': { linkTo: 'nothing.yaml' },
    'base/loop.yaml': { linkTo: 'loop.yaml' },
    'base/vendor': { submodule: '2'.repeat(40) },
  });
  const tree = await bench.open().readTree(commit, 'deploy');
  expect(contentsOf(tree)).toEqual({ 'base/a.yaml': 'a', 'base/inside.yaml': 'shared' });
  expect(tree.problems.map(({ file, code }) => [file, code])).toEqual([
    ['base/broken.yaml', 'GIT_SYMLINK_BROKEN'],
    ['base/climb.yaml', 'GIT_SYMLINK_OUTSIDE'],
    ['base/loop.yaml', 'GIT_SYMLINK_OUTSIDE'],
    ['base/passwd.yaml', 'GIT_SYMLINK_OUTSIDE'],
    ['base/vendor', 'GIT_SUBMODULE'],
  ]);
  expect(tree.skipped.map(({ file }) => file)).toEqual(['base/folder']);
});

test('readTree names a file with a hostile name without repeating its control characters', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit(
    { 'line\nbreak.yaml': 'x', 'ünïcode "quoted".yaml': 'fine' },
    { rawNames: [[Buffer.from([0xff, 0xfe, 0x2e, 0x79, 0x6d, 0x6c]), 'x']] },
  );
  const tree = await bench.open().readTree(commit, '');
  expect(contentsOf(tree)).toEqual({ 'ünïcode "quoted".yaml': 'fine' });
  expect(tree.problems.map(({ code }) => code)).toEqual(['GIT_FILE_NAME_REFUSED', 'GIT_FILE_NAME_REFUSED']);
  expect(tree.problems.map(({ file }) => file).join()).not.toMatch(/\p{Cc}/u);
});

test('readTree keeps a 100 MB file out of memory and names it with its size', async () => {
  await using bench = await setUp();
  const huge = Buffer.alloc(100 * 1024 * 1024, 'abcdefgh\n');
  const commit = await bench.remote.commit({ 'huge.yaml': huge, 'a.yaml': 'a' });
  const before = process.memoryUsage().arrayBuffers;
  const tree = await bench.open().readTree(commit, '');
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * 1024 * 1024);
  expect(contentsOf(tree)).toEqual({ 'a.yaml': 'a' });
  expect(tree.problems).toEqual([
    expect.objectContaining({
      file: 'huge.yaml',
      code: 'GIT_FILE_TOO_LARGE',
      message: expect.stringContaining('100 MiB'),
    }),
  ]);
  // Keeps the buffer alive until here, so that its going cannot hide another one's coming.
  expect(huge).toHaveLength(100 * 1024 * 1024);
});

test('readTree ends a transfer that is larger than allowed', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({ 'noise.yaml': randomBytes(3 * 1024 * 1024) });
  const attempt = bench.open({ limits: { maxTransferBytes: 1024 * 1024 } }).readTree(commit, '');
  await expect(attempt).rejects.toMatchObject({
    code: 'GIT_TREE_TOO_LARGE',
    message: expect.stringContaining('1 MiB'),
  });
});

test('readTree ends a transfer of files that is larger than a commit may be, whatever a history may have', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({ 'noise.yaml': randomBytes(3 * 1024 * 1024) });
  const attempt = bench.open({ limits: { maxCommitTransferBytes: 1024 * 1024 } }).readTree(commit, '');
  await expect(attempt).rejects.toMatchObject({
    code: 'GIT_TREE_TOO_LARGE',
    message: expect.stringContaining('1 MiB'),
  });
});

test('readTree refuses lists of what to ignore that are too many, and reads none of them', async () => {
  await using bench = await setUp();
  const folders = Array.from({ length: 1_001 }, (_, index) => `f${index}`);
  const commit = await bench.remote.commit({
    'a.yaml': 'a',
    ...Object.fromEntries(folders.map((folder) => [`${folder}/.signetignore`, '*.yml\n'])),
  });
  const { files, problems } = await bench.open().readTree(commit, '');
  expect(files.map((file) => file.path)).toEqual(['a.yaml']);
  expect(problems).toMatchObject([{ file: 'f0/.signetignore', code: 'GIT_IGNORE_REFUSED' }]);
  const large = `${'#'.repeat(1_000)}\n`.repeat(60);
  const fewer = await bench.remote.commit(
    Object.fromEntries(folders.slice(0, 10).map((folder) => [`${folder}/.signetignore`, large])),
    { isOrphan: true },
  );
  expect((await bench.open().readTree(fewer, '')).problems).toMatchObject([
    { code: 'GIT_IGNORE_REFUSED', message: expect.stringContaining('256 KiB') },
  ]);
});

test('readTree reads a chain of thirty bases by a handful of programs', async () => {
  await using bench = await setUp();
  const chain = Array.from({ length: 30 }, (_, index) => [
    index === 0 ? 'app/kustomization.yaml' : `b${index}/kustomization.yaml`,
    index < 29 ? `resources: [../b${index + 1}]\n` : 'resources: [a.yaml]\n',
  ]);
  const commit = await bench.remote.commit({ ...Object.fromEntries(chain), 'b29/a.yaml': 'a: 1\n', 'other.yaml': 'x' });
  const [programs, log] = [path.join(bench.cache, '..', 'programs'), path.join(bench.cache, '..', 'runs')];
  await mkdir(programs);
  const git = path.join(programs, 'git');
  const found = (process.env['PATH'] ?? '').split(':').map((folder) => `"${folder}/git"`);
  await writeFile(
    git,
    `#!/bin/sh\necho run >>"${log}"\nfor git in ${found.join(' ')}; do [ -x "$git" ] && exec "$git" "$@"; done\n`,
  );
  await chmod(git, 0o755);
  const repository = bench.open({ environment: { PATH: `${programs}:${process.env['PATH']}` } });
  const { kustomization, problems } = await repository.readTree(commit, 'app');
  expect(problems).toEqual([]);
  expect(kustomization?.files).toHaveLength(31);
  expect((await readFile(log, 'utf8')).split('\n').length).toBeLessThan(40);
});

test('readTree refuses manifests that are too large together', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({ 'a.yaml': 'a'.repeat(600), 'b.yaml': 'b'.repeat(600) });
  const attempt = bench.open({ limits: { maxTotalBytes: 1000 } }).readTree(commit, '');
  await expect(attempt).rejects.toMatchObject({ code: 'GIT_TREE_TOO_LARGE' });
});

test('readTree refuses 50,000 manifests with one sentence, and fetches none of them', async () => {
  await using bench = await setUp();
  const files: Record<string, string> = {};
  for (let index = 0; index < 50_000; index++) files[`d${index % 100}/f${index}.yaml`] = `n: ${index}`;
  const commit = await bench.remote.commit(files);
  const repository = bench.open();
  await expect(repository.readTree(commit, '')).rejects.toMatchObject({
    code: 'GIT_TREE_TOO_LARGE',
    message: expect.stringContaining('50000 manifest files, and 20000 are allowed'),
  });
  expect(await packNames(bench.cache)).toHaveLength(1);
  expect((await repository.readTree(commit, 'd7')).files).toHaveLength(500);
});

test('readTree reads many revisions at once through one mirror', async () => {
  await using bench = await setUp();
  const commits: string[] = [];
  for (let index = 0; index < 6; index++) commits.push(await bench.remote.commit({ 'a.yaml': `n: ${index}` }));
  const [one, other] = [bench.open(), bench.open()];
  const trees = await Promise.all(commits.map((commit, index) => (index % 2 === 0 ? one : other).readTree(commit, '')));
  expect(trees.map(contentsOf)).toEqual(commits.map((_, index) => ({ 'a.yaml': `n: ${index}` })));
});

test('readTree refuses a commit whose objects are malformed', async () => {
  await using bench = await setUp();
  const good = await bench.remote.commit({ 'a.yaml': 'a' });
  const blob = await bench.remote.git('rev-parse', `${good}:a.yaml`);
  const listing = path.join(bench.remote.folder, 'tree');
  await writeFile(listing, Buffer.concat([Buffer.from('100644 .git\0'), Buffer.from(blob, 'hex')]));
  const tree = await bench.remote.git('hash-object', '-t', 'tree', '--literally', '-w', listing);
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
  const commit = await bench.remote.git(...identity, 'commit-tree', '-m', 'x', tree);
  await bench.remote.branch('main', commit);
  await expect(bench.open().readTree(commit, '')).rejects.toMatchObject({ code: 'GIT_CONTENT_REFUSED' });
});

test('readTree of one tenant does not give out what another one fetched', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({ 'a.yaml': 'private' });
  await bench.open({ tenant: 'owner' }).readTree(commit, '');
  await rm(bench.remote.folder, { recursive: true });
  await expect(bench.open({ tenant: 'stranger' }).readTree(commit, '')).rejects.toMatchObject({
    code: 'GIT_REPOSITORY_NOT_FOUND',
  });
});

test('a cancelled read ends with the reason of its signal', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({ 'a.yaml': 'a' });
  const reason = new Error('stopping');
  const attempt = bench.open().readTree(commit, '', { signal: AbortSignal.abort(reason) });
  await expect(attempt).rejects.toBe(reason);
  expect(contentsOf(await bench.open().readTree(commit, ''))).toEqual({ 'a.yaml': 'a' });
});

test.each([{}, { allowFilter: false }])(
  'readTree leaves out what ignore files and the caller say (%j)',
  async (options) => {
    await using bench = await setUp(options);
    const commit = await bench.remote.commit({
      '.signetignore': '/deploy/dev/\n',
      'deploy/.signetignore': '*.json\n!keep.json\n',
      'deploy/a.yaml': 'a',
      'deploy/b.json': '{}',
      'deploy/keep.json': '{}',
      'deploy/dev/c.yaml': 'c',
      'deploy/ci/d.yaml': 'd',
      'deploy/.github/.signetignore': { linkTo: 'nowhere' },
    });
    const repository = bench.open();
    const tree = await repository.readTree(commit, 'deploy', { ignore: ['/deploy/ci/'] });
    expect(Object.keys(contentsOf(tree))).toEqual(['deploy/a.yaml', 'deploy/keep.json']);
    expect(tree.problems).toEqual([]);
    expect(tree.skipped).toEqual([
      { file: 'deploy/b.json', reason: 'it is ignored by deploy/.signetignore, line 1' },
      { file: 'deploy/ci/d.yaml', reason: 'it is ignored by spec.source.ignore, pattern 1' },
      { file: 'deploy/dev/c.yaml', reason: 'it is ignored by .signetignore, line 1' },
    ]);
    const linked = await bench.remote.commit({ 'deploy/.signetignore': { linkTo: '../.signetignore' } });
    expect((await repository.readTree(linked, 'deploy')).problems).toMatchObject([
      { file: 'deploy/.signetignore', code: 'GIT_IGNORE_REFUSED' },
    ]);
  },
);
