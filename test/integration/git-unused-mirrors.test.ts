import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockMirror } from '../../shared/git/mirror-lock.ts';
import { openRepository } from '../../shared/git/open-repository.ts';
import { sweepUnusedMirrors } from '../../shared/git/sweep-unused.ts';
import { createGitRepository, makeTemporaryFolder } from '../support/git-repository.ts';

const DAY_MS = 24 * 60 * 60_000;
/** As docs/controller.md says of `cache-dir`. */
const UNUSED_AFTER_DAYS = 14;
const TIMES = { nowMs: Date.now(), staleAfterMs: 60_000 };

async function setUp() {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const remote = await createGitRepository(path.join(folder.path, 'remote.git'));
  const commit = await remote.commit({ 'a.yaml': 'a' });
  const cache = path.join(folder.path, 'cache');
  const mirrors = path.join(cache, 'mirrors');
  const open = (tenant: string) =>
    openRepository({
      url: remote.url,
      cacheDirectory: cache,
      environment: { PATH: process.env['PATH'] },
      tenant,
      allowFile: true,
    });
  const names = async (): Promise<string[]> => (await readdir(mirrors).catch((): string[] => [])).toSorted();
  /** A mirror that was last used so many days ago. */
  const makeMirror = async (tenant: string, days: number): Promise<string> => {
    const before = await names();
    await open(tenant).readTree(commit, '');
    const [name = ''] = (await names()).filter((one) => !before.includes(one));
    const then = new Date(Date.now() - days * DAY_MS);
    await utimes(path.join(mirrors, name), then, then);
    return name;
  };
  return { commit, cache, mirrors, open, names, makeMirror };
}

test('a mirror that was not used for long goes with the next repository that is opened, and others stay', async () => {
  const { commit, names, makeMirror, open } = await setUp();
  const old = await makeMirror('old', UNUSED_AFTER_DAYS + 1);
  const recent = await makeMirror('recent', 0);
  expect(await names()).not.toContain(old);
  const late = await makeMirror('late', UNUSED_AFTER_DAYS - 1);
  await open('new').readTree(commit, '');
  expect(await names()).toEqual(expect.arrayContaining([recent, late]));
  expect(await names()).toHaveLength(3);
});

test('a mirror that is used counts as used, even when nothing is fetched, and what was removed comes back', async () => {
  const { commit, cache, mirrors, open, names, makeMirror } = await setUp();
  const name = await makeMirror('a', UNUSED_AFTER_DAYS - 1);
  await open('a').readTree(commit, '');
  expect(Date.now() - (await stat(path.join(mirrors, name))).mtimeMs).toBeLessThan(DAY_MS);
  await sweepUnusedMirrors(cache, { ...TIMES, nowMs: Date.now() + (UNUSED_AFTER_DAYS + 1) * DAY_MS });
  expect(await names()).toEqual([]);
  expect((await open('a').readTree(commit, '')).files.map(({ path: file }) => file)).toEqual(['a.yaml']);
});

test('a mirror that somebody works on is waited for, and stays when it was used meanwhile', async () => {
  const { cache, mirrors, names, makeMirror } = await setUp();
  const name = await makeMirror('a', UNUSED_AFTER_DAYS + 1);
  const folder = path.join(mirrors, name);
  const lock = await lockMirror(`${folder}.lock`, { staleAfterMs: 60_000 });
  // Our own process id would be that of a predecessor: the lock is another live process's.
  await writeFile(`${folder}.lock`, String(process.ppid));
  const swept = sweepUnusedMirrors(cache, TIMES);
  await utimes(folder, new Date(), new Date());
  await lock.release();
  await swept;
  expect(await names()).toEqual([name]);
});

test('there may be no cache folder yet', async () => {
  const { cache } = await setUp();
  await sweepUnusedMirrors(path.join(cache, 'nothing'), TIMES);
});
