import { expect, test } from 'vitest';
import { judgeDeclarative } from '../../../../shared/opengitops/judge-declarative.ts';
import { type FactChanges, faultsOf, goodFacts } from '../../../support/git-sync-facts.ts';

const faults = (changes: FactChanges): readonly string[] => faultsOf(judgeDeclarative(goodFacts(changes)));

test('files that do not render, a plan that the guard refuses, and steps that would have to be run are found', () => {
  expect(faults({ rendered: { problems: ['a.yaml:1: cannot parse'], declared: [] } })).toEqual([
    'renders fail: a.yaml:1: cannot parse',
    'inventory unknown: the files cannot be rendered',
    'secrets unknown: the files cannot be rendered',
  ]);
  expect(faults({ rendered: { refusal: 'it is empty' } })).toEqual([
    'renders fail: a sync of it would be refused whole: it is empty',
  ]);
  expect(faults({ rendered: { unhonoured: ['Job shop/migrate is applied like any other object'] } })).toEqual([
    'renders warn: 1 object in 1 file',
  ]);
});

test('an inventory that lacks an object, has one too much, or is empty is found', () => {
  const declared = ['/ConfigMap/shop/a', 'apps/Deployment/shop/cart', 'rbac/ClusterRole//reader'];
  expect(faults({ rendered: { declared } })).toEqual([
    'inventory fail: Deployment shop/cart is in the commit, and not owned',
  ]);
  expect(faults({ rendered: { declared: [] } })).toEqual([
    'inventory fail: ConfigMap shop/a is owned, and not in the commit',
  ]);
  expect(faults({ rendered: { declared: [] }, more: { owned: { value: [] } } })).toEqual([
    'inventory fail: nothing is owned, and nothing is in the commit',
  ]);
  const [, inventory] = judgeDeclarative(goodFacts({ rendered: { declared } }));
  expect(inventory?.evidence[1]).toBe('ClusterRole reader is in the commit, and not owned');
});

test('of many Secrets in plain text ten are named, and the rest is counted', () => {
  const plainSecrets = Array.from({ length: 14 }, (_, at) => `Secret shop/s${at} (a.yaml:${at})`);
  const [, , secrets] = judgeDeclarative(goodFacts({ rendered: { plainSecrets } }));
  expect(secrets?.result).toBe('fail');
  expect(secrets?.evidence).toHaveLength(11);
  expect(secrets?.evidence.at(-1)).toBe('and 4 more');
});
