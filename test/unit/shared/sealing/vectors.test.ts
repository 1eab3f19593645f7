import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeBase64 } from '../../../../shared/encoding/base64.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { Keyring, type SealingKey } from '../../../../shared/sealing/keyring.ts';
import { type Scope, scopeAnnotations } from '../../../../shared/sealing/scope.ts';
import { unsealItems } from '../../../../shared/sealing/unseal-secret.ts';
import type { TestKey } from '../../../support/test-keys.ts';
import { sealingKeyOf } from '../../../support/test-secrets.ts';

interface Vector {
  readonly title: string;
  readonly key: string;
  readonly scope: Scope;
  readonly namespace: string;
  readonly name: string;
  readonly sealed: string;
}

interface Vectors {
  readonly keys: Readonly<Record<string, TestKey>>;
  readonly openings: readonly (Vector & { readonly plaintext: string })[];
  readonly refusals: readonly (Vector & { readonly code: string })[];
}

const file = new URL('../../../vectors/sealed-values/vectors.json', import.meta.url);
const { keys, openings, refusals }: Vectors = JSON.parse(readFileSync(file, 'utf8'));
const imported = new Map<string, SealingKey>();
for (const [name, key] of Object.entries(keys)) imported.set(name, await sealingKeyOf(key));

function objectOf({ scope, namespace, name, sealed }: Vector): SealedSecret {
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name, namespace, annotations: scopeAnnotations(scope) },
    spec: { encryptedData: { value: sealed } },
  };
}

test.each(openings)('unsealItems opens what Go sealed: $title', async (vector) => {
  const result = await unsealItems(objectOf(vector), new Keyring([imported.get(vector.key)!]));
  expect(result.kind === 'opened' && result.items.get('value')?.expose()).toEqual(decodeBase64(vector.plaintext));
});

test.each(openings)('unsealItems finds the key among all sizes: $title', async (vector) => {
  const result = await unsealItems(objectOf(vector), new Keyring(imported.values()));
  expect(result.kind === 'opened' && [...result.keys]).toEqual([imported.get(vector.key)!.fingerprint]);
});

test.each(refusals)('unsealItems tells the cause: $title', async (vector) => {
  const result = await unsealItems(objectOf(vector), new Keyring([imported.get(vector.key)!]));
  expect(result.kind === 'failed' && result.failures.map(({ item, code }) => [item, code])).toEqual([
    ['value', vector.code],
  ]);
});
