import { expect, test } from 'vitest';
import { holdsStill, type LiveObject } from '../../../../shared/sync-plan/live-object.ts';

const proven: LiveObject = {
  uid: 'u',
  resourceVersion: '5',
  fields: 'ours',
  foreignFields: 'theirs',
  generation: 2,
  metadataDigest: 'm',
  owner: 'n/app',
  isPruneDisabled: false,
  isTerminating: false,
  lastForeignManager: undefined,
};
const untracked = { ...proven, fields: undefined };

test.each([
  ['the very same version', proven, {}],
  ['a status change', proven, { resourceVersion: '6', foreignFields: 'new' }],
  ['a status change in the same second', proven, { resourceVersion: '6' }],
  [
    'a field that others added',
    proven,
    { resourceVersion: '6', generation: 3, metadataDigest: 'x', foreignFields: 'new' },
  ],
  ['a status change where ownership is not tracked', untracked, { resourceVersion: '6' }],
] as const)('%s proves that nothing of ours has changed', (_, proof, change) => {
  expect(holdsStill(proof, { ...proof, ...change })).toBe(true);
});

test.each([
  ['another object of the same name', proven, { uid: 'other' }],
  ['a field that was taken from us', proven, { resourceVersion: '6', fields: 'less', foreignFields: 'new' }],
  ['a field that was taken from us unseen', proven, { resourceVersion: '6', fields: 'less' }],
  ['ownership thrown away', proven, { resourceVersion: '6', fields: undefined, foreignFields: 'new' }],
  ['a new spec that nobody else has written', proven, { resourceVersion: '6', generation: 3 }],
  ['new metadata that nobody else has written', proven, { resourceVersion: '6', metadataDigest: 'x' }],
  [
    'a new spec where ownership is not tracked',
    untracked,
    { resourceVersion: '6', generation: 3, foreignFields: 'new' },
  ],
  [
    'a new version of a kind without generation, by nobody else',
    { ...proven, generation: undefined },
    { resourceVersion: '6' },
  ],
] as const)('%s proves nothing', (_, proof, change) => {
  expect(holdsStill(proof, { ...proof, ...change })).toBe(false);
});

test('after a restart the owned fields alone are enough', () => {
  const stored = { uid: 'u', resourceVersion: '5', fields: 'ours' };
  expect(holdsStill(stored, { ...proven, resourceVersion: '9' })).toBe(true);
  expect(holdsStill({ uid: 'u', resourceVersion: '5' }, { ...proven, resourceVersion: '9' })).toBe(false);
});
