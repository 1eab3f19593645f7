import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { BatchParser } from '../../shared/git/batch-parser.ts';
import { toGitError } from '../../shared/git/git-failure.ts';
import { toReferenceQuery } from '../../shared/git/git-reference.ts';
import { parseTreeListing } from '../../shared/git/list-tree.ts';
import { createRedactor } from '../../shared/git/redact.ts';
import { normalizeRepositoryPath } from '../../shared/git/repository-path.ts';
import { parseRepositoryUrl } from '../../shared/git/repository-url.ts';
import { TreeIndex } from '../../shared/git/tree-index.ts';

/** The value, or null when it was refused as it should be. */
function orRefused<T>(attempt: () => T): T | null {
  try {
    return attempt();
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError);
    return null;
  }
}

const pathText = fc
  .array(fc.constantFrom('..', '.', '/', 'a', 'b', '//', '\\', '~', '\u0000', ' ', 'C:'), { maxLength: 10 })
  .map((parts) => parts.join(''));

test('a path that is accepted has no segment that climbs, and normalises to itself', () => {
  fc.assert(
    fc.property(fc.oneof(pathText, fc.string({ unit: 'binary' })), (text) => {
      const path = orRefused(() => normalizeRepositoryPath(text));
      if (path === null || path === '') return;
      for (const segment of path.split('/')) expect(['', '.', '..']).not.toContain(segment);
      expect(normalizeRepositoryPath(path)).toBe(path);
    }),
  );
});

test('an address that is accepted holds no credentials and begins like no option', () => {
  const parts = fc.constantFrom(
    'https://',
    'ssh://',
    'file://',
    'ext::',
    'user',
    ':',
    '@',
    'canary',
    'host',
    '/',
    '-',
    '.git',
    '?',
    '#',
    '%40',
    '[::1]',
    '\\',
  );
  const text = fc.oneof(
    fc.array(parts, { maxLength: 10 }).map((list) => list.join('')),
    fc.string(),
    fc.webUrl({ withQueryParameters: true }),
  );
  fc.assert(
    fc.property(text, (value) => {
      const url = orRefused(() => parseRepositoryUrl(value));
      if (url === null) return;
      expect(url.address).toMatch(
        /^(?:https?:\/\/[^@?#\s]+|ssh:\/\/(?:[\w.-]+@)?[^@?#\s]+|(?:\w[\w.-]*@)?[^-@/\s][^@\s]*:[^\s]+)$/,
      );
      expect(url.address).not.toMatch(/^-|^[^/]*:\/\/-/);
    }),
    { numRuns: 4000 },
  );
});

test('a reference that is accepted cannot be anything but one reference', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (branch) => {
      const query = orRefused(() => toReferenceQuery({ branch }));
      if (query === null || query.kind !== 'branch') return;
      expect(query.fullName).toMatch(/^refs\/heads\/[^\s:*?[\\^~]+$/);
    }),
  );
});

test('what git says of a failure never brings a known secret or a userinfo into the message', () => {
  const secret = fc.string({ minLength: 8 }).filter((text) => /^[!-~]+$/.test(text) && !/[/'"<>@?]/.test(text));
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
      const context = { action: 'fetch', url: 'https://h/x', isSsh: false, redact: createRedactor([value]) };
      const stderr = `fatal: ${before} ${value} ${after}\nremote: https://user:${value}@host/${encodeURIComponent(value)}`;
      const { message } = toGitError(stderr, context);
      if (!'cannot fetch https://h/x: '.includes(value)) expect(message).not.toContain(value);
      expect(message).not.toMatch(/\p{Cc}/u);
    }),
  );
});

test('links never lead out of the entries of their tree', () => {
  const names = fc.constantFrom('a', 'b', 'a/c', 'a/d', 'a/c/e', 'l1', 'a/l2', 'a/c/l3');
  const targets = fc
    .array(fc.constantFrom('..', '.', 'a', 'b', 'c', 'd', 'e', 'l1', 'l2', 'l3', ''), { maxLength: 6 })
    .map((list) => list.join('/'));
  fc.assert(
    fc.property(fc.dictionary(names, targets), names, (links, start) => {
      const entries = ['a', 'b', 'a/c', 'a/d', 'a/c/e', 'l1', 'a/l2', 'a/c/l3'].map((path) => {
        const isLink = Object.hasOwn(links, path);
        const kind = isLink
          ? ('symlink' as const)
          : ['a', 'a/c'].includes(path)
            ? ('folder' as const)
            : ('file' as const);
        return { path, kind, oid: path, isNameValid: true };
      });
      const byPath = new Map(entries.map((one) => [one.path, one]));
      const result = new TreeIndex(byPath).resolve(start, new Map(Object.entries(links)));
      expect(result.kind).not.toBe('unread');
      if (result.kind === 'found') expect(entries).toContain(result.entry);
      if (result.kind === 'found') expect(result.entry.kind).not.toBe('symlink');
    }),
    { numRuns: 2000 },
  );
});

test('objects are the same however their output is cut into pieces', () => {
  const blobs = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 5 });
  fc.assert(
    fc.property(blobs, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (contents, cuts) => {
      const id = 'a'.repeat(40);
      const output = Buffer.concat(
        contents.flatMap((bytes) => [Buffer.from(`${id} blob ${bytes.length}\n`), bytes, Buffer.from('\n')]),
      );
      const seen: Uint8Array[] = [];
      const parser = new BatchParser(100, (_oid, bytes) => seen.push(bytes));
      for (let start = 0, turn = 0; start < output.length; turn++) {
        const length = cuts[turn % cuts.length]!;
        parser.push(output.subarray(start, start + length));
        start += length;
      }
      expect(parser.isAtBoundary()).toBe(true);
      expect(seen.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(
        contents.map((bytes) => Buffer.from(bytes).toString('hex')),
      );
    }),
  );
});

test('no listing makes an entry with a name that could forge a line', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
      const line = Buffer.concat([
        Buffer.from(`100644 blob ${'b'.repeat(40)}\t`),
        Buffer.from(noise),
        Buffer.from([0]),
      ]);
      for (const entry of parseTreeListing(line, 'folder')) expect(entry.path).not.toMatch(/\p{Cc}/u);
    }),
  );
});
