import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignNamespaces } from '../../shared/sync-plan/assign-namespaces.ts';
import type { KindScope } from '../../shared/sync-plan/custom-kinds.ts';
import type { RenderedObject } from '../../shared/sync-plan/rendered-object.ts';

const SCOPES: Readonly<Record<string, KindScope | null>> = { Space: 'Namespaced', Global: 'Cluster', Unknown: null };

const rendered: fc.Arbitrary<RenderedObject> = fc
  .record({
    kind: fc.constantFrom(...Object.keys(SCOPES)),
    version: fc.constantFrom('v1', 'v2'),
    name: fc.constantFrom('a', 'b'),
    namespace: fc.constantFrom(undefined, '', 'home', 'other'),
    line: fc.integer({ min: 1, max: 99 }),
  })
  .map(({ kind, version, name, namespace, line }) => ({
    object: {
      apiVersion: `example.com/${version}`,
      kind,
      metadata: namespace === undefined ? { name } : { name, namespace },
      spec: { kept: true },
    },
    origin: { file: 'a.yaml', line, document: 1 },
  }));

function place(list: readonly RenderedObject[]) {
  return assignNamespaces({ rendered: list, defaultNamespace: 'home', scopeOf: (_, kind) => SCOPES[kind] ?? null });
}

test('every rendered object is placed, unknown or a duplicate, and no identity is placed twice', () => {
  fc.assert(
    fc.property(fc.array(rendered, { maxLength: 10 }), (list) => {
      const { placed, unknown, problems } = place(list);
      expect(placed.length + unknown.length + problems.length).toBe(list.length);
      expect(new Set(placed.map(({ key }) => key)).size).toBe(placed.length);
      expect(unknown.every(({ object }) => object.kind === 'Unknown')).toBe(true);
    }),
  );
});

test('placed objects have a namespace exactly when their kind has, and everything else is kept', () => {
  fc.assert(
    fc.property(rendered, (one) => {
      for (const { object, identity } of place([one]).placed) {
        const named = one.object.metadata.namespace;
        const wanted = one.object.kind === 'Global' ? '' : named || 'home';
        expect(identity.namespace).toBe(wanted);
        expect(object.metadata.namespace ?? '').toBe(wanted);
        expect(object['spec']).toBe(one.object['spec']);
      }
    }),
  );
});
