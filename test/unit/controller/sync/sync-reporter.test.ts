import { expect, test } from 'vitest';
import type { LogFields, Logger } from '../../../../controller/logging/logger.ts';
import { SyncReporter } from '../../../../controller/sync/sync-reporter.ts';
import type { SyncSummary } from '../../../../controller/sync/sync-summary.ts';
import type { GitSync } from '../../../../shared/resources/git-sync.ts';

const gitSync = { metadata: { namespace: 'shop', name: 'app' } } as GitSync;

function bench() {
  const lines: (readonly [string, LogFields])[] = [];
  const write = (fields: LogFields, message: string) => void lines.push([message, fields]);
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  const messages: string[] = [];
  const metrics = {
    synced: () => undefined,
    rendered: () => undefined,
    written: () => undefined,
    driftRepaired: () => undefined,
    driftReported: () => undefined,
    driftContested: () => undefined,
  };
  const reporter = new SyncReporter({
    events: { record: ({ message }) => void messages.push(message) },
    metrics,
    logger,
    cache: { find: () => undefined } as never,
  });
  return { reporter, lines, messages };
}

function linesFor(summary: SyncSummary): readonly (readonly [string, LogFields])[] {
  const { reporter, lines } = bench();
  reporter.report(gitSync, summary, { tookMs: 1, isNews: false });
  return lines;
}

test('a refused revision is logged as refused, with why', () => {
  const refusal = { reason: 'PathInvalid', outlook: 'poll', message: 'no such folder', failures: [] } as const;
  const lines = linesFor({ revision: null, refusal, enforced: null, objects: 0 });
  expect(lines).toEqual([
    ['refused', expect.objectContaining({ gitSync: 'shop/app', refused: 'PathInvalid', error: 'no such folder' })],
  ]);
});

test('a revision that was written is logged as synced', () => {
  const applied = { created: 1, changed: 0, failures: [] };
  const pruned = { deleted: [], released: [], failures: [], waiting: [] };
  const enforced = { applied, pruned, heldBack: 0 } as never;
  const lines = linesFor({ revision: 'main@sha1:1', refusal: null, enforced, objects: 1 });
  expect(lines).toEqual([['synced', expect.objectContaining({ gitSync: 'shop/app', created: 1, refused: undefined })]]);
});

test('the event of what stays behind counts in words that fit one as well', () => {
  const { reporter, messages } = bench();
  for (const objects of [1, 2]) reporter.leftBehind(gitSync, objects, 'in-cluster');
  expect(messages).toEqual([
    'nobody owns what stays behind from now on (1 object): in-cluster',
    'nobody owns what stays behind from now on (2 objects): in-cluster',
  ]);
});
