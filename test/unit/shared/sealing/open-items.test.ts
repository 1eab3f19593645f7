import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../../../shared/encoding/base64.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { Keyring, type OpeningKey } from '../../../../shared/sealing/keyring.ts';
import { openItems } from '../../../../shared/sealing/open-items.ts';
import { readSealedItems } from '../../../../shared/sealing/read-sealed-items.ts';
import { placeOf } from '../../../../shared/sealing/scope.ts';
import { FIRST_KEY, LARGE_KEY } from '../../../support/test-keys.ts';
import {
  firstCertificate,
  firstKey,
  sealedOf,
  sealingKeyOf,
  secondCertificate,
  secondKey,
  withItems,
} from '../../../support/test-secrets.ts';

/** `key` that notes each try in `tries` under `name`. */
function observed(key: OpeningKey, name: string, tries: string[]): OpeningKey {
  return {
    ...key,
    unwrap: (label, wrappedKey) => {
      tries.push(name);
      return key.unwrap(label, wrappedKey);
    },
  };
}

function open(sealed: SealedSecret, keys: readonly OpeningKey[]) {
  return openItems(readSealedItems(sealed).items, placeOf(sealed).label, new Keyring(keys));
}

/** Items a, b and c, of which those in `bySecond` are sealed to the second key. */
async function mixedObject(bySecond: readonly string[]): Promise<SealedSecret> {
  const data = { a: '1', b: '2', c: '3' };
  const [first, second] = [await sealedOf(data, firstCertificate), await sealedOf(data, secondCertificate)];
  const items = Object.keys(data).map((name) => [
    name,
    (bySecond.includes(name) ? second : first).spec.encryptedData[name],
  ]);
  return withItems(first, Object.fromEntries(items));
}

test('openItems tries the newest key first, then the one that opened the item before', async () => {
  const tries: string[] = [];
  const keys = [observed(firstKey, 'old', tries), observed(secondKey, 'new', tries)];
  const { opened } = await open(await mixedObject([]), keys);
  expect([...opened.keys()].sort()).toEqual(['a', 'b', 'c']);
  expect(tries).toEqual(['new', 'old', 'old', 'old']);
});

test('openItems goes on with the key that opened last when an object mixes keys', async () => {
  const tries: string[] = [];
  const keys = [observed(firstKey, 'old', tries), observed(secondKey, 'new', tries)];
  const opening = await open(await mixedObject(['b', 'c']), keys);
  expect(tries).toEqual(['new', 'old', 'old', 'new', 'new']);
  expect(opening.keys.map((key) => key.fingerprint)).toEqual([secondKey.fingerprint, firstKey.fingerprint]);
});

test('openItems tries only keys of the size that a value was sealed with', async () => {
  const tries: string[] = [];
  const large = await sealingKeyOf(LARGE_KEY, '2027-01-01T00:00:00Z');
  const { opened } = await open(await sealedOf({ a: 'x' }), [
    observed(large, 'large', tries),
    observed(firstKey, 'fitting', tries),
  ]);
  expect([opened.size, tries]).toEqual([1, ['fitting']]);
});

test('openItems opens as many items at once as a key has lanes', async () => {
  const twoLanes = await sealingKeyOf(FIRST_KEY, '2026-01-01T00:00:00Z', 2);
  let running = 0;
  let most = 0;
  const counting: OpeningKey = {
    ...twoLanes,
    unwrap: async (label, wrappedKey) => {
      running += 1;
      most = Math.max(most, running);
      const content = await twoLanes.unwrap(label, wrappedKey);
      running -= 1;
      return content;
    },
  };
  const data = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`item-${index}`, `${index}`]));
  const { opened } = await open(await sealedOf(data), [counting]);
  expect([opened.size, most]).toEqual([8, 2]);
});

test('openItems says which sizes the ring holds when none fits', async () => {
  const large = await sealingKeyOf(LARGE_KEY);
  const { failures } = await open(await sealedOf({ a: 'x' }), [large]);
  expect(failures).toMatchObject([
    {
      item: 'a',
      code: 'SEALED_KEY_SIZE_MISMATCH',
      message:
        'cannot unseal item "a": no key could decrypt secret: sealed with a 2048-bit key, the ring holds 4096-bit keys',
    },
  ]);
});

