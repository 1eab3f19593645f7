import { expect, test } from 'vitest';
import type { OwnedObjectFacts } from '../../../../shared/opengitops/facts.ts';
import { judgeReconciled } from '../../../../shared/opengitops/judge-reconciled.ts';
import { type FactChanges, faultsOf, goodFacts } from '../../../support/git-sync-facts.ts';

const faults = (changes: FactChanges): readonly string[] => faultsOf(judgeReconciled(goodFacts(changes)));

function owning(changes: Partial<OwnedObjectFacts>): FactChanges {
  const object = {
    key: '/ConfigMap/shop/a',
    name: 'ConfigMap shop/a',
    managers: [],
    exemptions: [],
    isKeptFromPruning: false,
  };
  return { more: { owned: { value: [{ ...object, ...changes }] } } };
}

test('a GitSync that is not Ready, or was never, is a failure, and one on its way is not', () => {
  const ready = (status: 'False' | 'Unknown') => ({
    conditions: [{ type: 'Ready', status, reason: 'SomeFailed', message: '1 object failed', lastTransitionTime: '' }],
  });
  expect(faults({ status: ready('False') })).toEqual(['ready fail: SomeFailed: 1 object failed']);
  expect(faults({ status: ready('Unknown') })).toEqual(['ready warn: SomeFailed: 1 object failed']);
  expect(faults({ status: { conditions: [] } })).toEqual(['ready fail: it was never reconciled']);
});

test('differences and conflicts fail, what cannot be compared is not known, what may differ is a warning', () => {
  expect(faults({ rendered: { differing: ['ConfigMap shop/a is missing'], uncompared: ['x: no rights'] } })).toEqual([
    'equal fail: ConfigMap shop/a is missing',
  ]);
  expect(faults({ rendered: { conflicts: ['ConfigMap shop/a: belongs to x/y'] } })).toEqual([
    'equal fail: ConfigMap shop/a: belongs to x/y',
  ]);
  expect(faults({ rendered: { uncompared: ['x: no rights'] } })).toEqual(['equal unknown: x: no rights']);
  expect(faults({ rendered: { exempt: ['x: it is left alone'] } })).toEqual(['equal warn: x: it is left alone']);
});

test('SealedSecrets that are closed, objects that stay, and other writers are named', () => {
  expect(faults(owning({ notUnsealed: 'NoKey: sealed to another key' }))).toEqual([
    'unsealed fail: ConfigMap shop/a: NoKey: sealed to another key',
  ]);
  expect(faults(owning({ notUnsealed: null }))).toEqual([]);
  expect(faults(owning({ isKeptFromPruning: true }))).toEqual(['prune warn: pruning is on']);
  expect(faults(owning({ managers: ['kubectl-edit'] }))).toEqual([
    'writers warn: kubectl-edit holds fields of ConfigMap shop/a',
  ]);
  expect(faults({ spec: { prune: false } })).toEqual(['prune fail: pruning is off: what leaves Git stays']);
});

test('drift that is not repaired fails for a whole GitSync, and warns for single objects and fields', () => {
  expect(faults({ spec: { drift: 'Report' } })).toEqual(['drift fail: spec.drift is Report: edits stay']);
  expect(faults({ spec: { suspend: true } })).toEqual(['drift fail: it is suspended: nothing is repaired']);
  expect(faults(owning({ exemptions: ['edits stay'] }))).toEqual(['drift warn: ConfigMap shop/a: edits stay']);
  const ignoreDifferences = [{ target: { kind: 'Deployment' }, paths: ['/spec/replicas'] }];
  expect(faults({ spec: { ignoreDifferences } })).toEqual(['drift warn: /spec/replicas of Deployment may differ']);
  const drifted = [
    { kind: 'ConfigMap', namespace: 'shop', name: 'a', state: 'Contested' as const, since: '', message: 'by x' },
  ];
  expect(faults({ status: { drifted } })).toEqual(['drift fail: ConfigMap shop/a is Contested: by x']);
});

test('an edit that was not undone is a failure, and one that was not made is not known', () => {
  const probe = (repaired: { why: string } | { value: { name: string; tookMs: number | null } }) => ({
    more: { probe: { answeredMs: { value: 1 }, repaired, timeoutMs: 60_000 } },
  });
  expect(faults(probe({ value: { name: 'ConfigMap shop/a', tookMs: null } }))).toEqual([
    'repair fail: an edit of ConfigMap shop/a was not undone in 60 s',
  ]);
  expect(faults(probe({ why: 'none to edit' }))).toEqual(['repair unknown: none to edit']);
});
