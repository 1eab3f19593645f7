import { expect, test } from 'vitest';
import { KubeError } from '../../../../shared/kube/errors.ts';
import type { GitSync, GitSyncSpec } from '../../../../shared/resources/git-sync.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { loadVariables } from '../../../../shared/sync/load-variables.ts';

const gitSync = (substitute: GitSyncSpec['substitute']): GitSync =>
  ({
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { name: 'app', namespace: 'shop' },
    spec: { source: { url: 'https://git.example.com/a' }, ...(substitute && { substitute }) },
  }) as GitSync;

const clientWith = (objects: Readonly<Record<string, Readonly<Record<string, string>>>>) => ({
  get: async (
    type: { readonly kind: string },
    { namespace = '', name }: { readonly namespace?: string | undefined; readonly name: string },
  ) => {
    const data = objects[`${type.kind} ${namespace}/${name}`];
    if (data === undefined) return null;
    return {
      apiVersion: 'v1',
      kind: type.kind,
      metadata: { name, uid: name, resourceVersion: '7' },
      data,
    } as KubeObject;
  },
});

const client = clientWith({
  'ConfigMap shop/a': { one: 'a1\n', two: 'a2', 'not-a-name': 'x' },
  'Secret shop/b': { two: btoa('b2\r\n'), binary: btoa('\xff') },
});

test('later sources win over earlier ones, and the own values over all; a line break at the end is left out', async () => {
  const from = [
    { kind: 'ConfigMap', name: 'a' },
    { kind: 'Secret', name: 'b' },
    { kind: 'ConfigMap', name: 'c', optional: true },
  ] as const;
  const { variables, stamp } = await loadVariables(client, gitSync({ from, vars: { three: 'own' } }));
  expect(Object.fromEntries(variables ?? [])).toEqual({
    one: { value: 'a1', isSecret: false },
    two: { value: 'b2', isSecret: true },
    three: { value: 'own', isSecret: false },
  });
  expect(stamp).toBe('a/7 b/7 -');
});

test('of several sources that are missing the first is named, whichever answer comes first', async () => {
  const from = [
    { kind: 'ConfigMap', name: 'late' },
    { kind: 'Secret', name: 'early' },
  ] as const;
  const gone = Promise.withResolvers<null>();
  const slow = {
    get: (_type: unknown, { name }: { readonly name: string }) =>
      name === 'late' ? gone.promise : Promise.resolve(null),
  };
  setImmediate(() => gone.resolve(null));
  await expect(loadVariables(slow, gitSync({ from }))).rejects.toThrow('ConfigMap shop/late of spec.substitute.from');
});

test('without spec.substitute nothing is read', async () => {
  expect(await loadVariables(client, gitSync(undefined))).toEqual({ variables: null, stamp: '' });
});

test.each([
  [{ from: [{ kind: 'Secret', name: 'gone' }] }, 'Secret shop/gone of spec.substitute.from does not exist'],
  [{ vars: { 'not-a-name': 'x' } }, 'spec.substitute.vars "not-a-name" is no name of a variable'],
  [{ vars: { long: 'x'.repeat(65_537) } }, 'the value of variable "long" is longer than 64 KiB'],
  [
    { vars: Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`v${index}`, ''])) },
    'there are more than 1000 variables',
  ],
] as const)('%j is refused: %s', async (substitute, why) => {
  await expect(loadVariables(client, gitSync(substitute))).rejects.toMatchObject({
    code: 'SUBSTITUTE_SOURCE_INVALID',
    message: `cannot read the variables: ${why}`,
  });
});

test('what may not be read says so, and what cannot be asked is thrown on', async () => {
  const failing = (code: 'KUBE_FORBIDDEN' | 'KUBE_UNREACHABLE') => ({
    get: () => Promise.reject(new KubeError(code, 'no')),
  });
  const from = [{ kind: 'Secret', name: 'b' }] as const;
  await expect(loadVariables(failing('KUBE_FORBIDDEN'), gitSync({ from }))).rejects.toMatchObject({
    code: 'SUBSTITUTE_SOURCE_INVALID',
  });
  await expect(loadVariables(failing('KUBE_UNREACHABLE'), gitSync({ from }))).rejects.toMatchObject({
    code: 'KUBE_UNREACHABLE',
  });
});
