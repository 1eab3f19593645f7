import { expect, test } from 'vitest';
import { identifyRepository } from '../../../../shared/git/repository-identity.ts';

test.each([
  'https://github.com/Org/Repo.git',
  'https://github.com/org/repo',
  'https://GitHub.com:443/org/repo/',
  'http://github.com:8080/org//repo.git/',
  'ssh://git@github.com/org/repo.git',
  'ssh://git@GITHUB.com:2222/org/repo',
  'git@github.com:org/repo.git',
  'git@github.com:/org/repo',
  'github.com:org/repo',
])('%s is org/repo at github.com', (address) => {
  expect(identifyRepository(address)).toEqual({ host: 'github.com', path: 'org/repo' });
});

test.each([
  ['https://github.com/org/repo2', 'github.com', 'org/repo2'],
  ['https://evil.example/github.com/org/repo', 'evil.example', 'github.com/org/repo'],
  ['git@[::1]:org/repo.git', '[::1]', 'org/repo'],
  ['ssh://git@[::1]:22/org/repo.git', '[::1]', 'org/repo'],
  ['file:///srv/git/repo.git', '', 'srv/git/repo'],
  ['https://git.example.com/repo.git.git', 'git.example.com', 'repo.git'],
])('%s is another one', (address, host, path) => {
  expect(identifyRepository(address)).toEqual({ host, path });
});

test.each([
  '',
  ' ',
  'repo',
  'https://',
  'https://github.com',
  'https://github.com/',
  'https://github.com/.git',
  'https://me:pw@github.com/a/b',
  'git://github.com/a/b',
  'ext::sh -c x',
  'https://github.com/a?b',
  '-oProxy=x:y',
])('%j is no address of a repository', (address) => {
  expect(identifyRepository(address)).toBeNull();
});
