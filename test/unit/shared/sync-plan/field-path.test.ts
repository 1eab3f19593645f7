import { expect, test } from 'vitest';
import { parseFieldPath } from '../../../../shared/sync-plan/field-path.ts';

test.each([
  ['/spec/replicas', ['spec', 'replicas']],
  ['/metadata/labels', ['metadata', 'labels']],
  ['/metadata/annotations/example.com~1a~0b', ['metadata', 'annotations', 'example.com/a~b']],
  ['/spec/containers/0/image', ['spec', 'containers', '0', 'image']],
  ['/data/~01', ['data', '~1']],
])('%s leads to %j', (text, path) => {
  expect(parseFieldPath(text)).toEqual({ path });
});

test.each([
  ['spec.replicas', 'is no JSON pointer: it has to begin with "/", as in /spec/replicas'],
  ['', 'is no JSON pointer: it has to begin with "/", as in /spec/replicas'],
  ['/spec/a~2', 'has a "~" that is neither ~0 (for "~") nor ~1 (for "/")'],
  ['/spec/a~', 'has a "~" that is neither ~0 (for "~") nor ~1 (for "/")'],
  ['/', 'has an empty part'],
  ['/spec//a', 'has an empty part'],
  ['/kind', 'cannot be ignored: kind is never compared'],
  ['/status/phase', 'cannot be ignored: status is never compared'],
  ['/metadata/annotations/signet.dev~1git-sync', 'cannot be ignored: it says to which GitSync the object belongs'],
])('%s is refused', (text, problem) => {
  expect(parseFieldPath(text)).toEqual({ problem });
});

test.each(['/metadata', '/metadata/name', '/metadata/ownerReferences/0'])(
  '%s is refused with what can be used',
  (text) => {
    expect(parseFieldPath(text).problem).toContain('only labels and annotations are compared');
  },
);
