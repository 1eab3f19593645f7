import { expect, test } from 'vitest';
import { expandList } from '../../../../shared/sync-plan/expand-list.ts';

const A = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
const B = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'b' } };

function expand(value: unknown): unknown[] {
  return [...expandList(value)].map((item) => item.finding?.code ?? item.value);
}

function listOf(...items: readonly unknown[]): unknown {
  return { apiVersion: 'v1', kind: 'List', items };
}

test('expandList leaves a value that is no list alone', () => {
  for (const value of [A, 'text', [A], { kind: 'List' }, { kind: 5, items: [] }])
    expect(expand(value)).toEqual([value]);
});

test('expandList gives the items of lists, and of lists in them, in order', () => {
  expect(expand(listOf(A, listOf(B, null), listOf()))).toEqual([A, B]);
});

test('expandList gives nothing for empty and null items', () => {
  expect(expand(listOf())).toEqual([]);
  expect(expand({ apiVersion: 'v1', kind: 'List', items: null })).toEqual([]);
  expect(expand({ apiVersion: 'v1', kind: 'ConfigMapList', metadata: {}, items: null })).toEqual([]);
});

test('expandList fills in the kind that a typed list leaves out', () => {
  const items = [{ metadata: { name: 'x' } }, { ...A }];
  expect(expand({ apiVersion: 'apps/v1', kind: 'DeploymentList', items })).toEqual([
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' } },
    A,
  ]);
});

test('expandList takes a kind that is merely called a list for an object', () => {
  const allowed = { apiVersion: 'example.com/v1', kind: 'AllowList', metadata: { name: 'x' }, spec: {} };
  const odd = { ...allowed, items: null };
  const map = { ...allowed, items: {} };
  for (const value of [allowed, odd, map]) expect(expand(value)).toEqual([value]);
});

test('expandList names items that are no list, and nesting without end', () => {
  expect(expand({ apiVersion: 'v1', kind: 'List', items: 'x' })).toEqual(['RENDER_LIST_INVALID']);
  let nested: unknown = A;
  for (let depth = 0; depth < 8; depth++) nested = listOf(nested);
  expect(expand(nested)).toEqual([A]);
  expect(expand(listOf(nested))).toEqual(['RENDER_LIST_INVALID']);
});
