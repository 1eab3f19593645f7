import { expect, test } from 'vitest';
import { loadYaml } from '../../../../shared/encoding/yaml-load.ts';
import { mergeSources, replayMerges } from '../../../../shared/encoding/yaml-merge.ts';

// Expected values are kubectl's.
test.each<[string, unknown]>([
  ['b: &b {x: 1, q: 2}\na: {<<: *b, x: 3}', { x: 3, q: 2 }],
  ['b: &b {x: 1, q: 2}\na: {x: 3, <<: *b}', { x: 1, q: 2 }],
  ['b: &b {x: 1}\na:\n  x: 3\n  <<: *b\n  z: 4', { x: 1, z: 4 }],
  ['b: &b {x: 1, q: 1}\nc: &c {x: 2, z: 2}\na: {<<: [*b, *c]}', { x: 1, q: 1, z: 2 }],
  ['b: &b {x: 1, q: 1}\nc: &c {x: 2}\na: {x: 0, <<: [*b, *c]}', { x: 1, q: 1 }],
  ['b: &b {x: 1}\nc: &c {x: 2}\na:\n  <<: *b\n  <<: *c', { x: 2 }],
  ['a: {<<: {x: 1}, q: 2}', { x: 1, q: 2 }],
  ['b: &b {7: 1, yes: 2}\na: {<<: *b, 7: 3}', { 7: 3, true: 2 }],
  ['b: &b {7: 1}\na: {7: 3, <<: *b}', { 7: 1 }],
  ['a: {<<: [], q: 2}', { q: 2 }],
  ['a: {"<<": {x: 1}}', { '<<': { x: 1 } }],
])('a merge in %j counts where it stands', (text, expected) => {
  expect((loadYaml(text) as { a: unknown }).a).toEqual(expected);
});

test.each([
  ['a: {<<: text}'],
  ['a: {<<: }'],
  ['a: {<<: 5}'],
  ['a: {<<: [[{x: 1}]]}'],
  ['a: {<<: [text]}'],
  ['b: &b [{x: 1}]\na: {<<: *b}'],
  ['b: &b {x: 1}\na:\n  ? <<\n  : *b\n'],
])('a merge of something else is refused: %j', (text) => {
  expect(() => loadYaml(text)).toThrow(expect.objectContaining({ code: 'YAML_INVALID' }));
});

test('mergeSources takes a list of maps apart, but not when it is an alias', () => {
  const maps = [{ a: 1 }, { b: 2 }];
  expect(mergeSources(maps, false, 0)).toEqual(maps);
  expect(mergeSources(maps[0], true, 0)).toEqual([{ a: 1 }]);
  expect(() => mergeSources(maps, true, 7)).toThrow(expect.objectContaining({ code: 'YAML_INVALID', offset: 7 }));
});

test('replayMerges keeps __proto__ an ordinary key', () => {
  const source: Record<string, unknown> = JSON.parse('{"__proto__": 2}');
  const mapping: Record<string, unknown> = JSON.parse('{"__proto__": 1}');
  replayMerges(mapping, [{ key: '__proto__' }, { sources: [source] }]);
  expect(Object.entries(mapping)).toEqual([['__proto__', 2]]);
});
