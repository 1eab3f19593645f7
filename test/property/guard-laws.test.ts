import fc from 'fast-check';
import { expect, test } from 'vitest';
import { objectKey } from '../../shared/resources/object-meta.ts';
import { checkGuard } from '../../shared/sync-plan/guard.ts';
import { protectionOf } from '../../shared/sync-plan/protection.ts';
import { identities } from '../support/plan-arbitraries.ts';

const owned = fc
  .uniqueArray(identities, { selector: objectKey, maxLength: 5 })
  .map((list) => new Map(list.map((one) => [objectKey(one), { ...one, version: 'v1', state: 'applied' as const }])));
const specs = fc.record({
  prune: fc.option(fc.boolean(), { nil: undefined }),
  guard: fc.option(fc.record({ allowEmpty: fc.boolean() }), { nil: undefined }),
});

test('a plan is refused exactly when it would prune everything that is owned without being allowed to', () => {
  fc.assert(
    fc.property(fc.nat(3), owned, specs, (wanted, entries, { prune, guard }) => {
      const spec = { ...(prune === undefined ? {} : { prune }), ...(guard === undefined ? {} : { guard }) };
      const refusal = checkGuard({ wanted, owned: entries, spec });
      const isMistake = wanted === 0 && entries.size > 0 && prune === true && guard?.allowEmpty !== true;
      expect(refusal?.reason ?? null).toBe(isMistake ? 'EmptyRender' : null);
    }),
  );
});

test('the namespaces of the GitSync, of Signet and of the system, its own definitions and the Secrets beside it are protected, others are not', () => {
  const context = { gitSync: { namespace: 'shop', name: 'app' }, controllerNamespace: 'signet-system' };
  const namespaces = ['shop', 'signet-system', 'default', 'kube-system', 'kube-public', 'kube-node-lease'];
  const definitions = ['gitsyncs.signet.dev', 'inventories.signet.dev', 'sealedsecrets.bitnami.com'];
  fc.assert(
    fc.property(identities, fc.constantFrom(...namespaces, ...definitions, 'app', 'other'), (identity, name) => {
      const object = { ...identity, name };
      const isOwn = object.kind === 'GitSync' && name === 'app';
      const isProtected =
        (object.kind === 'Namespace' && namespaces.includes(name)) ||
        (object.kind === 'CustomResourceDefinition' && definitions.includes(name)) ||
        (object.kind === 'Secret' && object.namespace === 'signet-system') ||
        isOwn;
      expect(protectionOf(object, context) !== null).toBe(isProtected);
    }),
    { numRuns: 2_000 },
  );
});
