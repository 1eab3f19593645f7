import { expect, test } from 'vitest';
import { customKindsOf } from '../../../../shared/sync-plan/custom-kinds.ts';

function definition(spec: unknown) {
  const object = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'x' },
    spec,
  };
  return { object, origin: { file: 'a.yaml', line: 1, document: 1 } };
}

test('customKindsOf reads scope and served versions of each definition', () => {
  const kinds = customKindsOf([
    definition({
      group: 'example.com',
      scope: 'Cluster',
      names: { kind: 'Widget' },
      versions: [{ name: 'v1', served: true }, { name: 'v0', served: false }, { name: 'v2' }],
    }),
  ]);
  expect([...kinds]).toEqual([['example.com/Widget', { scope: 'Cluster', versions: new Set(['v1', 'v2']) }]]);
});

test.each([
  undefined,
  null,
  'text',
  {},
  { group: 'g' },
  { group: 'g', names: 'x' },
  { group: 1, names: { kind: 'K' } },
])('customKindsOf leaves a definition with spec %j to the API server', (spec) => {
  expect(customKindsOf([definition(spec)]).size).toBe(0);
});

test('customKindsOf reads no other kinds', () => {
  const { object, origin } = definition({ group: 'g', names: { kind: 'K' }, versions: [] });
  expect(customKindsOf([{ object: { ...object, kind: 'ConfigMap' }, origin }]).size).toBe(0);
});
