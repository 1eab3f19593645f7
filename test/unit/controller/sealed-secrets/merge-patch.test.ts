import { expect, test } from 'vitest';
import { applyMergePatch } from '../../../../controller/sealed-secrets/merge-patch.ts';

const SECRET = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', labels: { a: '1' }, ownerReferences: [{ name: 'x' }] },
  data: { old: 'x' },
};

test('maps are merged, lists are replaced, and null removes', () => {
  const before = structuredClone(SECRET);
  const patch = { metadata: { labels: { b: '2' }, ownerReferences: [] }, data: { old: null, new: 'y' } };
  expect(applyMergePatch(SECRET as never, patch)).toEqual({
    ...SECRET,
    metadata: { name: 'db', labels: { a: '1', b: '2' }, ownerReferences: [] },
    data: { new: 'y' },
  });
  expect(SECRET).toEqual(before);
});

test('keys that objects inherit are keys like any other', () => {
  const patch = JSON.parse('{"data": {"__proto__": "eA==", "constructor": "eQ=="}}');
  const { data } = applyMergePatch(SECRET as never, patch) as unknown as { data: object };
  expect(Object.entries(data)).toEqual([
    ['old', 'x'],
    ['__proto__', 'eA=='],
    ['constructor', 'eQ=='],
  ]);
  expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
});

test('a part that is no map is replaced by one', () => {
  expect(applyMergePatch({ ...SECRET, data: null } as never, { data: { a: 'b' } })).toMatchObject({ data: { a: 'b' } });
});
