import { expect, test } from 'vitest';
import { parseSemverRange } from '../../../../shared/git/semver-range.ts';
import { parseSemver } from '../../../../shared/git/semver-version.ts';

function takes(range: string, version: string): boolean | null {
  const [test, parsed] = [parseSemverRange(range), parseSemver(version)];
  if (parsed === null) throw new Error(`${version} is no version`);
  return test === null ? null : test(parsed);
}

test.each([
  ['>=1.2 <2', '1.2.0 1.9.9', '1.1.9 2.0.0 2.0.0-rc.1 1.5.0-rc.1'],
  ['>= 1.2, < 2', '1.2.0 1.9.9', '1.1.9 2.0.0'],
  ['1.x', '1.0.0 1.99.0', '0.9.0 2.0.0 1.1.0-a'],
  ['1', '1.0.0 1.99.0', '2.0.0'],
  ['v1.2.*', '1.2.0 1.2.7', '1.3.0'],
  ['*', '0.0.0 7.1.2', '7.1.2-rc.1'],
  ['1.2.3', '1.2.3', '1.2.4 1.2.3-rc.1'],
  ['!=1.2.3', '1.2.4', '1.2.3'],
  ['!=1.2', '1.3.0', '1.2.9'],
  ['>1', '2.0.0', '1.9.9 1.0.0'],
  ['>1.2.3', '1.2.4', '1.2.3'],
  ['<=1.2', '1.2.9 0.1.0', '1.3.0'],
  ['<=1.2.3', '1.2.3', '1.2.4'],
  ['~1.2.3', '1.2.3 1.2.9', '1.3.0 1.2.2'],
  ['~1', '1.9.0', '2.0.0'],
  ['~> 1.2', '1.2.9', '1.3.0'],
  ['=>1.2, =<1.4', '1.2.0 1.4.9', '1.1.9 1.5.0'],
  ['^1.2.3', '1.2.3 1.9.0', '2.0.0 1.2.2'],
  ['^0.2.3', '0.2.3 0.2.9', '0.3.0'],
  ['^0.0.3', '0.0.3', '0.0.4'],
  ['^0.0', '0.0.9', '0.1.0'],
  ['^0', '0.9.0', '1.0.0'],
  ['1.2 - 1.4', '1.2.0 1.4.9', '1.5.0 1.1.0'],
  ['1.2.3 - 1.4.5', '1.2.3 1.4.5', '1.4.6'],
  ['1.x || 3.x', '1.0.0 3.1.0', '2.0.0'],
  ['>=1.0.0-0', '1.0.0-alpha 2.0.0-rc.1 2.0.0', '0.9.0'],
  ['>=1.0.0-0 <2', '1.5.0-rc.1', '2.0.0-rc.1 2.0.0'],
  ['^1.2.3-beta.2', '1.2.3-beta.2 1.2.3-beta.10 1.2.3 1.4.0-a', '1.2.3-beta.1 2.0.0-a'],
  ['<2.0.0-rc.2', '2.0.0-rc.1', '2.0.0-rc.2'],
])('%s takes %s and not %s', (range, taken, left) => {
  for (const version of taken.split(' ')) expect([version, takes(range, version)]).toEqual([version, true]);
  for (const version of left.split(' ')) expect([version, takes(range, version)]).toEqual([version, false]);
});

test.each(['', ' ', 'latest', '>=', '1.2.3.4', '1.x.3', '1.x-rc', '01.2.3', '>>1', '1 || ', '>=1 <', 'x'.repeat(300)])(
  '%j is no range',
  (text) => expect(parseSemverRange(text)).toBeNull(),
);

test.each(['1', '1.2', 'release-1.2.3', '1.2.3-', '1.2.3-01', '01.2.3', '1.2.3+', ' 1.2.3', '1.2.3\n', 'vv1.2.3'])(
  '%j is no version',
  (text) => expect(parseSemver(text)).toBeNull(),
);
