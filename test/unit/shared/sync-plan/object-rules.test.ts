import { expect, test } from 'vitest';
import type { GitSyncSpec } from '../../../../shared/resources/git-sync.ts';
import { identityOf } from '../../../../shared/resources/object-meta.ts';
import {
  digestedContent,
  ignoreDifferencesProblem,
  isReconcileDisabled,
  PLAIN_RULES,
  rulesOf,
} from '../../../../shared/sync-plan/object-rules.ts';

function thing(annotations: Readonly<Record<string, string>>, kind = 'Deployment') {
  const metadata = { name: 'web', namespace: 'shop', annotations };
  const object = { apiVersion: 'apps/v1', kind, metadata };
  return { object, identity: identityOf(object) };
}

const rules = (annotations: Record<string, string>, spec: Pick<GitSyncSpec, 'drift' | 'ignoreDifferences'> = {}) =>
  rulesOf(thing(annotations), spec);

test.each([
  [{}, undefined, 'repair'],
  [{}, 'Report' as const, 'report'],
  [{ 'signet.dev/drift': 'ignore' }, 'Report' as const, 'ignore'],
  [{ 'signet.dev/drift': 'repair' }, 'Ignore' as const, 'repair'],
  [{ 'signet.dev/drift': 'nonsense' }, 'Ignore' as const, 'ignore'],
])('annotations %j under spec.drift %s: %s', (annotations, drift, expected) => {
  expect(rules(annotations, drift === undefined ? {} : { drift }).drift).toBe(expected);
});

test('on a SealedSecret the annotation speaks of its Secret', () => {
  expect(rulesOf(thing({ 'signet.dev/drift': 'ignore' }, 'SealedSecret'), {}).drift).toBe('repair');
});

test.each([
  [{ 'signet.dev/apply': 'if-absent' }, 'if-absent'],
  [{ 'signet.dev/apply': 'merge' }, 'merge'],
  [{ 'signet.dev/apply': 'toString' }, 'always'],
  [{ 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' }, 'if-absent'],
  [{ 'kustomize.toolkit.fluxcd.io/ssa': 'Merge' }, 'merge'],
  [{ 'kustomize.toolkit.fluxcd.io/ssa': 'Ignore' }, 'always'],
  [{ 'signet.dev/apply': 'merge', 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' }, 'merge'],
])('annotations %j: %s', (annotations: Record<string, string>, expected) => {
  expect(rules(annotations).apply).toBe(expected);
});

test('an object that asks for nothing has the rules of most', () => {
  expect(rules({ 'example.com/other': 'x' })).toBe(PLAIN_RULES);
  expect(isReconcileDisabled({ annotations: { 'signet.dev/reconcile': 'enabled' } })).toBe(false);
});

test.each([
  [{ kind: 'Deployment' }, true],
  [{ kind: 'Deployment', group: 'apps', name: 'web', namespace: 'shop' }, true],
  [{ kind: 'StatefulSet' }, false],
  [{ kind: 'Deployment', group: '' }, false],
  [{ kind: 'Deployment', name: 'other' }, false],
  [{ kind: 'Deployment', namespace: 'other' }, false],
])('target %j fits: %s', (target, fits) => {
  const { ignored } = rules({}, { ignoreDifferences: [{ target, paths: ['/spec/replicas'] }] });
  expect(ignored).toEqual(fits ? [['spec', 'replicas']] : []);
});

test('what is wrong with the list is said with the path', () => {
  const of = (path: string) => ({ ignoreDifferences: [{ target: { kind: 'A' }, paths: ['/spec/a', path] }] });
  expect(ignoreDifferencesProblem(of('/spec/b'))).toBeNull();
  expect(ignoreDifferencesProblem({})).toBeNull();
  expect(ignoreDifferencesProblem(of('spec.b'))).toMatch(/^path "spec.b" of spec.ignoreDifferences is no JSON pointer/);
});

test('the list of ignored fields is part of what a digest is of', () => {
  const { object } = thing({});
  const ignored = { ...PLAIN_RULES, ignored: [['spec', 'replicas']] };
  expect(digestedContent(object, PLAIN_RULES)).toBe(object);
  expect(digestedContent(object, ignored)).not.toEqual(object);
});
