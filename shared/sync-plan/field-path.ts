/** @module Paths of fields that a person writes as JSON pointers (RFC 6901), checked for what a sync may leave alone. */
import { OWNER_ANNOTATION } from '../resources/names.ts';

/** The parts of a pointer, unescaped; positions in lists are decimal text. Never empty. */
export type FieldPath = readonly string[];

/** A path that can be used, or why it cannot: the end of a sentence that starts with the path. */
export type FieldPathCheck =
  | { readonly path: FieldPath; readonly problem?: never }
  | { readonly problem: string; readonly path?: never };

/** Fields that say which object it is, and the one that Signet never sends. */
const FIXED: readonly string[] = ['apiVersion', 'kind', 'status'];
const OPEN_METADATA: readonly string[] = ['labels', 'annotations'];

/** Reads `text`, such as `/spec/replicas` or `/metadata/annotations/example.com~1note`. */
export function parseFieldPath(text: string): FieldPathCheck {
  if (!text.startsWith('/')) return { problem: 'is no JSON pointer: it has to begin with "/", as in /spec/replicas' };
  if (/~(?![01])/.test(text)) return { problem: 'has a "~" that is neither ~0 (for "~") nor ~1 (for "/")' };
  const path = text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (path.includes('')) return { problem: 'has an empty part' };
  const problem = findProblem(path);
  return problem === null ? { path } : { problem };
}

/** The pointer of `path`. */
export function formatFieldPath(path: FieldPath): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function findProblem([first = '', second = '', third]: FieldPath): string | null {
  if (FIXED.includes(first)) return `cannot be ignored: ${first} is never compared`;
  if (first !== 'metadata') return null;
  if (!OPEN_METADATA.includes(second)) {
    return 'cannot be ignored: of the metadata only labels and annotations are compared, as in /metadata/labels/app';
  }
  return third === OWNER_ANNOTATION ? 'cannot be ignored: it says to which GitSync the object belongs' : null;
}
