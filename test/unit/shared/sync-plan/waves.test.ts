import { expect, test } from 'vitest';
import { toPruneWaves, unhonouredAnnotations, waveOf } from '../../../../shared/sync-plan/waves.ts';

const OWN = 'signet.dev/wave';
const ARGO = 'argocd.argoproj.io/sync-wave';

test.each([
  [{}, 0],
  [{ [OWN]: '3' }, 3],
  [{ [OWN]: '-3' }, -3],
  [{ [OWN]: '+3' }, 3],
  [{ [OWN]: ' 3 ' }, 3],
  [{ [OWN]: '-0' }, 0],
  [{ [ARGO]: '7' }, 7],
  [{ [OWN]: '1', [ARGO]: '7' }, 1],
  [{ [OWN]: 'soon', [ARGO]: '7' }, 0],
  [{ [OWN]: '1.5' }, 0],
  [{ [OWN]: '1e3' }, 0],
  [{ [OWN]: '' }, 0],
  [{ [OWN]: '1000000' }, 1_000_000],
  [{ [OWN]: '1000001' }, 0],
  [{ [OWN]: '99999999999999999999' }, 0],
])('annotations %j ask for wave %i', (annotations, wave) => {
  expect(Object.is(waveOf({ annotations }), wave)).toBe(true);
});

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

test('pruning begins with the highest wave', () => {
  const items = [{ id: 'a' }, { id: 'b', wave: 2 }, { id: 'c', wave: -1 }, { id: 'd', wave: 2 }, { id: 'e', wave: 0 }];
  expect(toPruneWaves(items).map((wave) => wave.map(({ id }) => id))).toEqual([['b', 'd'], ['a', 'e'], ['c']]);
  expect(toPruneWaves([])).toEqual([]);
});
