import { expect, test } from 'vitest';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import type { KustomizationTree } from '../../../../shared/kustomization/kustomization-tree.ts';
import { readBuiltDocuments } from '../../../../shared/kustomize/built-documents.ts';

function treeOf(files: Readonly<Record<string, string>>): KustomizationTree {
  const all = Object.entries(files).map(([path, text]) => ({ path, bytes: encodeUtf8(text) }));
  return {
    folder: 'app',
    files: all.map((file) => (file.path.endsWith('kustomization.yaml') ? { ...file, rewritten: '{}' } : file)),
    keepsOrigins: false,
  };
}

function configMap(name: string, origin?: string): string {
  const annotations = origin === undefined ? '' : `, annotations: {config.kubernetes.io/origin: "${origin}"}`;
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${annotations}}\n`;
}

function placesOf(output: readonly string[], files: Readonly<Record<string, string>>): readonly string[] {
  const documents = readBuiltDocuments(output.join('---\n'), treeOf(files));
  return documents.map(({ origin: { file, line, document } }) => `${file}:${line} ${document}`);
}

const KUSTOMIZATION = 'resources: [a.yaml]\nconfigMapGenerator:\n- name: app\n- name: app-extra\n- literals: []\n';
const FILES = {
  'app/kustomization.yaml': KUSTOMIZATION,
  'app/a.yaml': [configMap('web'), configMap('web-extra'), 'kind: Secret\nmetadata: {name: web}\n'].join('---\n'),
};

test.each([
  ['the same name', configMap('web', 'path: a.yaml'), 'app/a.yaml:1 1'],
  ['a prefix and a suffix', configMap('pre-web-post', 'path: a.yaml'), 'app/a.yaml:1 1'],
  ['the longer of two names', configMap('pre-web-extra-post', 'path: a.yaml'), 'app/a.yaml:5 2'],
  [
    'another kind',
    'kind: Secret\nmetadata: {name: web, annotations: {config.kubernetes.io/origin: "path: a.yaml"}}\n',
    'app/a.yaml:9 3',
  ],
  ['an unknown name', configMap('none', 'path: a.yaml'), 'app/a.yaml:1 1'],
  [
    'a generator with a hash',
    configMap('app-extra-abcdefghij', 'configuredIn: kustomization.yaml'),
    'app/kustomization.yaml:4 1',
  ],
  [
    'a generator with a prefix',
    configMap('pre-app-abcdefghij', 'configuredIn: kustomization.yaml'),
    'app/kustomization.yaml:3 1',
  ],
  ['no origin', configMap('web'), 'app/kustomization.yaml:1 1'],
  ['a file that is not in the tree', configMap('web', 'path: ../../etc/passwd'), 'app/kustomization.yaml:1 1'],
])('a built object with %s is found in its source', (_what, object, place) => {
  expect(placesOf([object], FILES)).toEqual([place]);
});

test('the annotation that tells the origin is taken away again', () => {
  const [document] = readBuiltDocuments(configMap('web', 'path: a.yaml'), treeOf(FILES));
  expect(document?.value).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } });
});

test('twenty thousand objects of one file are found in it, and as many with a prefix do not take for ever', () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `object-${index}`);
  const files = { ...FILES, 'app/a.yaml': names.map((name) => configMap(name)).join('---\n') };
  const places = placesOf(
    names.map((name) => configMap(name, 'path: a.yaml')),
    files,
  );
  expect(places.slice(-1)).toEqual(['app/a.yaml:79997 20000']);
  expect(new Set(places).size).toBe(names.length);
  const prefixed = placesOf(
    names.map((name) => configMap(`prefix-${name}`, 'path: a.yaml')),
    files,
  );
  expect(prefixed.every((place) => place.startsWith('app/a.yaml:'))).toBe(true);
}, 120_000);
