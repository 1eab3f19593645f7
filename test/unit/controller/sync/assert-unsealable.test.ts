import { expect, test } from 'vitest';
import { assertUnsealable } from '../../../../controller/sync/assert-unsealable.ts';
import type { PreflightAnswer, SealedPreflight } from '../../../../shared/sync/sealed-preflight.ts';
import { type DesiredObject, toPlacedObject } from '../../../../shared/sync-plan/desired-object.ts';

const { signal } = new AbortController();

function desired(kind: string, name: string, annotations: Readonly<Record<string, string>> = {}): DesiredObject {
  const apiVersion = kind === 'SealedSecret' ? 'bitnami.com/v1alpha1' : 'v1';
  const object = { apiVersion, kind, metadata: { namespace: 'shop', name, annotations } };
  return { ...toPlacedObject(object, { file: `${name}.yaml`, line: 1, document: 1 }), digest: name };
}

function preflight(answer: PreflightAnswer | null, asked: string[] = []): SealedPreflight {
  return {
    version: () => '',
    onChange: () => undefined,
    check: async (sealed) => {
      asked.push(...sealed.map(({ identity }) => identity.name));
      return answer;
    },
  };
}

test('only SealedSecrets that nobody else looks after are asked about, and without any nobody is', async () => {
  const asked: string[] = [];
  const fine = preflight({ failures: [], untried: 0 }, asked);
  const others = desired('SealedSecret', 'others', { 'signet.dev/preflight': 'disabled' });
  await assertUnsealable(fine, [desired('ConfigMap', 'a'), desired('SealedSecret', 'db'), others], signal);
  expect(asked).toEqual(['db']);
  await assertUnsealable(preflight(null), [desired('ConfigMap', 'a'), others], signal);
});

test('what does not open refuses the commit, in the order of the files, and says how much was not tried', async () => {
  const failure = (file: string) => ({
    kind: 'SealedSecret',
    namespace: 'shop',
    name: file,
    file,
    line: 1,
    message: 'm',
  });
  const answer = { failures: [failure('b.yaml'), failure('a.yaml')], untried: 7 };
  const refused = assertUnsealable(preflight(answer), [desired('SealedSecret', 'db')], signal);
  await expect(refused).rejects.toMatchObject({
    refusal: {
      reason: 'CannotUnseal',
      outlook: 'poll',
      failures: [{ file: 'a.yaml' }, { file: 'b.yaml' }],
      message:
        'nothing of the commit is applied: a.yaml:1: SealedSecret shop/a.yaml: m (and 1 more); 7 further SealedSecrets were not tried',
    },
  });
});

test('while the keys are not known nothing is taken on, and it is tried again', async () => {
  const refused = assertUnsealable(preflight(null), [desired('SealedSecret', 'db')], signal);
  await expect(refused).rejects.toMatchObject({ refusal: { reason: 'ClusterUnavailable', outlook: 'retry' } });
});
