import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { encodeEnvelope, parseEnvelope } from '../../shared/sealing/envelope.ts';
import { SealingError } from '../../shared/sealing/errors.ts';
import { labelOf } from '../../shared/sealing/scope.ts';
import { unsealItems } from '../../shared/sealing/unseal-secret.ts';
import { openValue, sealValue } from '../../shared/sealing/value-cipher.ts';
import { bothRing, firstCertificate, firstKey, sealedOf, withItems } from '../support/test-secrets.ts';

const label = labelOf('strict', 'shop', 'db');
const object = await sealedOf({ value: 'x' });
const sealed = await sealValue(firstCertificate, label, SecretBytes.fromText('correct horse'));

/** `null` when the value is refused, in whichever way; anything that is no refusal is thrown on. */
async function tryOpen(bytes: Uint8Array<ArrayBuffer>): Promise<SecretBytes | null> {
  try {
    return await openValue(firstKey, label, parseEnvelope(bytes));
  } catch (error) {
    if (error instanceof SealingError) return null;
    throw error;
  }
}

test('any flipped bit of a sealed value is rejected', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.length * 8 - 1), async (bit) => {
      const flipped = sealed.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(await tryOpen(flipped)).toBeNull();
    }),
    { numRuns: 400 },
  );
});

test('any cut of a sealed value is rejected', async () => {
  for (let length = 0; length < sealed.length; length += 1) expect(await tryOpen(sealed.slice(0, length))).toBeNull();
});

test('any bytes put in or left out of a sealed value are rejected', async () => {
  const at = fc.nat(sealed.length);
  await fc.assert(
    fc.asyncProperty(at, fc.nat(20), fc.uint8Array({ maxLength: 20 }), async (from, removed, added) => {
      const changed = Uint8Array.from([...sealed.subarray(0, from), ...added, ...sealed.subarray(from + removed)]);
      fc.pre(encodeBase64(changed) !== encodeBase64(sealed));
      expect(await tryOpen(changed)).toBeNull();
    }),
    { numRuns: 300 },
  );
});

test('parseEnvelope gives parts that encodeEnvelope joins again, or refuses with a code', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(0, 1, 2, 128), (bytes, high) => {
      const value = Uint8Array.from([high, ...bytes]);
      let joined: Uint8Array | null = null;
      try {
        joined = encodeEnvelope(parseEnvelope(value));
      } catch (error) {
        expect(error).toBeInstanceOf(SealingError);
      }
      if (joined !== null) expect(joined).toEqual(value);
    }),
    { numRuns: 2000 },
  );
});

const anyItem = fc.oneof(
  fc.jsonValue(),
  fc.string(),
  fc.base64String({ maxLength: 800 }),
  fc.uint8Array({ maxLength: 600 }).map((bytes) => encodeBase64(Uint8Array.from([1, 0, ...bytes]))),
);

test('unsealItems never throws, whatever stands in encryptedData, and names exactly the bad items', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), anyItem, { maxKeys: 4 }), async (items) => {
      const result = await unsealItems(withItems(object, items), bothRing);
      const names = result.kind === 'failed' ? result.failures.map((failure) => failure.item) : [];
      expect(names).toEqual(Object.keys(items).sort());
    }),
    { numRuns: 300 },
  );
});

test('unsealItems never throws, whatever stands in spec and metadata', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (spec, metadata) => {
      const result = await unsealItems({ ...object, spec, metadata } as never, bothRing);
      expect(['opened', 'failed']).toContain(result.kind);
    }),
    { numRuns: 300 },
  );
});
