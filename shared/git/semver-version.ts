/** @module Versions as SemVer 2.0.0 defines them, and their order. Which of them a range takes is in semver-range.ts. */

/** One version. Numbers are as large as they come, so they are kept exact. */
export interface SemverVersion {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** Identifiers of the pre-release; empty for a release. */
  readonly prerelease: readonly string[];
}

const MAX_LENGTH = 255;
const NUMBER = '(0|[1-9][0-9]*)';
const IDENTIFIER = '(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)';
const VERSION = new RegExp(
  `^v?${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

/** The version that `text` is, with or without a `v` before it; null when it is none. Build metadata is read and dropped. */
export function parseSemver(text: string): SemverVersion | null {
  if (text.length > MAX_LENGTH) return null;
  const [, major, minor, patch, prerelease] = VERSION.exec(text) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return null;
  return {
    major: BigInt(major),
    minor: BigInt(minor),
    patch: BigInt(patch),
    prerelease: prerelease === undefined ? [] : prerelease.split('.'),
  };
}

/** Precedence (SemVer 2.0.0, item 11): below, at or above zero. */
export function compareSemver(a: SemverVersion, b: SemverVersion): number {
  return compareCore(a, b) || comparePrerelease(a.prerelease, b.prerelease);
}

/** Precedence of major, minor and patch alone. */
export function compareCore(a: SemverVersion, b: SemverVersion): number {
  return compareNumbers(a.major, b.major) || compareNumbers(a.minor, b.minor) || compareNumbers(a.patch, b.patch);
}

function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  // A release comes after its pre-releases.
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index += 1) {
    const order = compareIdentifiers(a[index] ?? '', b[index] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareIdentifiers(a: string, b: string): number {
  const [isNumberA, isNumberB] = [isNumeric(a), isNumeric(b)];
  if (isNumberA && isNumberB) return compareNumbers(BigInt(a), BigInt(b));
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function isNumeric(identifier: string): boolean {
  return /^[0-9]+$/.test(identifier);
}

function compareNumbers(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
