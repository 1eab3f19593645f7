import { describe, expect, test } from 'vitest';
import {
  findNewestTag,
  type NamedQuery,
  parseRemoteReferences,
  toReferenceQuery,
  toRevision,
} from '../../../../shared/git/git-reference.ts';

const ID = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);
type Named = NamedQuery;

describe('toReferenceQuery', () => {
  test('asks for full names', () => {
    expect(toReferenceQuery({})).toMatchObject({ fullName: 'HEAD' });
    expect(toReferenceQuery({ branch: 'feature/x' })).toMatchObject({ fullName: 'refs/heads/feature/x' });
    expect(toReferenceQuery({ tag: 'v1.2' })).toMatchObject({ fullName: 'refs/tags/v1.2' });
    expect(toReferenceQuery({ commit: ID.toUpperCase(), branch: '' })).toEqual({ kind: 'commit', commit: ID });
  });

  test.each([
    { branch: 'a', tag: 'b' },
    { tag: 'a', semver: '1.x' },
    { semver: 'latest' },
    { branch: '-upload-pack=x' },
    { branch: 'a b' },
    { branch: 'a\nb' },
    { branch: 'a:b' },
    { branch: '*' },
    { branch: 'a..b' },
    { branch: 'a.lock/b' },
    { branch: '.a' },
    { branch: 'a/' },
    { branch: '@' },
    { branch: 'a@{1}' },
    { tag: 'a^{}' },
    { commit: 'abc123' },
    { commit: `${ID}0` },
  ])('refuses %j', (reference) => {
    expect(() => toReferenceQuery(reference)).toThrow(expect.objectContaining({ code: 'GIT_REF_INVALID' }));
  });
});

test('toReferenceQuery refuses a name of thousands of characters without repeating it', () => {
  const attempt = (): unknown => toReferenceQuery({ tag: 'x'.repeat(2000) });
  expect(attempt).toThrow(expect.objectContaining({ code: 'GIT_REF_INVALID' }));
  expect(attempt).not.toThrow(/x{200}/);
});

describe('parseRemoteReferences', () => {
  test('prefers the commit that an annotated tag names', () => {
    const output = `${OTHER}\trefs/tags/v1\n${ID}\trefs/tags/v1^{}\n`;
    expect(parseRemoteReferences(output, toReferenceQuery({ tag: 'v1' }) as Named)?.revision).toBe(`v1@sha1:${ID}`);
  });

  test.each(['\u001b[2J', 'a b', '../x', '-x', 'x'.repeat(2_000), '', 'a\u009b31m', 'evil\u202etxt'])(
    'takes no name of HEAD that git allows for no branch: %j',
    (name) => {
      const query = toReferenceQuery({}) as Named;
      const output = `ref: refs/heads/${name}\tHEAD\n${ID}\tHEAD\n`;
      expect(parseRemoteReferences(output, query)?.revision).toBe(`HEAD@sha1:${ID}`);
    },
  );

  test('names the branch of HEAD, and HEAD itself when it is detached', () => {
    const query = toReferenceQuery({}) as Named;
    expect(parseRemoteReferences(`ref: refs/heads/trunk\tHEAD\n${ID}\tHEAD\n`, query)?.revision).toBe(
      `trunk@sha1:${ID}`,
    );
    expect(parseRemoteReferences(`${ID}\tHEAD\n`, query)?.revision).toBe(`HEAD@sha1:${ID}`);
  });

  test('is null for other references and for lines that are none', () => {
    const query = toReferenceQuery({ branch: 'main' }) as Named;
    expect(parseRemoteReferences(`${ID}\trefs/heads/x/refs/heads/main\n`, query)).toBeNull();
    expect(parseRemoteReferences('nonsense\trefs/heads/main\n', query)).toBeNull();
    expect(parseRemoteReferences('', query)).toBeNull();
  });
});

test('toRevision names the algorithm by the length of the id', () => {
  expect(toRevision('c'.repeat(64)).revision).toBe(`sha256:${'c'.repeat(64)}`);
});

test('findNewestTag goes by precedence and not by text, and names the commit behind the tag and the tag object', () => {
  const lines = [
    `${ID}\trefs/tags/v1.9.0`,
    `${OTHER}\trefs/tags/v1.10.0`,
    `${ID}\trefs/tags/v1.10.0^{}`,
    `${ID}\trefs/tags/v2.0.0`,
  ];
  const query = toReferenceQuery({ semver: '1.x' });
  if (query.kind !== 'semver') throw new Error(query.kind);
  expect(findNewestTag(lines.join('\n'), query.range)).toEqual({
    commit: ID,
    revision: `v1.10.0@sha1:${ID}`,
    tag: { name: 'v1.10.0', object: OTHER },
  });
  expect(findNewestTag(`${ID}\trefs/heads/v1.0.0\n${ID}\trefs/x/refs/tags/v1.0.0`, query.range)).toBeNull();
});
