import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { hasFieldsToTake, takeOverFields, withoutTakenFields } from '../../../../shared/sync-plan/take-over-fields.ts';

const entry = (manager: string, operation: string, data: readonly string[], more = {}) => ({
  manager,
  operation,
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:data': Object.fromEntries(data.map((name) => [`f:${name}`, {}])) },
  ...more,
});
const own = (...data: string[]) => entry('signet-sync', 'Apply', data);

test('the first takeover renames the entry, and later ones add to ours', () => {
  const kubectl = entry('kubectl-client-side-apply', 'Update', ['a', 'b']);
  expect(takeOverFields({ managedFields: [kubectl] })?.managedFields).toEqual([
    { ...kubectl, manager: 'signet-sync', operation: 'Apply' },
  ]);
  const others = entry('operator', 'Update', ['z']);
  const takeover = takeOverFields({ managedFields: [own('a'), kubectl, others] });
  expect(takeover).toEqual({
    managedFields: [own('a', 'b'), others],
    from: ['kubectl-client-side-apply'],
    hasLastApplied: false,
  });
});

test.each([
  ['kubectl-rollout', 'Update', {}],
  ['kubectl-annotate', 'Update', {}],
  ['helm', 'Update', {}],
  ['signet-sync', 'Apply', {}],
  ['other', 'Apply', {}],
  ['kubectl-edit', 'Update', { subresource: 'status' }],
])('%s (%s %j) keeps its fields', (manager, operation, more) => {
  const metadata = { managedFields: [entry(manager, operation, ['a'], more)] };
  expect(hasFieldsToTake(metadata)).toBe(false);
  expect(takeOverFields(metadata)).toBeNull();
});

test('sets of another API version are left until the versions meet', () => {
  const kubectl = entry('kubectl-edit', 'Update', ['a'], { apiVersion: 'v2' });
  expect(takeOverFields({ managedFields: [own('a'), kubectl] })).toBeNull();
});

test('a preview goes without the fields that only the taken ones owned', () => {
  const kubectl = entry('kubectl-client-side-apply', 'Update', ['a', 'b', 'c']);
  const operator = entry('operator', 'Update', ['c']);
  const applied: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', managedFields: [own('a'), kubectl, operator] },
    data: { a: '1', b: '1', c: '1', d: '1' },
  };
  expect(withoutTakenFields(applied)['data']).toEqual({ a: '1', c: '1', d: '1' });
});
