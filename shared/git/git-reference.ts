/** @module A GitSync's reference as the full name that the remote is asked for, and the remote's answer as a commit. */
import { GitError } from './errors.ts';
import type { AskedReference, ResolvedRevision } from './git-repository.ts';
import { parseSemverRange, type SemverRange } from './semver-range.ts';
import { compareSemver, parseSemver, type SemverVersion } from './semver-version.ts';

/** What the remote is asked for. */
export type ReferenceQuery =
  | { readonly kind: 'commit'; readonly commit: string }
  | { readonly kind: 'semver'; readonly text: string; readonly range: SemverRange }
  | { readonly kind: 'head' | 'branch' | 'tag'; readonly name: string; readonly fullName: string };

const MAX_LENGTH = 1024;

/** A query for one reference by its name. */
export type NamedQuery = Extract<ReferenceQuery, { readonly fullName: string }>;

/**
 * The query for `reference`.
 * @throws GitError `GIT_REF_INVALID` for several fields at once, or a name that git allows for no reference, or no range of versions
 */
export function toReferenceQuery(reference: AskedReference): ReferenceQuery {
  const { branch, tag, semver, commit, name } = reference;
  const given = [branch, tag, semver, commit, name].filter((value) => value !== undefined && value !== '');
  if (given.length > 1) throw invalid('branch, tag, semver and commit exclude each other');
  if (commit !== undefined && commit !== '') return { kind: 'commit', commit: assertCommitId(commit) };
  if (branch) return { kind: 'branch', name: branch, fullName: `refs/heads/${assertRefName('branch', branch)}` };
  if (tag) return { kind: 'tag', name: tag, fullName: `refs/tags/${assertRefName('tag', tag)}` };
  if (name) return { kind: 'branch', name, fullName: assertFullName(name) };
  if (semver) return { kind: 'semver', text: semver, range: assertRange(semver) };
  return { kind: 'head', name: 'HEAD', fullName: 'HEAD' };
}

/** Whether `text` is a full commit id in lower case. */
export function isCommitId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/** `commit` in lower case. @throws GitError `GIT_REF_INVALID` when it is no full commit id */
export function assertCommitId(commit: string): string {
  const id = commit.toLowerCase();
  if (isCommitId(id)) return id;
  throw invalid(`commit ${quote(commit)} is not a full commit id of 40 or 64 hex digits`);
}

/** The revision text of `commit`: `name@sha1:<commit>`, or without a name for a pinned commit. */
export function toRevision(commit: string, name?: string): ResolvedRevision {
  const id = `${commit.length === 64 ? 'sha256' : 'sha1'}:${commit}`;
  return { commit, revision: name === undefined ? id : `${name}@${id}` };
}

/** The commit of a revision such as `main@sha1:…`; null for other text. */
export function commitOf(revision: string | undefined): string | null {
  return /(?:^|[@:])([0-9a-f]{40}|[0-9a-f]{64})$/.exec(revision ?? '')?.[1] ?? null;
}

/** The revision that `output` of `git ls-remote --symref` answers to `query`, or null when it does not hold the reference. */
export function parseRemoteReferences(output: string, query: NamedQuery): ResolvedRevision | null {
  const { values, targets } = readReferences(output);
  if (query.kind === 'tag') return toTagRevision(values, query.name);
  const commit = values.get(query.fullName);
  if (commit === undefined) return null;
  if (query.kind === 'branch') return toRevision(commit, query.name);
  return toRevision(commit, branchOfHead(targets.get('HEAD') ?? ''));
}

/** The branch that HEAD is said to be; whatever else the server says ends up in a status, and so is left out. */
function branchOfHead(target: string): string {
  const name = target.replace(/^refs\/heads\//, '');
  return isRefName(name) && !/\p{Cf}/u.test(name) ? name : 'HEAD';
}

/**
 * The newest of the tags in `output` of `git ls-remote` that are versions in `range`, by precedence; null when there is none. Of tags that differ in a
 * `v` or in build metadata only, the one whose name is last by code units is taken, so that it is the same one every time.
 */
export function findNewestTag(output: string, range: SemverRange): ResolvedRevision | null {
  const { values } = readReferences(output);
  const versions = [...values.keys()].flatMap((name) => toVersionTag(name) ?? []).filter((tag) => range(tag.version));
  const newest = versions.reduce<VersionTag | null>(
    (best, tag) => (best === null || compareTags(tag, best) > 0 ? tag : best),
    null,
  );
  return newest === null ? null : toTagRevision(values, newest.name);
}

interface VersionTag {
  readonly name: string;
  readonly version: SemverVersion;
}

/** Null for a reference that is no tag, or whose name is no version. */
function toVersionTag(fullName: string): VersionTag | null {
  const name = /^refs\/tags\/(.*)$/.exec(fullName)?.[1] ?? '';
  const version = parseSemver(name);
  return version === null ? null : { name, version };
}

function compareTags(a: VersionTag, b: VersionTag): number {
  return compareSemver(a.version, b.version) || (a.name > b.name ? 1 : -1);
}

function readReferences(output: string): { values: Map<string, string>; targets: Map<string, string> } {
  const values = new Map<string, string>();
  const targets = new Map<string, string>();
  for (const line of output.split('\n')) {
    const [value = '', name = ''] = line.split('\t');
    if (value.startsWith('ref: ')) targets.set(name, value.slice('ref: '.length));
    else if (isCommitId(value)) values.set(name, value);
  }
  return { values, targets };
}

/** An annotated tag is an object of its own; the peeled entry is the commit that it names. */
function toTagRevision(values: ReadonlyMap<string, string>, name: string): ResolvedRevision | null {
  const object = values.get(`refs/tags/${name}`);
  if (object === undefined) return null;
  const peeled = values.get(`refs/tags/${name}^{}`);
  const tag = { name, object: peeled === undefined ? null : object };
  return { ...toRevision(peeled ?? object, name), tag };
}

function assertRange(text: string): SemverRange {
  const range = parseSemverRange(text);
  if (range === null) throw invalid(`semver ${quote(text)} is not a range of versions, such as ">=1.2 <2" or "1.x"`);
  return range;
}

/** What lies outside of `refs/` is of the server's own, such as `FETCH_HEAD`. */
function assertFullName(name: string): string {
  if (!name.startsWith('refs/')) throw invalid(`reference ${quote(name)} does not start with refs/`);
  return assertRefName('reference', name);
}

/** `name`. @throws GitError `GIT_REF_INVALID` */
function assertRefName(kind: 'branch' | 'tag' | 'reference', name: string): string {
  if (!isRefName(name)) throw invalid(`${kind} ${quote(name)} is not a name that git allows`);
  return name;
}

/** Git's own rules for reference names; what passes is safe inside of a refspec and as an ls-remote pattern. */
function isRefName(name: string): boolean {
  const isRefused =
    name === '' ||
    name.length > MAX_LENGTH ||
    /[\p{Cc} ~^:?*[\\]/u.test(name) ||
    /^[-/]|\/$|\/\/|\.\.|@\{|\.$/.test(name) ||
    name === '@' ||
    name.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  return !isRefused;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

function invalid(why: string): GitError {
  return new GitError('GIT_REF_INVALID', `cannot resolve the reference: ${why}`);
}
