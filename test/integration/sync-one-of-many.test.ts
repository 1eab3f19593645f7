import { expect, test } from 'vitest';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import type { FileContent } from '../support/git-repository.ts';
import { configMap } from '../support/manifests.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

interface Case {
  readonly what: string;
  readonly change: Readonly<Record<string, FileContent>>;
  /** GitSyncs whose files have to be read again. */
  readonly rendered: number;
  readonly values: Readonly<Record<string, string>>;
}

const before: Readonly<Record<string, FileContent>> = {
  'apps/one/a.yaml': configMap('a', '1'),
  'apps/two/b.yaml': configMap('b', '1'),
  'apps/three/c.yaml': { linkTo: '../../shared/c.yaml' },
  'apps/three/d.yaml': configMap('d', '1'),
  'shared/c.yaml': configMap('c', '1'),
};

test.each<Case>([
  {
    what: 'one folder',
    change: { 'apps/one/a.yaml': configMap('a', '2') },
    rendered: 2,
    values: { a: '2', b: '1', c: '1', d: '1' },
  },
  {
    what: 'what a link leads to',
    change: { 'shared/c.yaml': configMap('c', '2') },
    rendered: 1,
    values: { a: '1', b: '1', c: '2', d: '1' },
  },
  {
    what: 'an ignore file above all of them',
    change: { '.signetignore': 'd.yaml\n' },
    rendered: 3,
    values: { a: '1', b: '1', c: '1', d: '1' },
  },
  {
    what: 'nothing of theirs',
    change: { 'docs/e.md': 'words' },
    rendered: 1,
    values: { a: '1', b: '1', c: '1', d: '1' },
  },
])('a commit that changes $what has only those render that it may concern', async ({ change, rendered, values }) => {
  const world = await createSyncWorld();
  await world.repository.commit(before);
  const url = world.repository.url;
  const names = ['one', 'two', 'three'];
  for (const name of names)
    await world.createGitSync(name, { interval: '1h', prune: false, source: { url, path: `apps/${name}` } });
  const engine = await world.startEngine();
  for (const name of names) await world.untilReason(name, 'Applied');
  expect(engine.renderCount()).toBe(3);
  const commit = await world.repository.commit(change);
  await world.reconcile('one');
  for (const name of names) await world.untilReason(name, 'Applied', commit);
  // A link may lead anywhere, so that the third one is never sure.
  expect(engine.renderCount()).toBe(3 + rendered);
  for (const [name, value] of Object.entries(values))
    expect((await world.get(CONFIG_MAPS, name))?.['data']).toEqual({ value });
});
