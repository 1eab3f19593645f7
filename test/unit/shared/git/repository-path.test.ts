import { expect, test } from 'vitest';
import { normalizeRepositoryPath } from '../../../../shared/git/repository-path.ts';

test.each([
  ['', ''],
  ['.', ''],
  ['./', ''],
  ['./deploy', 'deploy'],
  ['deploy//prod/', 'deploy/prod'],
  ['deploy/../other', 'other'],
  ['a/b/../..', ''],
])('normalizeRepositoryPath makes %j %j', (path, expected) => {
  expect(normalizeRepositoryPath(path)).toBe(expected);
});

test.each(['..', '../x', 'a/../../b', '/etc', '/', 'C:/x', 'a\\b', 'a\u0000b', 'a\nb'])(
  'normalizeRepositoryPath refuses %j',
  (path) => {
    expect(() => normalizeRepositoryPath(path)).toThrow(expect.objectContaining({ code: 'GIT_PATH_OUTSIDE' }));
  },
);

test('normalizeRepositoryPath refuses a path of thousands of characters without repeating it', () => {
  expect(() => normalizeRepositoryPath('x'.repeat(5000))).toThrow(
    /^cannot read path "x{60}…": it is longer than 4096 characters$/,
  );
});
