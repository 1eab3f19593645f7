import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SealedSecretStore } from '../../controller/sealed-secrets/sealed-secret-store.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { jsonValue } from '../support/arbitrary-json.ts';
import { REQUEST, sealFor, UnsealBench } from '../support/unseal-bench.ts';

const sealed = await sealFor({ password: 'p' });

const condition = fc.record(
  {
    type: fc.constantFrom('Synced', 'Ready', 'Drifted', 'Stalled'),
    status: fc.oneof(fc.constantFrom('True', 'False', 'Unknown'), jsonValue),
    reason: fc.oneof(fc.constantFrom('Unsealed', 'KeyNotFound'), jsonValue),
    message: jsonValue,
  },
  { requiredKeys: ['type'] },
);

/** What may stand in a status where the resource definition is an old one that lets everything pass. */
const status = fc.oneof(
  { weight: 1, arbitrary: jsonValue },
  {
    weight: 9,
    arbitrary: fc.record(
      {
        observedGeneration: fc.oneof(fc.constantFrom(0, 1), jsonValue),
        conditions: fc.oneof(fc.array(fc.oneof(condition, jsonValue), { maxLength: 4 }), jsonValue),
        unsealed: jsonValue,
        attempt: fc.oneof(
          jsonValue,
          fc.record({ sealedDigest: fc.string(), keysDigest: fc.string(), secret: fc.string(), keys: jsonValue }),
        ),
        lastSynced: jsonValue,
      },
      { requiredKeys: [] },
    ),
  },
);

test('whatever stands in a status, the object is unsealed, and its status says so', async () => {
  await fc.assert(
    fc.asyncProperty(status, async (value) => {
      const bench = new UnsealBench();
      await bench.put(sealed);
      const put = (await bench.sealed()) as SealedSecret;
      bench.sealedObjects.put({ ...put, status: value });
      await bench.reconcile();
      bench.restart();
      await bench.reconcile();
      expect(await bench.ready()).toBe('Unsealed');
      expect(await bench.secret()).not.toBeNull();
    }),
    { numRuns: 300 },
  );
});

test('whatever stands in a status, it can be told whether the object fails', () => {
  fc.assert(
    fc.property(status, (value) => {
      const store = new SealedSecretStore();
      store.observe({ ...sealed, status: value } as unknown as SealedSecret);
      expect(store.failing().every(({ name }) => name === REQUEST.name)).toBe(true);
    }),
  );
});
