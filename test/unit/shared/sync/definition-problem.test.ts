import { expect, test } from 'vitest';
import { findDefinitionProblem } from '../../../../shared/sync/definition-problem.ts';

function problemOf(conditions: unknown): Promise<string | null> {
  const object = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {},
    status: { conditions },
  };
  return findDefinitionProblem({ get: async () => object }, 'x');
}

test('an established definition has no problem, and neither has one that is not there', async () => {
  expect(await problemOf([{ type: 'Established', status: 'True' }])).toBeNull();
  expect(await findDefinitionProblem({ get: async () => null }, 'x')).toBeNull();
});

test('the refusal of its names explains a definition that is not established', async () => {
  const conditions = [
    { type: 'Established', status: 'False', message: 'not all names are accepted' },
    { type: 'NamesAccepted', status: 'False', message: '"Widget" is already in use' },
  ];
  expect(await problemOf(conditions)).toBe('is not established: "Widget" is already in use');
  expect(await problemOf(undefined)).toBe('is not established yet');
});
