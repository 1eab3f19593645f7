import { expect, test } from 'vitest';
import type { TreeEntry, TreeEntryKind } from '../../../../shared/git/list-tree.ts';
import { selectManifests } from '../../../../shared/git/select-manifests.ts';
import { TreeIndex } from '../../../../shared/git/tree-index.ts';
import { type IgnoreList, IgnoreRules, parseIgnoreFile } from '../../../../shared/sync-plan/ignore-rules.ts';

function entry(path: string, kind: TreeEntryKind = 'file', isNameValid = true): TreeEntry {
  return { path, kind, oid: `oid of ${path}`, isNameValid };
}

function select(
  entries: readonly TreeEntry[],
  folder = '',
  links: Record<string, string> = {},
  lists: readonly IgnoreList[] = [],
) {
  const linkTexts = new Map(Object.entries(links).map(([path, text]) => [`oid of ${path}`, text]));
  return selectManifests({
    entries,
    folder,
    index: new TreeIndex(new Map(entries.map((one) => [one.path, one]))),
    linkTexts,
    rules: new IgnoreRules(lists, null),
  });
}

test('selectManifests takes manifests by name, sorted, and ignores the rest', () => {
  const entries = ['z.yaml', 'b/', 'a.yml', 'b/c.json', 'README.md', 'x.YAML'].map((path) =>
    path.endsWith('/') ? entry(path.slice(0, -1), 'folder') : entry(path),
  );
  const { files, problems, skipped } = select(entries);
  expect(files.map(({ path }) => path)).toEqual(['a.yml', 'b/c.json', 'z.yaml']);
  expect([problems, skipped]).toEqual([[], []]);
});

test('selectManifests names hidden manifests, but not those of a hidden source folder', () => {
  const entries = [entry('.deploy/a.yaml'), entry('.deploy/.github/ci.yaml'), entry('.deploy/.gitignore')];
  const { files, skipped } = select(entries, '.deploy');
  expect(files.map(({ path }) => path)).toEqual(['.deploy/a.yaml']);
  expect(skipped.map(({ file }) => file)).toEqual(['.deploy/.github/ci.yaml']);
});

test('selectManifests reads a link under its own name with the content of its target', () => {
  const entries = [entry('link.yaml', 'symlink'), entry('text')];
  expect(select(entries, '', { 'link.yaml': 'text' }).files).toEqual([{ path: 'link.yaml', oid: 'oid of text' }]);
});

test('selectManifests asks for links that were not read yet', () => {
  expect(select([entry('link.yaml', 'symlink')]).unreadLinks).toEqual(['oid of link.yaml']);
});

test('selectManifests ignores a dangling link that is no manifest, and names every one that leaves the repository', () => {
  const entries = [entry('notes', 'symlink'), entry('conf', 'symlink')];
  const { problems } = select(entries, '', { notes: 'nothing', conf: '/etc' });
  expect(problems.map(({ file, code }) => [file, code])).toEqual([['conf', 'GIT_SYMLINK_OUTSIDE']]);
});

test('selectManifests names a manifest link to a folder, and skips another one', () => {
  const entries = [entry('d', 'folder'), entry('l.yaml', 'symlink'), entry('l', 'symlink'), entry('r', 'symlink')];
  const { problems, skipped } = select(entries, '', { 'l.yaml': 'd', l: 'd', r: '.' });
  expect(problems.map(({ file, code }) => [file, code])).toEqual([['l.yaml', 'GIT_SYMLINK_BROKEN']]);
  expect(skipped.map(({ file }) => file)).toEqual(['l', 'r']);
});

test('selectManifests names submodules and names that it cannot use', () => {
  const { problems } = select([
    entry('vendor', 'submodule'),
    entry('\u{fffd}.yaml', 'file', false),
    entry('\u{fffd}', 'file', false),
  ]);
  expect(problems.map(({ code }) => code)).toEqual(['GIT_SUBMODULE', 'GIT_FILE_NAME_REFUSED']);
});

test('selectManifests leaves out what is ignored, be it a submodule, a link or a name that cannot be used', () => {
  const lists = [parseIgnoreFile('.signetignore', 'modules/\n*.yml\nbad*\n!keep.yml\n')].filter(
    (list) => list !== null,
  );
  const entries = [
    entry('modules', 'folder'),
    entry('modules/x', 'submodule'),
    entry('modules/a.yaml'),
    entry('link.yml', 'symlink'),
    entry('keep.yml'),
    entry('bad.yaml', 'file', false),
  ];
  const { files, problems, skipped } = select(entries, '', {}, lists);
  expect(files.map(({ path }) => path)).toEqual(['keep.yml']);
  expect(problems).toEqual([]);
  expect(skipped).toEqual([
    { file: 'modules/a.yaml', reason: 'it is ignored by .signetignore, line 1' },
    { file: 'link.yml', reason: 'it is ignored by .signetignore, line 2' },
    { file: 'bad.yaml', reason: 'it is ignored by .signetignore, line 3' },
  ]);
});

test('selectManifests refuses patterns that take too long', () => {
  const lists = [parseIgnoreFile('.signetignore', `${'*a'.repeat(200)}b\n`.repeat(60))].filter((list) => list !== null);
  const entries = Array.from({ length: 400 }, (_, index) => entry(`${'a'.repeat(240)}${index}.yaml`));
  expect(select(entries, '', {}, lists).problems).toMatchObject([{ code: 'GIT_IGNORE_REFUSED' }]);
});
