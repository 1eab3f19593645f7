import { describe, expect, test } from 'vitest';
import { CommitListing } from '../../../../shared/git/commit-listing.ts';

const ID = 'a'.repeat(40);
const MODES = { file: '100644 blob', symlink: '120000 blob', folder: '040000 tree', submodule: '160000 commit' };
/** In the order of git: a folder is sorted as if its name ended in a slash. */
const ENTRIES = [
  ['a-b', 'folder'],
  ['a-b/x.yaml', 'file'],
  ['a.yaml', 'file'],
  ['a', 'folder'],
  ['a/b', 'symlink'],
  ['a/bb', 'folder'],
  ['a/bb/c', 'file'],
  ['a0', 'file'],
  ['ünder', 'submodule'],
] as const;

function bytesOf(entries: readonly (readonly [string, keyof typeof MODES])[]): Buffer {
  return Buffer.from(entries.map(([path, kind]) => `${MODES[kind]} ${ID}\t${path}\0`).join(''));
}

function listingOf(bytes: Buffer, chunkSize = bytes.length, maxEntries = 100): CommitListing {
  const listing = new CommitListing(maxEntries);
  for (let start = 0; start < bytes.length; start += chunkSize) listing.push(bytes.subarray(start, start + chunkSize));
  return listing;
}

describe('CommitListing', () => {
  test.each([1, 7, 50, 10_000])('finds every entry when the bytes come %d at a time', (chunkSize) => {
    const listing = listingOf(bytesOf(ENTRIES), chunkSize);
    for (const [path, kind] of ENTRIES) expect(listing.get(path)).toEqual({ path, kind, oid: ID, isNameValid: true });
  });

  test.each(['', '/', 'a/', 'a/b/', 'a/c', 'A', 'a-', 'b', 'zz', '\0', 'a.yaml/'])('has nothing at %j', (path) => {
    expect(listingOf(bytesOf(ENTRIES)).get(path)).toBeUndefined();
  });

  test('has nothing at a name that is not taken', () => {
    const listing = listingOf(Buffer.concat([bytesOf([['a\n', 'file']]), bytesOf([['b', 'file']])]));
    expect([listing.get('a\n'), listing.get('b')?.kind]).toEqual([undefined, 'file']);
  });

  test('has nothing without entries', () => {
    expect(listingOf(Buffer.alloc(0)).get('a')).toBeUndefined();
  });

  test('knows the links, each id once', () => {
    const links = bytesOf([
      ['x', 'symlink'],
      ['y', 'symlink'],
    ]);
    expect(listingOf(Buffer.concat([bytesOf(ENTRIES), links])).linkOids()).toEqual([ID]);
  });

  test('knows the files of a name, each id once, and nothing else that is called so', () => {
    const at = (mode: string, id: string, path: string) => `${mode} ${id.repeat(40)}\t${path}\0`;
    const listing = listingOf(
      Buffer.from(
        [
          at('100644 blob', 'a', 'k.yaml'),
          at('100755 blob', 'b', 'x/k.yaml'),
          at('100644 blob', 'b', 'x/y/k.yaml'),
          at('100644 blob', 'c', 'x/yk.yaml'),
          at('120000 blob', 'd', 'y/k.yaml'),
          at('040000 tree', 'e', 'z/k.yaml'),
          at('100644 blob', 'f', 'zz/other'),
        ].join(''),
      ),
    );
    expect(listing.oidsNamed(['k.yaml', 'other'])).toEqual(['a', 'b', 'f'].map((id) => id.repeat(40)));
  });

  test('finds each of many entries', () => {
    const paths = Array.from({ length: 5_000 }, (_, index) => `f${String(index).padStart(5, '0')}`);
    const listing = listingOf(bytesOf(paths.map((path) => [path, 'file'] as const)), 4_096, 5_000);
    expect(paths.filter((path) => listing.get(path)?.path !== path)).toEqual([]);
  });

  test.each([
    ['entries', bytesOf(ENTRIES), 8, 'more than 8 files and folders'],
    ['bytes', bytesOf([['x'.repeat(2_000), 'file']]), 9, 'too long'],
  ])('refuses too many %s', (_, bytes, maxEntries, message) => {
    expect(() => listingOf(bytes, bytes.length, maxEntries)).toThrow(
      expect.objectContaining({ code: 'GIT_TREE_TOO_LARGE', message: expect.stringContaining(message) }),
    );
  });
});
