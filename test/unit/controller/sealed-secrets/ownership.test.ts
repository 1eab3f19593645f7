import { expect, test } from 'vitest';
import { type Claimant, claimsOf, decideOwnership, isKept } from '../../../../controller/sealed-secrets/ownership.ts';
import { MANAGED_ANNOTATION, PATCH_ANNOTATION } from '../../../../shared/resources/names.ts';
import type { ObjectMeta } from '../../../../shared/resources/object-meta.ts';
import { OWNER } from '../../../support/live-objects.ts';

const stranger: Claimant = { uid: 'sealed-uid', hasClaimed: () => false };
const recorded: Claimant = { uid: 'sealed-uid', hasClaimed: (uid) => uid === 'secret-uid' };
const decide = (meta: ObjectMeta, claimant = stranger) =>
  decideOwnership(claimsOf({ uid: 'secret-uid', ...meta }), claimant);
const annotated = (...names: string[]) => ({ annotations: Object.fromEntries(names.map((name) => [name, 'true'])) });

test('where there is no Secret one is created', () => {
  expect(decideOwnership(null, stranger)).toBe('create');
});

test('a Secret that is neither ours nor handed over blocks', () => {
  expect(decide({})).toBe('blocked');
});

test('a Secret that the SealedSecret controls is replaced', () => {
  expect(decide({ ownerReferences: [OWNER] })).toBe('replace');
});

test('being one of the owners, or having had the same name, is not enough', () => {
  const { controller: _, ...owner } = OWNER;
  expect(decide({ ownerReferences: [owner] })).toBe('blocked');
  expect(decide({ ownerReferences: [{ ...OWNER, uid: 'earlier-uid' }] })).toBe('blocked');
  expect(decideOwnership(claimsOf({ ownerReferences: [] }), { ...stranger, uid: '' })).toBe('blocked');
});

test('a Secret that our record proves to be ours is replaced', () => {
  expect(decide({}, recorded)).toBe('replace');
  expect(decide({ uid: 'another' }, recorded)).toBe('blocked');
});

test('managed hands over, patch lets keys be added, and with both it is made again', () => {
  expect(decide(annotated(MANAGED_ANNOTATION))).toBe('replace');
  expect(decide(annotated(PATCH_ANNOTATION))).toBe('upsert');
  expect(decide(annotated(MANAGED_ANNOTATION, PATCH_ANNOTATION))).toBe('upsert');
  expect(isKept(claimsOf(annotated(PATCH_ANNOTATION)), stranger)).toBe(false);
  expect(isKept(claimsOf(annotated(MANAGED_ANNOTATION, PATCH_ANNOTATION)), stranger)).toBe(true);
});

test('patch wins over ownership, so that keys of others survive', () => {
  const meta = { ...annotated(PATCH_ANNOTATION), ownerReferences: [OWNER] };
  expect(decide(meta)).toBe('upsert');
  expect(isKept(claimsOf(meta), stranger)).toBe(true);
});

test.each(['True', 'yes', '1', '', 'true '])('an annotation of %j means nothing', (value) => {
  expect(decide({ annotations: { [MANAGED_ANNOTATION]: value, [PATCH_ANNOTATION]: value } })).toBe('blocked');
});
