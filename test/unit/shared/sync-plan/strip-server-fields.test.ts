import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { stripServerFields } from '../../../../shared/sync-plan/strip-server-fields.ts';

function strip(metadata: Record<string, unknown>, rest: Record<string, unknown> = {}): KubeObject {
  return stripServerFields({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', ...metadata },
    ...rest,
  } as KubeObject);
}

test('stripServerFields removes what the server sets, and nothing else', () => {
  const fromServer = {
    uid: 'u',
    resourceVersion: '1',
    managedFields: [],
    creationTimestamp: null,
    deletionTimestamp: 'x',
    deletionGracePeriodSeconds: 0,
    generation: 1,
    selfLink: '/x',
  };
  const kept = { finalizers: ['f'], ownerReferences: [], labels: { a: 'b' } };
  expect(strip({ ...fromServer, ...kept }, { status: {}, data: { status: 'kept' } })).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', ...kept },
    data: { status: 'kept' },
  });
});

test('stripServerFields removes a claim of ownership and the copy that kubectl leaves', () => {
  const annotations = {
    'signet.dev/git-sync': 'other/sync',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
    a: 'b',
  };
  expect(strip({ annotations }).metadata.annotations).toEqual({ a: 'b' });
  expect(strip({ annotations: { 'signet.dev/git-sync': 'x' } }).metadata).toEqual({ name: 'a' });
});

test('stripServerFields keeps the other annotations of Signet', () => {
  expect(strip({ annotations: { 'signet.dev/prune': 'disabled' } }).metadata.annotations).toEqual({
    'signet.dev/prune': 'disabled',
  });
});

test('stripServerFields reads null as the server does', () => {
  expect(strip({ namespace: null, labels: null, annotations: { a: null } }).metadata).toEqual({
    name: 'a',
    annotations: { a: '' },
  });
  expect(strip({ namespace: '' }).metadata).toEqual({ name: 'a' });
});

test('stripServerFields does not change its input, and knows __proto__ for an ordinary key', () => {
  const object = JSON.parse(
    '{"apiVersion":"v1","kind":"X","metadata":{"name":"a","labels":{"__proto__":"b"},"uid":"u"},"__proto__":{"x":1}}',
  );
  const copy = structuredClone(object);
  const stripped = stripServerFields(object);
  expect(JSON.stringify(stripped)).toBe(
    '{"apiVersion":"v1","kind":"X","metadata":{"name":"a","labels":{"__proto__":"b"}},"__proto__":{"x":1}}',
  );
  expect(Object.getPrototypeOf(stripped)).toBe(Object.prototype);
  expect(JSON.stringify(object)).toBe(JSON.stringify(copy));
});
