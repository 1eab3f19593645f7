import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSameJson } from '../../shared/encoding/json.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { type FieldPath, formatFieldPath, parseFieldPath } from '../../shared/sync-plan/field-path.ts';
import { leaveFields } from '../../shared/sync-plan/leave-fields.ts';

const NAMES = ['a', 'b', 'c/d', 'e~f', '__proto__'];
const keys = fc.constantFrom(...NAMES);
const leaves = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', 'y'), fc.boolean());

/** Maps of maps with at least one field each, as an object's spec mostly is. */
const { tree: trees } = fc.letrec<{ tree: Record<string, unknown> }>((tie) => ({
  tree: fc
    .uniqueArray(fc.tuple(keys, fc.oneof({ depthSize: 'small' }, leaves, tie('tree'))), {
      minLength: 1,
      maxLength: 4,
      selector: ([key]) => key,
    })
    .map((entries) => Object.fromEntries(entries)),
}));
const paths: fc.Arbitrary<FieldPath> = fc
  .array(keys, { minLength: 1, maxLength: 3 })
  .map((parts) => ['spec', ...parts]);

function toObject(spec: unknown, managedFields: readonly unknown[] = []): KubeObject {
  return { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'a', managedFields }, spec };
}

/** What a manager owns that set every leaf of `value`. */
function fieldsOfValue(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [`f:${key}`, fieldsOfValue(field)]));
}

function entryOf(manager: string, spec: unknown): unknown {
  return { manager, operation: 'Apply', fieldsV1: { 'f:spec': fieldsOfValue(spec) } };
}

function at(value: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((node, part) => {
    const isMap = typeof node === 'object' && node !== null && Object.hasOwn(node, part);
    return isMap ? Reflect.get(node, part) : undefined;
  }, value);
}

/** Every leaf with its path. */
function leavesOf(value: unknown, path: FieldPath = []): readonly (readonly [FieldPath, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, field]) => leavesOf(field, [...path, key]));
}

function isBelow(path: FieldPath, ignored: FieldPath): boolean {
  return ignored.every((part, index) => path[index] === part);
}

const worlds = fc.record({
  wanted: trees,
  live: trees,
  own: fc.option(trees, { nil: undefined }),
  other: fc.option(trees, { nil: undefined }),
  ignored: fc.array(paths, { maxLength: 3 }),
});

function leave({
  wanted,
  live,
  own,
  other,
  ignored,
}: typeof worlds extends fc.Arbitrary<infer T> ? T : never): KubeObject {
  const managers = [
    ...(own === undefined ? [] : [entryOf('signet-sync', own)]),
    ...(other === undefined ? [] : [entryOf('other', other)]),
  ];
  return leaveFields(toObject(wanted), ignored, toObject(live, managers));
}

test('fields that are not ignored are sent as Git has them', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const sent = leave(world);
      for (const [path, value] of leavesOf({ spec: world.wanted })) {
        if (world.ignored.some((ignored) => isBelow(path, ignored) || isBelow(ignored, path))) continue;
        expect(at(sent, path)).toEqual(value);
      }
    }),
    { numRuns: 3_000 },
  );
});

test('of an ignored field nothing is sent but the value that lives there', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const sent = leave(world);
      for (const [path, value] of leavesOf(sent['spec'], ['spec'])) {
        if (!world.ignored.some((ignored) => isBelow(path, ignored))) continue;
        // A leaf of Git in the way of the path is no field that could be left out.
        if (world.ignored.some((ignored) => isBelow(ignored, path) && ignored.length > path.length)) continue;
        expect(at({ spec: world.live }, path)).toEqual(value);
      }
    }),
    { numRuns: 3_000 },
  );
});

test('leaving fields twice is leaving them once', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const once = leave(world);
      const again = leave({ ...world, wanted: (once['spec'] ?? {}) as Record<string, unknown> });
      expect(isSameJson(again['spec'] ?? {}, once['spec'] ?? {})).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test('nothing ignored, nothing changed', () => {
  fc.assert(
    fc.property(trees, trees, (wanted, live) => {
      expect(leaveFields(toObject(wanted), [], toObject(live))).toEqual(toObject(wanted));
    }),
  );
});

test('a path is read as it is written', () => {
  fc.assert(
    fc.property(paths, (path) => {
      expect(parseFieldPath(formatFieldPath(path))).toEqual({ path });
    }),
  );
});
