import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { type FieldChange, objectChanges } from '../../../../shared/sync-plan/object-changes.ts';
import { showPair } from '../../../../shared/sync-plan/shown-object.ts';

function deployment(spec: unknown, metadata: Record<string, unknown> = {}): KubeObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a', ...metadata }, spec };
}

function changesOf(before: KubeObject, after: KubeObject): readonly FieldChange[] {
  return objectChanges(showPair({ before, after }, (side) => `digest of ${side}`));
}

test('objectChanges names added, removed and changed fields by JSON pointer', () => {
  const before = deployment({ replicas: 1, paused: true, template: { containers: [{ image: 'a' }] } });
  const after = deployment({ replicas: 2, template: { containers: [{ image: 'b' }, { image: 'c' }] } });
  expect(changesOf(before, after)).toEqual([
    { path: '/spec/paused', before: 'true' },
    { path: '/spec/replicas', before: '1', after: '2' },
    { path: '/spec/template/containers/0/image', before: '"a"', after: '"b"' },
    { path: '/spec/template/containers/1/image', after: '"c"' },
  ]);
});

test('objectChanges counts labels and annotations, and no other metadata or status', () => {
  const before = { ...deployment({}, { resourceVersion: '1', labels: { 'a/b': '1' } }), status: { replicas: 0 } };
  const after = { ...deployment({}, { resourceVersion: '2', labels: { 'a/b': '2' } }), status: { replicas: 5 } };
  expect(changesOf(before, after)).toEqual([{ path: '/metadata/labels/a~1b', before: '"1"', after: '"2"' }]);
});

test('objectChanges of equal objects is empty, whatever the order of their keys', () => {
  expect(changesOf(deployment({ a: 1, b: [1, 2] }), deployment({ b: [1, 2], a: 1 }))).toEqual([]);
});

test('objectChanges of an object that is new or gone is empty', () => {
  const shown = showPair({ before: null, after: deployment({}) }, String);
  expect(objectChanges(shown)).toEqual([]);
  expect(objectChanges({ before: shown.after, after: null })).toEqual([]);
});

test('objectChanges shortens long values and survives deep ones', () => {
  let deep: unknown = 'x';
  for (let depth = 0; depth < 90; depth += 1) deep = { deep };
  const changes = changesOf(deployment({ long: 'a', deep: 1 }), deployment({ long: 'b c '.repeat(2_000), deep }));
  expect(changes).toHaveLength(2);
  expect(changes.every(({ after = '' }) => after.length <= 201)).toBe(true);
});
