import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inlineConnection } from '../../shared/kube/inline-kubeconfig.ts';

const FORBIDDEN: readonly (readonly [string, fc.Arbitrary<unknown>])[] = [
  ...[
    'exec',
    'auth-provider',
    'certificate-authority',
    'client-certificate',
    'client-key',
    'tokenFile',
    'proxy-url',
  ].map((field) => [field, fc.jsonValue()] as const),
  ['insecure-skip-tls-verify', fc.jsonValue().filter((value) => value !== false)],
];

/** A kubeconfig with unused entries of any shape, and the maps in it that a field can be put into. */
const kubeconfig = fc
  .record({ extra: fc.dictionary(fc.constantFrom('x', 'extensions', 'preferences'), fc.jsonValue({ maxDepth: 3 })) })
  .map(({ extra }) => ({
    ...extra,
    'current-context': 'c',
    clusters: [
      { name: 'k', cluster: { server: 'https://192.0.2.1', extensions: [{ name: 'e', extension: { deep: [{}] } }] } },
      { name: 'unused', cluster: { server: 'https://192.0.2.2' } },
    ],
    users: [
      { name: 'u', user: { token: 't' } },
      { name: 'unused', user: { token: 't' } },
    ],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
  }));

function mapsOf(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(mapsOf);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(mapsOf)];
}

test('a kubeconfig with a forbidden field anywhere in it is refused, whatever the field says', async () => {
  const planted = fc.constantFrom(...FORBIDDEN).chain(([field, values]) => fc.tuple(fc.constant(field), values));
  await fc.assert(
    fc.asyncProperty(kubeconfig, planted, fc.nat(), async (config, [field, value], place) => {
      const copy = structuredClone(config);
      const maps = mapsOf(copy);
      Object.assign(maps[place % maps.length]!, { [field]: value });
      await expect(inlineConnection(Buffer.from(JSON.stringify(copy)), 'of a test')).rejects.toMatchObject({
        code: 'KUBE_KUBECONFIG_INVALID',
      });
    }),
  );
});

test('without one it is taken', async () => {
  await fc.assert(
    fc.asyncProperty(kubeconfig, async (config) => {
      fc.pre(!FORBIDDEN.some(([field]) => JSON.stringify(config).includes(`"${field}"`)));
      const connection = await inlineConnection(Buffer.from(JSON.stringify(config)), 'of a test');
      expect(connection.server).toBe('https://192.0.2.1');
    }),
  );
});
