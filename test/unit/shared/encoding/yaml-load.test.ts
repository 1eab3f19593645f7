import { expect, test } from 'vitest';
import { loadYaml } from '../../../../shared/encoding/yaml-load.ts';

test('loadYaml gives null for a document without content', () => {
  expect(loadYaml('---\n# nothing\n')).toBeNull();
});

test('loadYaml honours directives', () => {
  expect(loadYaml('%YAML 1.2\n%TAG !e! tag:example.com,2000:\n---\na: !e!x 1\n')).toEqual({ a: '1' });
});

test('loadYaml makes __proto__ an ordinary key, also through aliases and merges', () => {
  const value = loadYaml('a: &a {__proto__: {x: 1}}\nb: *a\nc: {<<: *a}\n__proto__: 5\n') as Record<string, object>;
  expect(Object.keys(value)).toEqual(['a', 'b', 'c', '__proto__']);
  for (const key of ['a', 'b', 'c']) expect(Object.entries(value[key] as object)).toEqual([['__proto__', { x: 1 }]]);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test.each([
  ['a control character', 'a: "\u0007"', 4, 'U+0007'],
  ['a zero byte', 'a: \0', 3, 'U+0000'],
  ['delete', 'a: b\u007f', 4, 'U+007F'],
  ['a next line, which ends a line for kubectl', 'a: b\u0085c: d', 4, 'U+0085'],
  ['a line separator in a comment, behind which kubectl reads on', '# x\u2028a: 1', 3, 'U+2028'],
  ['a paragraph separator', 'a: "b\u2029"', 5, 'U+2029'],
  ['a noncharacter', 'a: \uffff', 3, 'U+FFFF'],
  ['half a surrogate pair', 'a: \ud83d', 3, 'U+D83D'],
  ['a byte-order mark on a later line', 'a: 1\n\ufeffb: 2', 5, 'U+FEFF'],
])('loadYaml refuses %s', (_name, text, offset, name) => {
  expect(() => loadYaml(text)).toThrow(
    expect.objectContaining({ code: 'YAML_INVALID', offset, message: expect.stringContaining(name) }),
  );
});

test('loadYaml accepts every other character', () => {
  expect(loadYaml('a: "tab\t nbsp\u00a0 zwnbsp\ufeff ä€😀 \u{10ffff}"')).toEqual({
    a: 'tab\t nbsp\u00a0 zwnbsp\ufeff ä€😀 \u{10ffff}',
  });
});

test.each([
  ['- -\n- x\n', 2],
  ['- args:\n  - x\n  -\n- args: []\n', 16],
  ['a:\n- - # nothing\n- b\n', 5],
  ['- - -\n\n  # c\n  - x\n', 4],
])('loadYaml refuses the empty item at the end of a nested list in %j', (text, offset) => {
  expect(() => loadYaml(text)).toThrow(
    expect.objectContaining({ offset, message: 'an empty item at the end of a nested list (write null)' }),
  );
});

test('loadYaml reads empty items that no list surrounds, and dashes within text', () => {
  expect(loadYaml('a:\n  -\n  -\n  - x\nb: |\n  - x\n    -\n  - y\n')).toEqual({
    a: [null, null, 'x'],
    b: '- x\n  -\n- y\n',
  });
  expect(loadYaml('- a: |\n    -\n- b\n')).toEqual([{ a: '-\n' }, 'b']);
  expect(loadYaml('- -\n  - x\n- - null\n- z\n')).toEqual([[null, 'x'], [null], 'z']);
});

test('loadYaml bounds nesting', () => {
  expect(() => loadYaml('['.repeat(1000))).toThrow(expect.objectContaining({ code: 'YAML_TOO_DEEP' }));
  expect(() => loadYaml('- '.repeat(1000))).toThrow(expect.objectContaining({ code: 'YAML_TOO_DEEP' }));
});

test('loadYaml bounds aliases', () => {
  const list = (count: number) => `a: &a x\nb: [${Array.from({ length: count }, () => '*a').join(', ')}]`;
  expect(loadYaml(list(1000))).toHaveProperty('b.999', 'x');
  expect(() => loadYaml(list(1001))).toThrow(expect.objectContaining({ code: 'YAML_ALIAS_BOMB' }));
});

test('loadYaml bounds merges', () => {
  const keys = Array.from({ length: 900 }, (_, at) => `k${at}: 1`).join(', ');
  const maps = Array.from({ length: 20 }, (_, at) => `m${at}: {<<: *a}`).join('\n');
  expect(() => loadYaml(`a: &a {${keys}}\n${maps}\n`)).toThrow(expect.objectContaining({ code: 'YAML_ALIAS_BOMB' }));
});
