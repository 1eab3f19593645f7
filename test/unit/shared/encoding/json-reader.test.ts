import { expect, test } from 'vitest';
import { JsonFault, LENIENT_JSON, readJsonValue, STRICT_JSON } from '../../../../shared/encoding/json-reader.ts';

function read(text: string): unknown {
  return readJsonValue(text, 0, STRICT_JSON).value;
}

test.each([
  ['{}'],
  ['[]'],
  ['[1, -2.5, 1e3, 0, -0, 1E-2]'],
  [' {"a" : [true , false,null], "b":{"c":"d"}} '],
  ['"\\u00e4\\n\\"\\\\\\/"'],
  ['"\\ud83d\\ude00 and raw 😀 and raw \u2028"'],
  ['"ends in a backslash \\\\"'],
  ['{"":""}'],
])('readJsonValue agrees with JSON.parse on %j', (text) => {
  expect(read(text)).toEqual(JSON.parse(text));
});

test('readJsonValue keeps integers exact', () => {
  expect(read('[9007199254740993, -9007199254740993, 9007199254740991]')).toEqual([
    9007199254740993n,
    -9007199254740993n,
    9007199254740991,
  ]);
});

test('readJsonValue makes __proto__ an ordinary key', () => {
  const value = read('{"__proto__": {"a": 1}}');
  expect(Object.keys(value as object)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test('readJsonValue tells where the value ends', () => {
  expect(readJsonValue(' {"a":1} {"b":2}', 0, STRICT_JSON).end).toBe(8);
  expect(readJsonValue('{"a":1}{"b":2}', 7, STRICT_JSON)).toEqual({ value: { b: 2 }, end: 14 });
});

test.each([
  ['', 'syntax', 0],
  ['{', 'syntax', 1],
  ['{"a"', 'syntax', 4],
  ['{"a":', 'syntax', 5],
  ['{"a":1', 'syntax', 6],
  ['{"a":1,', 'syntax', 7],
  ['{"a":1,}', 'syntax', 7],
  ['[1,]', 'syntax', 3],
  ['{a:1}', 'syntax', 1],
  ["{'a':1}", 'syntax', 1],
  ['{"a":"b', 'syntax', 5],
  ['["a\nb"]', 'syntax', 1],
  ['["\\x"]', 'syntax', 1],
  ['[01]', 'syntax', 2],
  ['[+1]', 'syntax', 1],
  ['[.5]', 'syntax', 1],
  ['[1.]', 'syntax', 2],
  ['[1e999]', 'syntax', 1],
  ['[nul]', 'syntax', 1],
  ['[NaN]', 'syntax', 1],
  ['{"a":1,"a":2}', 'duplicate-key', 7],
  ['{"a":1,"\\u0061":2}', 'duplicate-key', 7],
])('readJsonValue refuses %j as %s at %i', (text, kind, offset) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ kind, offset }));
});

test('readJsonValue bounds nesting', () => {
  expect(read(`${'['.repeat(100)}${']'.repeat(100)}`)).toBeInstanceOf(Array);
  expect(() => read('['.repeat(1_000_000))).toThrow(expect.objectContaining({ kind: 'too-deep', offset: 100 }));
});

test('readJsonValue keeps the last of equal keys when it is lenient', () => {
  expect(readJsonValue('{"a":1,"b":2,"a":3}', 0, LENIENT_JSON).value).toEqual({ a: 3, b: 2 });
});

test('JsonFault never quotes a value', () => {
  try {
    read('{"password": "hunter2\n", "hunter2": hunter2}');
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(JsonFault);
    expect(String(error)).not.toContain('hunter2');
  }
});
