import { expect, test } from 'vitest';
import { describeDrift } from '../../../../controller/sealed-secrets/drift.ts';
import type { KubeObject, ObjectMeta } from '../../../../shared/resources/object-meta.ts';
import type { UnsealMode } from '../../../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../../../shared/resources/secret.ts';
import { desiredSecret, liveSealed, liveSecret, OWNER } from '../../../support/live-objects.ts';

const template = { metadata: { labels: { app: 'shop' }, annotations: { note: 'n' } } };
const sealed = liveSealed({ template });
const metadata = { labels: { app: 'shop' }, annotations: { note: 'n' }, ownerReferences: [OWNER] };
const values = { password: 'p', user: 'u' };
const desired = desiredSecret(values, template.metadata);
const live = (changed: Record<string, string> = values, meta: ObjectMeta = {}, fields: Partial<Secret> = {}) =>
  liveSecret(changed, { ...metadata, ...meta }, fields);
const describe = (object: KubeObject, mode: UnsealMode = 'owned') =>
  describeDrift(sealed, desired, { live: object, mode });

/** An entry of managedFields as the API server writes it. */
const entry = (manager: string, time: string, fieldsV1: object) => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time,
  fieldsType: 'FieldsV1',
  fieldsV1,
});
const ours = entry('signet-unseal', '2026-01-01T10:00:00Z', { 'f:data': { 'f:user': {} } });

test('a Secret that is as it was sealed has no drift, whatever labels others add', () => {
  expect(describe(live())).toBeNull();
  expect(describe(live(values, { labels: { app: 'shop', team: 'blue' }, resourceVersion: '99' }))).toBeNull();
});

test('drift names keys, labels and all else by name, and no value', () => {
  const changed = live(
    { password: 'canary-edited', extra: 'canary-added' },
    { labels: { app: 'canary-label' }, annotations: {}, ownerReferences: [] },
    { type: 'canary-type' },
  );
  const text = describe(changed);
  expect(text).toBe(
    'changed by somebody who left no name: key "extra" added, key "password" changed, key "user" removed, ' +
      'label "app" changed, annotation "note" removed, type changed, owner reference changed',
  );
});

test('the author is whoever owns a changed field, the latest of several', () => {
  const managedFields = [
    ours,
    entry('kubelet', '2026-01-01T12:00:00Z', { 'f:metadata': { 'f:labels': { 'f:seen': {} } } }),
    entry('kubectl-edit', '2026-01-01T11:00:00Z', { 'f:data': { 'f:password': {} } }),
    entry('old-tool', '2026-01-01T09:00:00Z', { 'f:data': { 'f:password': {} } }),
  ];
  expect(describe(live({ ...values, password: 'q' }, { managedFields }))).toBe(
    'changed by "kubectl-edit" at 2026-01-01T11:00:00Z: key "password" changed',
  );
});

test('who removed a key is known only by having written after us', () => {
  const late = entry('janitor', '2026-01-01T11:00:00Z', { 'f:metadata': {} });
  const early = entry('janitor', '2026-01-01T09:00:00Z', { 'f:metadata': {} });
  const removed = (other: object) => describe(live({ user: 'u' }, { managedFields: [ours, other] }));
  expect(removed(late)).toBe('changed by "janitor" at 2026-01-01T11:00:00Z: key "password" removed');
  expect(removed(early)).toBe('changed by somebody who left no name: key "password" removed');
});

test.each([
  ['no list', 'x'],
  ['entries of no kind', [null, 1, 'x', { manager: 1 }]],
  ['fields of no kind', [{ manager: 'm', time: 't', fieldsV1: 'x' }]],
])('managedFields with %s are survived', (_what, managedFields) => {
  expect(describe(live({ ...values, password: 'q' }, { managedFields } as never))).toContain('key "password" changed');
});

test('a manager cannot forge a line', () => {
  const managedFields = [entry('a"\nb', '2026-01-01T11:00:00Z', { 'f:data': { 'f:password': {} } })];
  expect(describe(live({ ...values, password: 'q' }, { managedFields }))).toContain('changed by "a\\"\\nb" at');
});

test('of a Secret that is shared with others only the own keys count, and not their types and owners', () => {
  const shared = liveSealed({ template: { ...template, data: { password: 'literal' } } });
  const object = live({ password: 'q', theirs: 't' }, { ownerReferences: [] }, { type: 'their-type' });
  expect(
    describeDrift(shared, desiredSecret({ password: 'p' }, template.metadata), { live: object, mode: 'shared' }),
  ).toBe('changed by somebody who left no name: key "password" changed');
});

test('at most ten differences are named', () => {
  const many = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`key-${index}`, 'v']));
  expect(describe(live({ ...values, ...many }))).toMatch(/, and 15 more$/);
});
