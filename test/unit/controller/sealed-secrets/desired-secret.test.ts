import { expect, test } from 'vitest';
import {
  changesData,
  toCreate,
  toReplacement,
  toUpsert,
} from '../../../../controller/sealed-secrets/desired-secret.ts';
import { MANAGED_ANNOTATION, SKIP_OWNER_ANNOTATION } from '../../../../shared/resources/names.ts';
import type { ObjectMeta } from '../../../../shared/resources/object-meta.ts';
import { encoded } from '../../../support/key-secret.ts';
import { desiredSecret, liveSealed, liveSecret, OWNER } from '../../../support/live-objects.ts';

const sealed = liveSealed();
const skipping = liveSealed({ template: { metadata: { annotations: { [SKIP_OWNER_ANNOTATION]: 'true' } } } });
const foreign = { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'c' };

test('a created Secret carries its owner, unless the template says otherwise', () => {
  expect(toCreate(sealed, desiredSecret({ a: '1' })).metadata.ownerReferences).toEqual([OWNER]);
  expect(toCreate(skipping, desiredSecret({ a: '1' })).metadata.ownerReferences).toBeUndefined();
});

test('a Secret that is as wanted needs no write', () => {
  const live = liveSecret({ a: '1' }, { labels: { l: '1' }, ownerReferences: [OWNER] });
  expect(toReplacement(sealed, desiredSecret({ a: '1' }, { labels: { l: '1' } }), live)).toBeNull();
});

test.each([
  ['a value', liveSecret({ a: '2' }, { ownerReferences: [OWNER] })],
  ['a missing key', liveSecret({}, { ownerReferences: [OWNER] })],
  ['a foreign key', liveSecret({ a: '1', b: '2' }, { ownerReferences: [OWNER] })],
  ['a foreign label', liveSecret({ a: '1' }, { labels: { x: 'y' }, ownerReferences: [OWNER] })],
  ['a foreign annotation', liveSecret({ a: '1' }, { annotations: { x: 'y' }, ownerReferences: [OWNER] })],
  ['a missing owner', liveSecret({ a: '1' })],
])('%s is put right, against the version that was read', (_what, live) => {
  const replacement = toReplacement(sealed, desiredSecret({ a: '1' }), live);
  expect(replacement).toMatchObject({
    data: encoded({ a: '1' }),
    metadata: { labels: {}, annotations: {}, ownerReferences: [OWNER] },
  });
  expect(replacement?.metadata.resourceVersion).toBe('20');
  expect(replacement?.metadata.uid).toBe('secret-uid');
});

test('foreign owners and finalizers stay', () => {
  const live = liveSecret({}, { ownerReferences: [foreign], finalizers: ['x/y'] });
  expect(toReplacement(sealed, desiredSecret({ a: '1' }), live)?.metadata).toMatchObject({
    ownerReferences: [OWNER, foreign],
    finalizers: ['x/y'],
  });
});

test('a foreign controller stays the only one', () => {
  const { controller: _, ...ours } = OWNER;
  const live = liveSecret({}, { ownerReferences: [{ ...foreign, controller: true }] });
  expect(toReplacement(sealed, desiredSecret({}), live)?.metadata.ownerReferences).toEqual([
    ours,
    { ...foreign, controller: true },
  ]);
});

test('a template that skips the owner takes ours away and leaves others', () => {
  const live = liveSecret({}, { ownerReferences: [OWNER, foreign] });
  expect(toReplacement(skipping, desiredSecret({}), live)?.metadata.ownerReferences).toEqual([foreign]);
});

test('an immutable Secret stays immutable, and becomes so on request', () => {
  const frozen = liveSecret({ a: '1' }, { ownerReferences: [OWNER] }, { immutable: true });
  expect(toReplacement(sealed, desiredSecret({ a: '1' }), frozen)).toBeNull();
  expect(toReplacement(sealed, desiredSecret({ a: '1' }, { labels: { l: '1' } }), frozen)).toMatchObject({
    immutable: true,
  });
  const live = liveSecret({ a: '1' }, { ownerReferences: [OWNER] });
  expect(toReplacement(sealed, desiredSecret({ a: '1' }, {}, { immutable: true }), live)).toMatchObject({
    immutable: true,
  });
});

test('what a Secret says of immutability is not lost when something else changes', () => {
  const live = liveSecret({ a: '1' }, { ownerReferences: [OWNER] }, { immutable: false });
  const desired = desiredSecret({ a: '2' }, {}, { immutable: false });
  expect(toReplacement(sealed, desired, live)).toMatchObject({ immutable: false });
});

test('an upsert sends only what is missing, and nothing when all is there', () => {
  const live = liveSecret({ mine: 'm', a: '1' }, { labels: { l: '1' } });
  const desired = desiredSecret({ a: '1', b: '2' }, { labels: { l: '1', k: '2' } });
  expect(toUpsert(sealed, desired, live)).toEqual({
    metadata: { resourceVersion: '20', labels: { k: '2' }, annotations: {} },
    data: encoded({ b: '2' }),
  });
  expect(toUpsert(sealed, desiredSecret({ a: '1' }), live)).toBeNull();
});

test.each([
  ['the Secret', 'true', undefined, true],
  ['the template', undefined, 'true', true],
  ['the template, which wins', 'true', 'false', false],
  ['neither', undefined, 'yes', false],
])('an upsert adds the owner and keeps the others as %s says that it is managed', (_who, before, wanted, isAdded) => {
  const marked = (managed: string | undefined) => (managed === undefined ? {} : { [MANAGED_ANNOTATION]: managed });
  const live = liveSecret({ a: '1' }, { ownerReferences: [foreign], annotations: marked(before) });
  const patch = toUpsert(sealed, desiredSecret({ a: '2' }, { annotations: marked(wanted) }), live);
  expect((patch?.['metadata'] as ObjectMeta | undefined)?.ownerReferences).toEqual(
    isAdded ? [OWNER, foreign] : undefined,
  );
});

test('keys that name properties of every object are keys like any other', () => {
  const live = liveSecret({});
  const desired = desiredSecret(JSON.parse('{"__proto__": "p", "constructor": "c"}'));
  expect(Object.keys(toUpsert(sealed, desired, live)?.['data'] as object)).toEqual(['__proto__', 'constructor']);
  expect(changesData(desired, live, 'upsert')).toBe(true);
});

test('changesData looks at all keys for a replacement, and at the wanted ones for an upsert', () => {
  const live = liveSecret({ a: '1', mine: 'm' });
  expect(changesData(desiredSecret({ a: '1' }), live, 'upsert')).toBe(false);
  expect(changesData(desiredSecret({ a: '1' }), live, 'replace')).toBe(true);
});
