import { expect, test } from 'vitest';
import { type Claimant, claimsOf, decideOwnership } from '../../../../controller/sealed-secrets/ownership.ts';
import { MANAGED_ANNOTATION, PATCH_ANNOTATION } from '../../../../shared/resources/names.ts';
import type { ObjectMeta } from '../../../../shared/resources/object-meta.ts';
import { OWNER } from '../../../support/live-objects.ts';

const stranger: Claimant = { uid: 'sealed-uid', hasClaimed: () => false };
const recorded: Claimant = { uid: 'sealed-uid', hasClaimed: (uid) => uid === 'secret-uid' };
const decide = (meta: ObjectMeta, claimant = stranger) =>
  decideOwnership(claimsOf({ uid: 'secret-uid', ...meta }), claimant);
const annotated = (...names: string[]) => ({ annotations: Object.fromEntries(names.map((name) => [name, 'true'])) });

test('where there is no Secret one is created', () => {
  expect(decideOwnership(null, stranger)).toEqual({ kind: 'create' });
});

test('a Secret that is neither ours nor handed over blocks', () => {
  expect(decide({})).toEqual({ kind: 'blocked' });
});

test('a Secret that the SealedSecret controls is replaced', () => {
  expect(decide({ ownerReferences: [OWNER] })).toEqual({ kind: 'replace' });
});

test('being one of the owners, or having had the same name, is not enough', () => {
  const { controller: _, ...owner } = OWNER;
  expect(decide({ ownerReferences: [owner] }).kind).toBe('blocked');
  expect(decide({ ownerReferences: [{ ...OWNER, uid: 'earlier-uid' }] }).kind).toBe('blocked');
  expect(decideOwnership(claimsOf({ ownerReferences: [] }), { ...stranger, uid: '' }).kind).toBe('blocked');
});

test('a Secret that our record proves to be ours is replaced', () => {
  expect(decide({}, recorded)).toEqual({ kind: 'replace' });
  expect(decide({ uid: 'another' }, recorded)).toEqual({ kind: 'blocked' });
});

test('managed hands over, patch lets keys be added, and both together make it ours', () => {
  expect(decide(annotated(MANAGED_ANNOTATION))).toEqual({ kind: 'replace' });
  expect(decide(annotated(PATCH_ANNOTATION))).toEqual({ kind: 'upsert', addsOwner: false, isOurs: false });
  expect(decide(annotated(MANAGED_ANNOTATION, PATCH_ANNOTATION))).toEqual({
    kind: 'upsert',
    addsOwner: true,
    isOurs: true,
  });
});

test('patch wins over ownership, so that keys of others survive', () => {
  const meta = { ...annotated(PATCH_ANNOTATION), ownerReferences: [OWNER] };
  expect(decide(meta)).toEqual({ kind: 'upsert', addsOwner: false, isOurs: true });
});

test.each(['True', 'yes', '1', '', 'true '])('an annotation of %j means nothing', (value) => {
  expect(decide({ annotations: { [MANAGED_ANNOTATION]: value, [PATCH_ANNOTATION]: value } }).kind).toBe('blocked');
});
