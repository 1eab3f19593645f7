import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { GitRepository } from '../../shared/git/git-repository.ts';
import { openRepository } from '../../shared/git/open-repository.ts';
import { createGitRepository, type GitTestRepository, makeTemporaryFolder } from '../support/git-repository.ts';

interface Bench extends AsyncDisposable {
  readonly remote: GitTestRepository;
  open(): GitRepository;
}

async function setUp(options: Parameters<typeof createGitRepository>[1] = {}): Promise<Bench> {
  const folder = await makeTemporaryFolder();
  const remote = await createGitRepository(path.join(folder.path, 'remote.git'), options);
  const request = { url: remote.url, cacheDirectory: path.join(folder.path, 'cache'), tenant: 'test', allowFile: true };
  return {
    remote,
    open: () => openRepository({ ...request, environment: { PATH: process.env['PATH'] } }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

test.each([{}, { allowFilter: false }, { objectFormat: 'sha256' } as const])(
  'compareHistory tells what follows from what (%j)',
  async (options) => {
    await using bench = await setUp(options);
    const first = await bench.remote.commit({ 'a.yaml': '1' });
    let tip = first;
    for (let count = 0; count < 50; count += 1) tip = await bench.remote.commit({ 'a.yaml': `${count}` });
    const repository = bench.open();
    expect(await repository.compareHistory(first, tip)).toBe('descendant');
    expect(await repository.compareHistory(tip, first)).toBe('rewritten');
    const side = await bench.remote.commit({ 'a.yaml': 'side' }, { isOrphan: true });
    expect(await repository.compareHistory(tip, side)).toBe('rewritten');
    expect(await repository.compareHistory(side, side)).toBe('descendant');
    // What the comparison fetched is of no use, and of no harm, to reading.
    expect((await repository.readTree(tip, '')).files).toHaveLength(1);
    const merged = await bench.remote.git('commit-tree', '-p', side, '-p', tip, '-m', 'merge', `${tip}^{tree}`);
    await bench.remote.branch('main', merged);
    expect(await repository.compareHistory(tip, merged)).toBe('descendant');
  },
);

test('a commit that the server no longer has is in no history', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({ 'a.yaml': '1' });
  expect(await bench.open().compareHistory('1'.repeat(40), commit)).toBe('rewritten');
});

test('compareHistory asks once for what never changes', async () => {
  await using bench = await setUp();
  const [one, two] = [await bench.remote.commit({ 'a.yaml': '1' }), await bench.remote.commit({ 'a.yaml': '2' })];
  const repository = bench.open();
  expect(await repository.compareHistory(one, two)).toBe('descendant');
  await rm(bench.remote.folder, { recursive: true });
  expect(await repository.compareHistory(one, two)).toBe('descendant');
});
