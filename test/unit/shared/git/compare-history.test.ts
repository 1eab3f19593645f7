import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compareHistory, type HistoryQuery } from '../../../../shared/git/compare-history.ts';

const CUT = 'c'.repeat(40);

async function query(fetches: (number | string | undefined)[], isAncestorAt: number): Promise<HistoryQuery> {
  const mirror = await mkdtemp(path.join(tmpdir(), 'signet-history-'));
  onTestFinished(() => rm(mirror, { recursive: true }));
  await writeFile(path.join(mirror, 'shallow'), `${CUT}\n`);
  const git = {
    run: async () => ({ exitCode: fetches.length >= isAncestorAt ? 0 : 1, stdout: Buffer.of(), stderr: '' }),
    read: async () => Buffer.from(`${'d'.repeat(40)}\n${CUT}\n`),
  };
  const remote = { fetch: async ({ history }: { history?: number }) => fetches.push(history) && 'done' };
  const ids = { ancestor: 'a'.repeat(40), descendant: 'd'.repeat(40), reference: undefined };
  return { git, remote, mirror, ...ids, signal: undefined } as unknown as HistoryQuery;
}

test('compareHistory looks deeper while the history is cut, and gives up at its bound', async () => {
  const fetches: (number | string | undefined)[] = [];
  expect(await compareHistory(await query(fetches, Number.POSITIVE_INFINITY))).toBe('unknown');
  expect(fetches).toEqual([32, 1_000, 20_000]);
});

test('compareHistory looks no deeper than the answer needs', async () => {
  const fetches: (number | string | undefined)[] = [];
  expect(await compareHistory(await query(fetches, 2))).toBe('descendant');
  expect(fetches).toEqual([32, 1_000]);
});
