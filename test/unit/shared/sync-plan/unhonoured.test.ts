import { expect, test } from 'vitest';
import { unhonouredAnnotations } from '../../../../shared/sync-plan/unhonoured.ts';

const OWN = 'signet.dev/wave';
const ARGO = 'argocd.argoproj.io/sync-wave';
const OPTIONS = 'argocd.argoproj.io/sync-options';

test('what is not honoured is named, and what is, is not', () => {
  expect(unhonouredAnnotations({ annotations: { [OWN]: '1', [ARGO]: 'x' } })).toEqual([]);
  expect(unhonouredAnnotations({})).toEqual([]);
  expect(
    unhonouredAnnotations({
      annotations: { 'helm.sh/hook': 'pre-install', 'argocd.argoproj.io/hook': 'Sync', [ARGO]: 'x' },
    }),
  ).toEqual([
    'is applied like any other object: annotation argocd.argoproj.io/hook="Sync" is not honoured',
    'is applied like any other object: annotation helm.sh/hook="pre-install" is not honoured',
    `is applied in wave 0: annotation ${ARGO}="x" is no whole number`,
  ]);
});

test('values are quoted and cut', () => {
  const [note = ''] = unhonouredAnnotations({ annotations: { 'helm.sh/hook': `\u001b[31m${'x'.repeat(1000)}` } });
  expect(note).not.toContain('\u001b');
  expect(note.length).toBeLessThan(200);
});

test.each([
  [{ [OPTIONS]: 'Prune=false,ServerSideApply=true' }],
  [{ 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent', 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' }],
  [{ 'signet.dev/drift': 'report', 'signet.dev/apply': 'if-absent', 'signet.dev/reconcile': 'disabled' }],
])('%j is honoured', (annotations) => {
  expect(unhonouredAnnotations({ annotations })).toEqual([]);
});

test.each([
  [OPTIONS, 'Replace=true, Prune=false', 'Replace=true'],
  [OPTIONS, 'Delete=confirm', 'Delete=confirm'],
  ['argocd.argoproj.io/compare-options', 'IgnoreExtraneous', 'IgnoreExtraneous'],
  ['kustomize.toolkit.fluxcd.io/ssa', 'Ignore', 'Ignore'],
])('annotation %s: %s is named as not honoured', (name, value, named) => {
  expect(unhonouredAnnotations({ annotations: { [name]: value } })).toEqual([
    `is applied like any other object: annotation ${name}=${JSON.stringify(named)} is not honoured`,
  ]);
});

test('values that mean nothing are named', () => {
  const annotations = { 'signet.dev/drift': 'Report', 'signet.dev/apply': 'constructor' };
  expect(unhonouredAnnotations({ annotations })).toEqual([
    'is applied like any other object: annotation signet.dev/drift="Report" is none of repair, report and ignore',
    'is applied like any other object: annotation signet.dev/apply="constructor" is neither if-absent nor merge',
  ]);
});
