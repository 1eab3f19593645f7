import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { parseEnvelope } from '../../shared/sealing/envelope.ts';
import { labelOf, SCOPES } from '../../shared/sealing/scope.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { unsealItems, unsealSecret } from '../../shared/sealing/unseal-secret.ts';
import { openValue, sealValue } from '../../shared/sealing/value-cipher.ts';
import { firstCertificate, firstKey, firstRing, withMetadata } from '../support/test-secrets.ts';

const certificate = firstCertificate;
const segment = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,20}[a-z0-9])?$/);
const place = fc.record({ namespace: segment, name: segment });
const scope = fc.constantFrom(...SCOPES);
const key = fc
  .oneof(fc.stringMatching(/^[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,40}$/), fc.constantFrom('__proto__', 'constructor', '.x'))
  .filter((text) => !text.startsWith('..') && text !== '.');
const bytes = fc.uint8Array({ maxLength: 300 });
const data = fc.dictionary(key, bytes, { minKeys: 1, maxKeys: 5, noNullPrototype: true });

function secretOf(
  metadata: { readonly name: string; readonly namespace: string },
  values: Record<string, Uint8Array>,
): Secret {
  const encoded = Object.entries(values).map(([name, value]) => [name, encodeBase64(value)] as const);
  return { apiVersion: 'v1', kind: 'Secret', metadata, data: Object.fromEntries(encoded) };
}

test('unsealSecret gives back what sealSecret took, in every scope', async () => {
  await fc.assert(
    fc.asyncProperty(place, scope, data, async (metadata, chosen, values) => {
      const secret = secretOf(metadata, values);
      const unsealed = await unsealSecret(await sealSecret(secret, { certificate, scope: chosen }), firstRing);
      expect(new Map(Object.entries(unsealed.data ?? {}))).toEqual(new Map(Object.entries(secret.data ?? {})));
      expect([unsealed.metadata.name, unsealed.metadata.namespace]).toEqual([metadata.name, metadata.namespace]);
    }),
    { numRuns: 150 },
  );
});

test('openValue gives back what sealValue took, for any bytes and any label', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), bytes, async (plaintext, labelBytes) => {
      const label = Uint8Array.from(labelBytes);
      const sealed = await sealValue(certificate, label, new SecretBytes(Uint8Array.from(plaintext)));
      const opened = await openValue(firstKey, label, parseEnvelope(sealed));
      expect(opened?.expose()).toEqual(Uint8Array.from(plaintext));
    }),
    { numRuns: 150 },
  );
});

test('a sealed value opens elsewhere exactly as far as its scope allows', async () => {
  await fc.assert(
    fc.asyncProperty(place, place, scope, async (here, there, chosen) => {
      const sealed = await sealSecret(secretOf(here, { a: Uint8Array.of(1) }), { certificate, scope: chosen });
      const moved = withMetadata(sealed, { ...sealed.metadata, ...there });
      const { kind } = await unsealItems(moved, firstRing);
      const isSameNamespace = here.namespace === there.namespace;
      const isAllowed = {
        strict: isSameNamespace && here.name === there.name,
        'namespace-wide': isSameNamespace,
        'cluster-wide': true,
      };
      expect(kind).toBe(isAllowed[chosen] ? 'opened' : 'failed');
    }),
    { numRuns: 150 },
  );
});

test('a namespace-wide value opens under every name of its namespace', async () => {
  await fc.assert(
    fc.asyncProperty(place, segment, async (here, otherName) => {
      const sealed = await sealSecret(secretOf(here, { a: Uint8Array.of(1) }), {
        certificate,
        scope: 'namespace-wide',
      });
      const renamed = withMetadata(sealed, { ...sealed.metadata, name: otherName });
      expect((await unsealItems(renamed, firstRing)).kind).toBe('opened');
    }),
    { numRuns: 50 },
  );
});

test('labels of different places differ within a scope', () => {
  fc.assert(
    fc.property(place, place, (a, b) => {
      const isSame = (chosen: (typeof SCOPES)[number]) =>
        encodeBase64(labelOf(chosen, a.namespace, a.name)) === encodeBase64(labelOf(chosen, b.namespace, b.name));
      expect(isSame('strict')).toBe(a.namespace === b.namespace && a.name === b.name);
      expect(isSame('namespace-wide')).toBe(a.namespace === b.namespace);
      expect(isSame('cluster-wide')).toBe(true);
    }),
  );
});
