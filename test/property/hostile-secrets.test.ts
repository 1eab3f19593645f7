import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { SealingError, SealRefusedError } from '../../shared/sealing/errors.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { secretFromItems } from '../../shared/sealing/secret-from-items.ts';
import { unsealSecret } from '../../shared/sealing/unseal-secret.ts';
import { firstCertificate, firstRing } from '../support/test-secrets.ts';

const text = fc.oneof(fc.string(), fc.constantFrom('YQ==', 'true', 'db', '__proto__', '{{ x }}'));
const value = fc.oneof(text, fc.jsonValue());
const map = fc.oneof(fc.dictionary(text, text), fc.dictionary(text, value), fc.jsonValue());
const goodMap = fc.dictionary(fc.stringMatching(/^[-_a-z]{1,9}$/), fc.constantFrom('', 'YQ==', 'cGFzcw=='));
const name = fc.oneof(fc.constant('db'), value);

/** Mostly well-formed, so that both outcomes occur. */
function mostly<Good, Any>(good: fc.Arbitrary<Good>, any: fc.Arbitrary<Any>): fc.Arbitrary<Good | Any> {
  return fc.oneof({ arbitrary: good, weight: 5 }, { arbitrary: any, weight: 1 });
}

const goodMetadata = fc.record(
  { labels: mostly(goodMap, map), annotations: mostly(goodMap, map), finalizers: mostly(fc.constant([]), value) },
  { requiredKeys: [] },
);
const metadata = mostly(
  goodMetadata.map((fields) => ({ name: 'db', namespace: 'shop', ...fields })),
  fc.oneof(fc.record({ name, namespace: name, labels: map, annotations: map }), fc.jsonValue()),
);
const secret = fc.record(
  {
    metadata,
    data: mostly(goodMap, map),
    stringData: mostly(goodMap, map),
    type: mostly(fc.constant('Opaque'), value),
    immutable: mostly(fc.boolean(), value),
  },
  { requiredKeys: ['metadata'] },
);

test('sealSecret seals or refuses any object, with codes, and what it seals opens again', async () => {
  const counts = { sealed: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(secret, async (fields) => {
      const object = { apiVersion: 'v1', kind: 'Secret', ...fields } as unknown as Secret;
      const result = await sealSecret(object, { certificate: firstCertificate, allowEmpty: true }).catch(
        (error: unknown) => error,
      );
      if (result instanceof Error) {
        expect(result).toBeInstanceOf(SealRefusedError);
        expect((result as SealRefusedError).faults.length).toBeGreaterThan(0);
        counts.refused += 1;
        return;
      }
      counts.sealed += 1;
      await unsealSecret(result as SealedSecret, firstRing);
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(counts.sealed, counts.refused)).toBeGreaterThan(50);
});

test('sealSecret refuses any value that is no object of kind Secret', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (object) => {
      const sealing = sealSecret(object as unknown as Secret, { certificate: firstCertificate });
      await expect(sealing).rejects.toMatchObject({ code: 'SEAL_NOT_A_SECRET' });
    }),
    { numRuns: 300 },
  );
});

test('secretFromItems reads or refuses any template, with a code', async () => {
  const template = fc.oneof(
    fc.record({ metadata: map, data: map, type: value, immutable: value }, { requiredKeys: [] }),
    fc.jsonValue(),
  );
  await fc.assert(
    fc.asyncProperty(template, async (any) => {
      const sealed = {
        metadata: { name: 'db' },
        spec: { encryptedData: {}, template: any },
      } as unknown as SealedSecret;
      let thrown: unknown = null;
      try {
        await secretFromItems(sealed, new Map());
      } catch (error) {
        thrown = error;
      }
      if (thrown !== null) expect(thrown).toBeInstanceOf(SealingError);
    }),
    { numRuns: 2000 },
  );
});
