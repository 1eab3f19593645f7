import { expect, test } from 'vitest';
import { toPruneWaves, waveOf } from '../../../../shared/sync-plan/waves.ts';

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

test('pruning begins with the highest wave', () => {
  const items = [{ id: 'a' }, { id: 'b', wave: 2 }, { id: 'c', wave: -1 }, { id: 'd', wave: 2 }, { id: 'e', wave: 0 }];
  expect(toPruneWaves(items).map((wave) => wave.map(({ id }) => id))).toEqual([['b', 'd'], ['a', 'e'], ['c']]);
  expect(toPruneWaves([])).toEqual([]);
});
