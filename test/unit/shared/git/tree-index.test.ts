import { describe, expect, test } from 'vitest';
import type { TreeEntry, TreeEntryKind } from '../../../../shared/git/list-tree.ts';
import { TreeIndex } from '../../../../shared/git/tree-index.ts';

function entry(path: string, kind: TreeEntryKind): TreeEntry {
  return { path, kind, oid: `oid of ${path}`, isNameValid: true };
}

/** Links are written as their targets. */
function resolve(tree: Record<string, TreeEntryKind | { to: string }>, path: string) {
  const entries = Object.entries(tree).map(([name, kind]) => entry(name, typeof kind === 'string' ? kind : 'symlink'));
  const texts = Object.entries(tree).flatMap(([name, kind]) =>
    typeof kind === 'string' ? [] : [[`oid of ${name}`, kind.to] as const],
  );
  const byPath = new Map(entries.map((one) => [one.path, one]));
  return new TreeIndex(byPath).resolve(path, new Map(texts));
}

const TREE: Record<string, TreeEntryKind | { to: string }> = {
  a: 'folder',
  'a/file': 'file',
  'a/b': 'folder',
  'a/b/deep': 'file',
  up: { to: 'a/b/../file' },
  'a/b/link': { to: '../../up' },
  folder: { to: './a//b/' },
  root: { to: 'a/..' },
  outside: { to: 'a/../../x' },
  absolute: { to: '/etc/passwd' },
  loop: { to: 'loop2' },
  loop2: { to: 'a/../loop' },
  self: { to: '.' },
  empty: { to: '' },
  module: 'submodule',
};

describe('TreeIndex.resolve', () => {
  test.each([
    ['a/file', 'a/file'],
    ['up', 'a/file'],
    ['a/b/link', 'a/file'],
    ['folder', 'a/b'],
    ['folder/deep', 'a/b/deep'],
    ['folder/link', 'a/file'],
    ['root/a/file', 'a/file'],
    ['self/self/up', 'a/file'],
    ['module', 'module'],
  ])('leads %s to %s', (path, expected) => {
    expect(resolve(TREE, path)).toMatchObject({ kind: 'found', entry: { path: expected } });
  });

  test.each([
    ['outside', 'outside'],
    ['absolute', 'outside'],
    ['../a', 'outside'],
    ['loop', 'loop'],
    ['empty', 'missing'],
    ['nothing', 'missing'],
    ['a/file/below', 'missing'],
    ['a/file/..', 'missing'],
    ['up/..', 'missing'],
    ['module/x', 'missing'],
    ['root', 'root'],
    ['', 'root'],
  ])('finds %s to be %s', (path, kind) => {
    expect(resolve(TREE, path).kind).toBe(kind);
  });

  test('asks for a link that was not read yet', () => {
    const index = new TreeIndex(new Map([['link', entry('link', 'symlink')]]));
    expect(index.resolve('link', new Map())).toEqual({ kind: 'unread', oid: 'oid of link' });
  });

  test('gives up after as many links as Linux follows', () => {
    const chain = (length: number) => {
      const tree: Record<string, TreeEntryKind | { to: string }> = { [`l${length}`]: 'file' };
      for (let index = 0; index < length; index++) tree[`l${index}`] = { to: `l${index + 1}` };
      return resolve(tree, 'l0').kind;
    };
    expect([chain(40), chain(41)]).toEqual(['found', 'loop']);
  });

  test.each(['a/../', './', '/'])('leaves a tree whose links say %j again and again', (words) => {
    const text = `a/${words.repeat(Math.floor(4_000 / words.length))}file`;
    const names = Array.from({ length: 5_000 }, (_, index) => `link-${index}`);
    const entries = [entry('a', 'folder'), entry('a/file', 'file'), ...names.map((name) => entry(name, 'symlink'))];
    const index = new TreeIndex(new Map(entries.map((one) => [one.path, one])));
    const texts = new Map(names.map((name) => [`oid of ${name}`, text]));
    expect(index.resolve('link-0', texts).kind).not.toBe('loop');
    expect(() => names.map((name) => index.resolve(name, texts))).toThrow(
      expect.objectContaining({ code: 'GIT_TREE_TOO_LARGE', message: expect.stringContaining('symbolic links') }),
    );
  });

  test('follows ten thousand links that lead to other folders', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `links/${index}.yaml`);
    const files = names.map((_, index) => `a/b/c/${index}.yaml`);
    const folders = ['links', 'a', 'a/b', 'a/b/c'].map((path) => entry(path, 'folder'));
    const entries = [
      ...folders,
      ...files.map((path) => entry(path, 'file')),
      ...names.map((path) => entry(path, 'symlink')),
    ];
    const index = new TreeIndex(new Map(entries.map((one) => [one.path, one])));
    const texts = new Map(names.map((name, at) => [`oid of ${name}`, `../${files[at] ?? ''}`]));
    expect(names.every((name) => index.resolve(name, texts).kind === 'found')).toBe(true);
  });
});
