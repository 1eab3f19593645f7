import { expect, test } from 'vitest';
import { loadYaml } from '../../../../shared/encoding/yaml-load.ts';

test.each<[string, readonly string[]]>([
  ['1: a\n1.50: b\n1e6: c\n', ['1', '1.5', '1e+06']],
  ['{1.50: a, 0.00001: b}', ['1.5', '1e-05']],
  ['? 1e6\n: a\n? 2.0\n', ['1e+06', '2']],
  ['&x 1e6: a\n', ['1e+06']],
  ['9223372036854775807: a', ['9223372036854775807']],
  ['{a, "b" , c: 1}', ['a', 'b', 'c']],
  ['a: &x k\n*x : 1\n', ['a', 'k']],
  ['a: &x yes\n*x : 1\n', ['a', 'true']],
  ['":a": 1\n:b: 2\n?c: 3\n', [':a', ':b', '?c']],
  ['a:\n  b: 1\n:c: 2\n', ['a', ':c']],
  ['"a":  1\n\'b\'  : 2\n', ['a', 'b']],
])('the keys of %j are %j', (text, keys) => {
  expect(Object.keys(loadYaml(text) as object).toSorted()).toEqual(keys.toSorted());
});

test.each([
  ['null: a', 'null as a key'],
  ['~: a', 'null as a key'],
  ['? \n: a', 'null as a key'],
  ['{null}', 'null as a key'],
  ['{a: 1, ~}', 'null as a key'],
  ['{\n  a: 1,\n  null : b}', 'null as a key'],
  ['{ : a}', 'null as a key'],
  ['[a, b]: c', 'a map or a list as a key'],
  ['{a: b}: c', 'a map or a list as a key'],
  ['? - a\n: b', 'a map or a list as a key'],
  ['? a: b\n: c', 'a map or a list as a key'],
  ['namespace: {{ .Values.namespace }}', 'a map or a list as a key'],
  ['a: {\n  {b}\n}', 'a map or a list as a key'],
  ['a: &x [b]\n*x : c', 'a map or a list as a key'],
  ['18446744073709551615: a', 'an integer of more than 63 bits as a key'],
  ['a: &x 1.5\n*x : b', 'an alias of a number as a key'],
  ['b: &b {x: 1}\na:\n  ? <<\n  : *b', 'an explicit merge as a key'],
  ['{a:}', 'a key whose colon is not followed by a blank'],
  ['[a:,b]', 'a key whose colon is not followed by a blank'],
  ['[?a]', 'text that begins with "?" in brackets'],
  ['{?a: b}', 'text that begins with "?" in brackets'],
  ['&a: b', 'an anchor that ends in a colon'],
  ['a: &x\n!t b: 1', 'a tag or an anchor before a key'],
  ['a:\n  - !t\n&x b: 1', 'a tag or an anchor before a key'],
])('%j is refused: %s', (text, reason) => {
  expect(() => loadYaml(text)).toThrow(
    expect.objectContaining({ code: 'YAML_INVALID', message: expect.stringContaining(reason) }),
  );
});

test.each<[string, unknown]>([
  ['a: null\nb: [null, 1.50, {c: null}]\n', { a: null, b: [null, 1.5, { c: null }] }],
  ['a: # {\n  null\n', { a: null }],
  ['a: foo,\nb: null\n', { a: 'foo,', b: null }],
  ['a: foo {\nb: null\nc: [null,\n  null]\n', { a: 'foo {', b: null, c: [null, null] }],
  ['a: {b: null,\n c: [1.5,\n 2.5]}\n', { a: { b: null, c: [1.5, 2.5] } }],
  ['a: [x, {q: null}]\n', { a: ['x', { q: null }] }],
  ['a: ?x\nb: x?\n', { a: '?x', b: 'x?' }],
  ['a: {"b":1, "c":[2]}\n', { a: { b: 1, c: [2] } }],
  ['a: http://x:80/y\nb: [http://x:80/y]\n', { a: 'http://x:80/y', b: ['http://x:80/y'] }],
  ['a: &x {b: 1}\nc: *x\nd: [*x, *x]\n', { a: { b: 1 }, c: { b: 1 }, d: [{ b: 1 }, { b: 1 }] }],
  ['a: !\nb: ! x\n', { a: '', b: 'x' }],
  ['a:\n  &x\nb: &z\nc: *x\n&k d: 1\n&l e:\n', { a: null, b: null, c: null, d: 1, e: null }],
])('what only looks like a key in %j stays a value', (text, value) => {
  expect(loadYaml(text)).toEqual(value);
});
