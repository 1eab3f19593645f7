import { expect, test } from 'vitest';
import type { ManifestFile } from '../../../../cli/manifests/manifest-files.ts';
import { describeObject, isSealedSecret, isSecret, objectsOf } from '../../../../cli/manifests/manifest-objects.ts';
import { parseDocuments } from '../../../../shared/encoding/yaml-documents.ts';

function fileOf(text: string): ManifestFile {
  const input = { name: 'all.yaml', bytes: new Uint8Array(), isFromDirectory: false };
  return { input, text, documents: parseDocuments(text) };
}

test('objectsOf takes Lists apart, and lends the items of a typed list its kind', () => {
  const text = [
    '{kind: ConfigMap}',
    '---',
    '{apiVersion: v1, kind: List, items: [{kind: A}, {apiVersion: v1, kind: SecretList, items: [{metadata: {name: x}}]}]}',
  ].join('\n');
  const found = objectsOf(fileOf(text)).map(({ place, value }) => [place, value]);
  expect(found).toEqual([
    ['all.yaml:1: document 1', { kind: 'ConfigMap' }],
    ['all.yaml:3: document 2: item 1', { kind: 'A' }],
    ['all.yaml:3: document 2: item 2: item 1', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } }],
  ]);
});

test('objectsOf ends for a list that is its own item', () => {
  const loop: { kind: string; items: unknown[] } = { kind: 'List', items: [] };
  loop.items.push(loop);
  const file = fileOf('a: b');
  const documents = file.documents.map((document) => ({ ...document, value: loop }));
  expect(objectsOf({ ...file, documents })).toHaveLength(1);
});

test('a Secret is of the core group, and a SealedSecret of bitnami.com', () => {
  expect(isSecret({ apiVersion: 'v1', kind: 'Secret' })).toBe(true);
  expect(isSecret({ kind: 'Secret' })).toBe(true);
  expect(isSecret({ apiVersion: 'example.com/v1', kind: 'Secret' })).toBe(false);
  expect(isSecret(['Secret'])).toBe(false);
  expect(isSealedSecret({ apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret' })).toBe(true);
  expect(isSealedSecret({ apiVersion: 'v1', kind: 'SealedSecret' })).toBe(false);
});

test.each([
  [{ kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } }, 'ConfigMap "b/a"'],
  [{ kind: 'Job', metadata: { generateName: 'run-' } }, 'Job "run-"'],
  [{ kind: 'Job', metadata: { name: 7 } }, 'Job'],
  [{ kind: 'Secret', metadata: { namespace: 'shop' } }, 'Secret "shop/?"'],
  ['text', 'object without a kind'],
  [null, 'object without a kind'],
])('describeObject of %j is %s', (value, text) => {
  expect(describeObject(value)).toBe(text);
});
