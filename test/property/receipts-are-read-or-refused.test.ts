import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fingerprint } from '../../shared/certificate/fingerprint.ts';
import { RECEIPT_ANNOTATION } from '../../shared/resources/names.ts';
import { boundPlace, carryReceipt, makeReceipt, readReceipt } from '../../shared/sealing/receipt.ts';
import { SCOPES } from '../../shared/sealing/scope.ts';
import { firstCertificate, secondCertificate } from '../support/test-secrets.ts';

const read = (text: string) => readReceipt({ annotations: { [RECEIPT_ANNOTATION]: text } });

const place = fc.record({ scope: fc.constantFrom(...SCOPES), namespace: fc.string(), name: fc.string() });
const values = fc
  .uniqueArray(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '1', '0')), { maxLength: 6 })
  .map((names) => new Map(names.map((name) => [name, new TextEncoder().encode(name)])));

test('what makeReceipt writes is read back, for any names', async () => {
  await fc.assert(
    fc.asyncProperty(place, values, async (where, own) => {
      const receipt = read(await makeReceipt(where, new Map([[firstCertificate.fingerprint, own]])));
      expect(receipt).toMatchObject(boundPlace(where));
      expect([...(receipt?.items.keys() ?? [])].sort()).toEqual([...own.keys()].sort());
    }),
  );
});

test('carrying a receipt over a seal of all items is making a new one', async () => {
  await fc.assert(
    fc.asyncProperty(place, values, async (where, own) => {
      const keyed = (key: Fingerprint) => makeReceipt(where, new Map([[key, own]]));
      const before = read(await keyed(firstCertificate.fingerprint));
      if (before === null) throw new Error('the receipt was not read');
      const sealed = { fingerprint: secondCertificate.fingerprint, values: own };
      expect(await carryReceipt(before, { sealed })).toBe(await keyed(secondCertificate.fingerprint));
    }),
  );
});

test('any text is read as a receipt or refused, and never throws', () => {
  const near = fc
    .record({ v: fc.oneof(fc.constant(1), fc.jsonValue()), scope: fc.constantFrom(...SCOPES), keys: fc.jsonValue() })
    .map((value) => JSON.stringify(value));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), near), (text) => {
      const receipt = read(text);
      if (receipt !== null) expect(SCOPES).toContain(receipt.scope);
    }),
    { numRuns: 500 },
  );
});