test('openItems says that there are no keys', async () => {
  const { failures } = await open(await sealedOf({ a: 'x' }), []);
  expect(failures).toMatchObject([{ item: 'a', code: 'SEALED_NO_KEYS' }]);
});

test('openItems stops trying the items of an object that fails anyway after 512 misses', async () => {
  let tries = 0;
  const missing = Array.from({ length: 100 }, (_, index): OpeningKey => {
    const unwrap = async () => {
      tries += 1;
      return null;
    };
    return { ...firstKey, fingerprint: `SHA256:${index}` as OpeningKey['fingerprint'], unwrap };
  });
  const data = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`item-${index}`, 'x']));
  const { failures, unopened } = await open(await sealedOf(data), missing);
  expect(tries).toBe(600);
  expect(unopened.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4, 5].map((index) => `item-${index}`));
  expect(failures.map(({ item, reason }) => [item, reason])).toEqual(
    [6, 7, 8, 9].map((index) => [`item-${index}`, 'not tried, because no key fitted 512 times before']),
  );
});

/** Keys of which each opens, with `firstKey`, only items whose RSA block begins with its number; the first is the newest. */
function numberedKeys(amount: number, tries: number[], firstByte: number): OpeningKey[] {
  return Array.from({ length: amount }, (_, number): OpeningKey => {
    const unwrap: OpeningKey['unwrap'] = async (label, wrappedKey) => {
      tries.push(number);
      if (wrappedKey[0] !== number) return null;
      return firstKey.unwrap(label, Uint8Array.from([firstByte, ...wrappedKey.subarray(1)]));
    };
    const fingerprint = `SHA256:${number}` as OpeningKey['fingerprint'];
    return { ...firstKey, fingerprint, createdAt: new Date(1_000_000 - number), unwrap };
  });
}

/** Copies of one item of which each belongs to the numbered key that `numbers` says, and the byte they lack. */
async function numberedItems(numbers: readonly number[]): Promise<{ sealed: SealedSecret; firstByte: number }> {
  const sealed = await sealedOf({ a: 'x' });
  const bytes = decodeBase64(sealed.spec.encryptedData['a']!);
  const items = numbers.map((number, index) => {
    const copy = bytes.slice();
    copy[2] = number;
    return [`item-${String(index).padStart(4, '0')}`, encodeBase64(copy)];
  });
  return { sealed: withItems(sealed, Object.fromEntries(items)), firstByte: bytes[2]! };
}

test('openItems tries the keys that opened items of the object before all others', async () => {
  const tries: number[] = [];
  const { sealed, firstByte } = await numberedItems([8, 9, 8, 9, 8]);
  const { opened } = await open(sealed, numberedKeys(10, tries, firstByte));
  expect(opened.size).toBe(5);
  expect(tries.slice(0, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(tries.slice(9 + 10)).toEqual([9, 8, 8, 9, 9, 8]);
});

test('openItems stops at 4096 misses, even when every item would open', async () => {
  const tries: number[] = [];
  const keyOf = (index: number) => 63 - (index % 64);
  const { sealed, firstByte } = await numberedItems(Array.from({ length: 128 }, (_, index) => keyOf(index)));
  const { opened, failures } = await open(sealed, numberedKeys(64, tries, firstByte));
  expect(tries.length - opened.size).toBeLessThan(4096 + 64);
  expect(opened.size + failures.length).toBe(128);
  expect(failures[0]).toMatchObject({ reason: 'not tried, because no key fitted 4096 times before' });
});

test('openItems hands on a failure of the platform', async () => {
  const broken: OpeningKey = { ...firstKey, unwrap: () => Promise.reject(new TypeError('no such algorithm')) };
  await expect(open(await sealedOf({ a: 'x' }), [broken])).rejects.toThrow('no such algorithm');
});
