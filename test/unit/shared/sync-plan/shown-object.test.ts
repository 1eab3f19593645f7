import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { objectDiff } from '../../../../shared/sync-plan/object-diff.ts';
import { type DigestValue, showPair } from '../../../../shared/sync-plan/shown-object.ts';

const digest: DigestValue = (side, value) => `${side}:${value.length}:${value.at(-1) ?? ''}`;

function configMap(data: unknown, metadata: Record<string, unknown> = {}): KubeObject {
  return { data, kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a', namespace: 'n', ...metadata } };
}

test('showPair keeps name, namespace, labels and annotations of the metadata, sorts keys, and drops the status', () => {
  const metadata = { uid: 'u', managedFields: [{}], resourceVersion: '7', generation: 2, labels: { b: '1', a: '2' } };
  const { before, after } = showPair(
    { before: { ...configMap({ z: '1', a: '2' }, metadata), status: { x: 1 } }, after: null },
    digest,
  );
  expect(after).toBeNull();
  expect(JSON.stringify(before)).toBe(
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"labels":{"a":"2","b":"1"},"name":"a","namespace":"n"},"data":{"a":"2","z":"1"}}',
  );
});

test('lines that are too long are cut, and differ where their rest does', () => {
  const long = 'x'.repeat(300);
  const pair = { before: configMap({ a: `one\n${long}1\nthree` }), after: configMap({ a: `one\n${long}2\nthree` }) };
  expect(objectDiff(showPair(pair, digest)).filter((line) => /^[-+]/.test(line))).toEqual([
    `-    ${'x'.repeat(160)}… (301 characters, text:301:1)`,
    `+    ${'x'.repeat(160)}… (301 characters, text:301:2)`,
  ]);
});

test('what is nested deeper than anything real is one line of JSON', () => {
  let deep: unknown = 'x';
  for (let depth = 0; depth < 300; depth += 1) deep = { d: deep };
  const lines = objectDiff(showPair({ before: null, after: configMap({ deep }) }, digest));
  expect(lines.length).toBeLessThan(60);
});

test('a diff of more lines than a person reads ends with how many are missing', () => {
  const data = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key-${index}`, 'x']));
  const lines = objectDiff(showPair({ before: null, after: configMap(data) }, digest));
  expect(lines).toHaveLength(2_001);
  expect(lines.at(-1)).toBe('@@ 3007 more lines @@');
});

test('a Secret is one on either side, and only core Secrets are', () => {
  const secret = { ...configMap({ a: 'eA==' }), kind: 'Secret' };
  const other = { ...secret, apiVersion: 'example.com/v1' };
  expect(showPair({ before: null, after: secret }, digest).after?.['data']).toEqual({ a: 'git:4:=' });
  expect(showPair({ before: null, after: other }, digest).after?.['data']).toEqual({ a: 'eA==' });
  const moved = showPair({ before: secret, after: other }, digest);
  expect([moved.before?.['data'], moved.after?.['data']]).toEqual([{ a: '(unchanged)' }, { a: '(unchanged)' }]);
});
