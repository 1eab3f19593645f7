import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { formatSyncStatus } from '../../../cli/output/sync-status-text.ts';
import type { GitSync } from '../../../shared/resources/git-sync.ts';
import { countFiles, farewell, preparation } from '../../demo/notes.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const stage = {
  pid: 4711,
  folder: '/tmp/signet-cluster-x',
  kubeconfig: '/tmp/signet-run-x/admin.kubeconfig',
  kubectl: '/cache/kubectl',
  repository: '/tmp/signet-cluster-x/remotes/config.git',
  url: 'http://127.0.0.1:1/config.git',
  controllerLog: '/tmp/signet-cluster-x/controller.log',
};

test('the shown commands run on the Node of the checkout, not on the one of the reader', () => {
  const [alias] = preparation(stage).filter((line) => line.startsWith('alias signet='));
  expect(alias).toBe('alias signet="$PWD/node_modules/.bin/node $PWD/cli/main.ts"');
});

test('the README shows the preparation that the demo prints, up to its paths', async () => {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const shape = (line: string) => line.trim().replace(/=\/tmp\/.*|=[~/].*kubectl$/, '=…');
  const shown = readme.split('\n').map(shape);
  expect(shown).toEqual(expect.arrayContaining(preparation(stage).map(shape)));
});

test('the README shows the status as the command line prints it', async () => {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const [, commit = ''] = /applied main@sha1:([0-9a-f]{40}): 42 objects/.exec(readme) ?? [];
  const revision = `main@sha1:${commit}`;
  const message = `applied ${revision}: 42 objects`;
  const ready = { type: 'Ready', status: 'True', reason: 'Applied', message, lastTransitionTime: '' } as const;
  const status = {
    observedGeneration: 1,
    conditions: [ready],
    lastAppliedRevision: revision,
    inventory: { name: 'demo', objects: 42 },
  };
  const gitSync = { metadata: { namespace: 'delivery', name: 'demo' }, spec: {}, status } as unknown as GitSync;
  for (const line of formatSyncStatus([gitSync], false).trim().split('\n')) expect(readme).toContain(`     ${line}\n`);
});

test('a cluster that was kept is handed over with all that its commands need, its log, and its end', () => {
  const text = farewell(stage);
  for (const line of preparation(stage)) expect(text).toContain(`  ${line}\n`);
  expect(text).toContain('/tmp/signet-cluster-x/controller.log');
  expect(text).toMatch(/ {2}kill 4711\n$/);
});

test('one file is not called files', () => {
  expect([countFiles(1), countFiles(2)]).toEqual(['1 file', '2 files']);
});
