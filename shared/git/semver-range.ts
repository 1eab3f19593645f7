/**
 * @module Ranges of versions, in the words that npm, Helm and Flux share: `>=1.2 <2`, `1.x`, `~1.4`, `^2`, `1.2 - 1.4`, `1.x || 3.x`. A range becomes
 * bounds, and a version is held against them.
 */
import { compareCore, compareSemver, parseSemver, type SemverVersion } from './semver-version.ts';

/** Whether a version is taken. */
export type SemverRange = (version: SemverVersion) => boolean;

type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~' | '^';

/** A version of which the last parts may be open. */
interface Partial {
  /** The open parts are 0. */
  readonly version: SemverVersion;
  /** 0 to 3 parts that are given. */
  readonly parts: number;
}

/** One condition; `namesPrerelease` says whether its text does. */
interface Condition {
  readonly test: SemverRange;
  readonly namesPrerelease: boolean;
}

const MAX_LENGTH = 256;
const PART = '(0|[1-9][0-9]*|[xX*])';
const PARTIAL = new RegExp(`^v?${PART}(?:\\.${PART}(?:\\.${PART}(?:-([0-9A-Za-z.-]+))?(?:\\+[0-9A-Za-z.-]+)?)?)?$`);
const CONDITION = /^(=>|=<|~>|=|!=|>=|<=|>|<|~|\^)?(\S+)$/;
/** Other spellings, which Flux takes as well. */
const SPELLINGS: ReadonlyMap<string, Operator> = new Map([
  ['=>', '>='],
  ['=<', '<='],
  ['~>', '~'],
]);

/**
 * The range that `text` says; null when it says none. Blanks and commas join conditions that all have to hold, `||` joins alternatives.
 * Pre-releases are taken only by an alternative that names one, and never below an upper bound of the same numbers that names none: `<2` does not
 * take 2.0.0-rc.1.
 */
export function parseSemverRange(text: string): SemverRange | null {
  if (text.length > MAX_LENGTH || text.trim() === '') return null;
  const alternatives = text.split('||').map(parseAlternative);
  const ranges = alternatives.filter((range) => range !== null);
  if (ranges.length < alternatives.length) return null;
  return (version) => ranges.some((range) => range(version));
}

function parseAlternative(text: string): SemverRange | null {
  const conditions = splitConditions(text).map(parseCondition);
  const known = conditions.filter((condition) => condition !== null);
  if (known.length === 0 || known.length < conditions.length) return null;
  const takesPrereleases = known.some(({ namesPrerelease }) => namesPrerelease);
  return (version) => (version.prerelease.length === 0 || takesPrereleases) && known.every(({ test }) => test(version));
}

/** `a - b` becomes two conditions; a blank after an operator is dropped. */
function splitConditions(text: string): string[] {
  const joined = text.replace(/(\S+)\s+-\s+(\S+)/g, '>=$1 <=$2').replace(/(=|>|<|~|\^)\s+/g, '$1');
  return joined.split(/[\s,]+/).filter((word) => word !== '');
}

function parseCondition(text: string): Condition | null {
  const [, operator = '=', rest = ''] = CONDITION.exec(text) ?? [];
  const partial = parsePartial(rest);
  if (partial === null) return null;
  const test = testOf(SPELLINGS.get(operator) ?? (operator as Operator), partial);
  return { test, namesPrerelease: partial.version.prerelease.length > 0 };
}

function parsePartial(text: string): Partial | null {
  const match = PARTIAL.exec(text);
  if (match === null) return null;
  const given = match.slice(1, 4);
  const open = given.findIndex((part) => part === undefined || /[xX*]/.test(part));
  const parts = open < 0 ? 3 : open;
  // `1.x.3` says nothing that anybody could mean; and neither has an open version a pre-release.
  const isOddlyOpen = given.slice(parts).some((part) => part !== undefined && !/[xX*]/.test(part));
  if (isOddlyOpen || (parts < 3 && match[4] !== undefined)) return null;
  const numbers = [0, 1, 2].map((index) => (index < parts ? given[index] : '0')).join('.');
  const version = parseSemver(match[4] === undefined ? numbers : `${numbers}-${match[4]}`);
  return version === null ? null : { version, parts };
}

function testOf(operator: Operator, partial: Partial): SemverRange {
  const { version: bound, parts } = partial;
  const next = bump(bound, parts);
  switch (operator) {
    case '=':
      return parts === 3 ? (version) => compareSemver(version, bound) === 0 : between(bound, next);
    case '!=':
      return parts === 3 ? (version) => compareSemver(version, bound) !== 0 : not(between(bound, next));
    case '>=':
      return (version) => isAtLeast(version, bound);
    case '>':
      return parts === 3
        ? (version) => compareSemver(version, bound) > 0
        : (version) => next !== null && isAtLeast(version, next);
    case '<':
      return (version) => isBelow(version, bound);
    case '<=':
      return parts === 3
        ? (version) => compareSemver(version, bound) <= 0 && !isPrereleaseOfRelease(version, bound)
        : (version) => next === null || isBelow(version, next);
    case '~':
      return between(bound, bump(bound, Math.min(parts, 2)));
    case '^':
      return between(bound, bump(bound, caretParts(partial)));
  }
}

/** From `lower` on, and below `upper`; null is no bound. */
function between(lower: SemverVersion, upper: SemverVersion | null): SemverRange {
  return (version) => isAtLeast(version, lower) && (upper === null || isBelow(version, upper));
}

function not(range: SemverRange): SemverRange {
  return (version) => !range(version);
}

function isAtLeast(version: SemverVersion, bound: SemverVersion): boolean {
  return compareSemver(version, bound) >= 0;
}

function isBelow(version: SemverVersion, bound: SemverVersion): boolean {
  return compareSemver(version, bound) < 0 && !isPrereleaseOfRelease(version, bound);
}

/** Whoever writes a bound without a pre-release does not mean the pre-releases of it. */
function isPrereleaseOfRelease(version: SemverVersion, bound: SemverVersion): boolean {
  return bound.prerelease.length === 0 && version.prerelease.length > 0 && compareCore(version, bound) === 0;
}

/** The first release that differs from `version` in one of its first `parts` parts; null for none of them. */
function bump({ major, minor, patch }: SemverVersion, parts: number): SemverVersion | null {
  if (parts === 0) return null;
  if (parts === 1) return { major: major + 1n, minor: 0n, patch: 0n, prerelease: [] };
  if (parts === 2) return { major, minor: minor + 1n, patch: 0n, prerelease: [] };
  return { major, minor, patch: patch + 1n, prerelease: [] };
}

/** `^` keeps the first part that is not zero, or the last one that is given. */
function caretParts({ version, parts }: Partial): number {
  if (version.major > 0n || parts <= 1) return Math.min(parts, 1);
  if (version.minor > 0n || parts === 2) return 2;
  return 3;
}
