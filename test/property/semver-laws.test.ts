import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findNewestTag } from '../../shared/git/git-reference.ts';
import { parseSemverRange } from '../../shared/git/semver-range.ts';
import { compareSemver, parseSemver, type SemverVersion } from '../../shared/git/semver-version.ts';

const part = fc.oneof(fc.nat(3), fc.nat()).map(String);
const identifier = fc.oneof(fc.nat(20).map(String), fc.constantFrom('alpha', 'beta', 'rc', 'a-1', '0a', '-'));
const core = fc.tuple(part, part, part).map((parts) => parts.join('.'));
const prerelease = fc.array(identifier, { minLength: 1, maxLength: 3 }).map((parts) => `-${parts.join('.')}`);
const versionText = fc.tuple(core, fc.oneof(fc.constant(''), prerelease)).map((parts) => parts.join(''));

function version(text: string): SemverVersion {
  const parsed = parseSemver(text);
  if (parsed === null) throw new Error(`${text} is no version`);
  return parsed;
}

function takes(range: string, text: string): boolean {
  const test = parseSemverRange(range);
  if (test === null) throw new Error(`${range} is no range`);
  return test(version(text));
}

test('precedence is a total order, and releases come after their pre-releases', () => {
  fc.assert(
    fc.property(versionText, versionText, versionText, (a, b, c) => {
      const order = (x: string, y: string): number => Math.sign(compareSemver(version(x), version(y)));
      expect(order(a, b)).toBe(-order(b, a) + 0);
      expect(order(a, b) === 0).toBe(a === b);
      if (order(a, b) <= 0 && order(b, c) <= 0) expect(order(a, c)).toBeLessThanOrEqual(0);
      const [release] = a.split('-');
      expect(order(`${release}-rc`, release ?? '')).toBe(-1);
    }),
  );
});

test('a release is in a range of one bound exactly when its precedence says so', () => {
  fc.assert(
    fc.property(core, core, (bound, text) => {
      const order = compareSemver(version(text), version(bound));
      expect(takes(`>${bound}`, text)).toBe(order > 0);
      expect(takes(`>=${bound}`, text)).toBe(order >= 0);
      expect(takes(`<${bound}`, text)).toBe(order < 0);
      expect(takes(`<=${bound}`, text)).toBe(order <= 0);
      expect(takes(`!=${bound}`, text)).toBe(!takes(bound, text));
      const [major, minor] = text.split('.');
      expect(takes(`${major}.x`, text) && takes(`${major}.${minor}`, text) && takes('*', text)).toBe(true);
      expect(takes(`~${bound}`, text)).toBe(takes(`>=${bound} ${bound.split('.', 2).join('.')}`, text));
    }),
  );
});

test('a pre-release is taken only where the range names one, and conditions and alternatives are and and or', () => {
  const bound = fc.tuple(fc.constantFrom('>', '>=', '<', '<=', '~', '^', '!='), core).map((words) => words.join(''));
  fc.assert(
    fc.property(bound, bound, versionText, (a, b, text) => {
      if (text.includes('-')) expect(takes(`${a} ${b}`, text)).toBe(false);
      expect(takes(`${a} ${b}`, text)).toBe(takes(a, text) && takes(b, text));
      expect(takes(`${a} || ${b}`, text)).toBe(takes(a, text) || takes(b, text));
    }),
  );
});

test('the newest tag is in the range, and no tag in the range is newer, in whatever order they come', () => {
  const tags = fc.uniqueArray(
    fc.oneof(
      versionText,
      versionText.map((text) => `v${text}`),
      fc.string(),
    ),
    {
      maxLength: 12,
    },
  );
  fc.assert(
    fc.property(tags, versionText, (names, bound) => {
      const range = parseSemverRange(`>=${bound}`);
      if (range === null) throw new Error('no range');
      const lines = names.map((name, index) => `${index.toString(16).padStart(40, '0')}\trefs/tags/${name}\n`);
      const newest = findNewestTag(lines.join(''), range);
      const inRange = names.flatMap((name) => {
        const parsed = parseSemver(name);
        return parsed !== null && range(parsed) ? [parsed] : [];
      });
      const found = newest === null ? null : version(newest.tag?.name ?? '');
      expect(found === null).toBe(inRange.length === 0);
      if (found !== null) for (const other of inRange) expect(compareSemver(found, other)).toBeGreaterThanOrEqual(0);
      expect(findNewestTag(lines.toReversed().join(''), range)).toEqual(newest);
    }),
  );
});

test('no text makes the parsers fail', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      parseSemverRange(text);
      parseSemver(text);
    }),
  );
});
