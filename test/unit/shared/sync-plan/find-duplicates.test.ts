import { expect, test } from 'vitest';
import { findDuplicates } from '../../../../shared/sync-plan/find-duplicates.ts';
import type { RenderedObject } from '../../../../shared/sync-plan/rendered-object.ts';

/** `place` is the name, or namespace and name. */
function rendered(apiVersion: string, kind: string, place: string, line: number): RenderedObject {
  const [name, namespace] = place.split('/').reverse();
  const metadata = { name: name!, ...(namespace !== undefined && { namespace }) };
  return { object: { apiVersion, kind, metadata }, origin: { file: 'a.yaml', line, document: line } };
}

test('findDuplicates names every further place of an identity, whatever its version', () => {
  const objects = [
    rendered('extensions/v1beta1', 'Ingress', 'a', 1),
    rendered('v1', 'Service', 'a', 2),
    rendered('extensions/v1', 'Ingress', 'a', 3),
    rendered('extensions/v1', 'Ingress', 'a', 4),
  ];
  const { unique, problems } = findDuplicates(objects);
  expect(unique.map(({ origin }) => origin.line)).toEqual([2]);
  expect(problems.map(({ line, message }) => [line, message])).toEqual([
    [3, 'the object is also written at a.yaml:1'],
    [4, 'the object is also written at a.yaml:1'],
  ]);
});

test('findDuplicates keeps groups, kinds, namespaces and names apart', () => {
  const objects = [
    rendered('v1', 'A', 'x', 1),
    rendered('g/v1', 'A', 'x', 2),
    rendered('v1', 'B', 'x', 3),
    rendered('v1', 'A', 'y', 4),
    rendered('v1', 'A', 'ns/x', 5),
  ];
  expect(findDuplicates(objects)).toEqual({ unique: objects, problems: [] });
});
