import { expect, test } from 'vitest';
import type { Fingerprint } from '../../../../shared/certificate/fingerprint.ts';
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

test('openItems tries the key first that a hint names, and all others when the hint is wrong', async () => {
  const object = await mixedObject(['b']);
  const openWith = async (hints: ReadonlyMap<string, Fingerprint>) => {
    const tries: string[] = [];
    const ring = new Keyring<OpeningKey>([observed(firstKey, 'old', tries), observed(secondKey, 'new', tries)]);
    const { opened, misses } = await openItems(readSealedItems(object).items, placeOf(object).label, ring, { hints });
    expect([...opened.keys()].sort()).toEqual(['a', 'b', 'c']);
    return { tries, misses };
  };
  const { fingerprint: old } = firstKey;
  const { fingerprint: recent } = secondKey;
  const right = new Map([
    ['a', old],
    ['b', recent],
    ['c', old],
  ]);
  expect(await openWith(right)).toEqual({ tries: ['old', 'new', 'old'], misses: 0 });
  const wrong = new Map([
    ['a', recent],
    ['b', old],
    ['c', 'SHA256:nobody' as Fingerprint],
  ]);
  expect((await openWith(wrong)).misses).toBe(3);
});

test('openItems stops trying at the number of misses that it is given', async () => {
  const { opened, failures, misses } = await openItems(
    readSealedItems(await mixedObject([])).items,
    placeOf(withItems(await mixedObject([]), {})).label,
    new Keyring<OpeningKey>([secondKey]),
    { maxMisses: 2 },
  );
  expect([opened.size, misses, failures.map(({ item, code }) => [item, code])]).toEqual([
    0,
    2,
    [['c', 'SEALED_KEY_NOT_FOUND']],
  ]);
});

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

test('openItems leaves items that no key fits to the diagnosis', async () => {
  const large = await sealingKeyOf(LARGE_KEY);
  for (const keys of [[], [large]]) {
    const { unopened, misses } = await open(await sealedOf({ a: 'x' }), keys);
    expect([unopened.map(({ name }) => name), misses]).toEqual([['a'], 0]);
  }
});

/** Keys that open nothing. */
function missingKeys(amount: number, onTry: () => void): OpeningKey[] {
  return Array.from({ length: amount }, (_, index): OpeningKey => {
    const unwrap = async () => {
      onTry();
      return null;
    };
    return { ...firstKey, fingerprint: `SHA256:${index}` as OpeningKey['fingerprint'], unwrap };
  });
}

test('openItems searches one item through the whole ring, and spends twelve more tries once the object fails anyway', async () => {
  let tries = 0;
  const data = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`item-${index}`, 'x']));
  const keys = missingKeys(5, () => {
    tries += 1;
  });
  const { failures, unopened, triesLeft } = await open(await sealedOf(data), keys);
  expect([tries, triesLeft]).toEqual([5 + 12, 20]);
  expect(unopened.map(({ name }) => name)).toEqual(['item-0', 'item-1', 'item-2']);
  const reason = 'not tried further, because other values of the object do not open';
  expect(failures.map(({ item, reason: said }) => [item, said])).toEqual(
    [3, 4, 5, 6, 7, 8, 9].map((index) => [`item-${index}`, reason]),
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
