import { expect, test } from 'vitest';
import { canonicalJson, isSameJson, parseJson, stringifyJson } from '../../../../shared/encoding/json.ts';

test('parseJson gives numbers up to 2^53 and bigints beyond', () => {
  expect(parseJson('[9007199254740991,9007199254740993,-9223372036854775808,18446744073709551615,1e30]')).toEqual([
    9007199254740991,
    9007199254740993n,
    -9223372036854775808n,
    18446744073709551615n,
    1e30,
  ]);
});

test('parseJson leaves long digits within strings and fractions alone', () => {
  const text = '{"id":"9007199254740993","share":0.1234567890123456,"n":9007199254740993}';
  expect(parseJson(text)).toEqual({ id: '9007199254740993', share: 0.1234567890123456, n: 9007199254740993n });
});

test.each([['{"__proto__":{"admin":true}}'], ['{"__proto__":{"admin":9007199254740993}}']])(
  'parseJson makes __proto__ an ordinary key in %s',
  (text) => {
    const value = parseJson(text) as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect('admin' in value).toBe(false);
  },
);

test('parseJson reads escaped keys right, whatever keys earlier texts had', () => {
  for (const text of ['{"k":0,"\\\\":1}', '{"k":0,"a\\\\":1}']) parseJson(text);
  JSON.parse('{"k":0,"\\\\":1}');
  JSON.parse('{"k":0,"a\\\\":1}');
  expect(Object.keys(parseJson('{"k":0,"\\n":1}') as object)).toEqual(['k', '\n']);
  expect(Object.keys(parseJson('{"k":0,"a\\u0062" :1}') as object)).toEqual(['k', 'ab']);
  expect(parseJson('{"k":"\\\\\\"","n":"\\n"}')).toEqual({ k: '\\"', n: '\n' });
});

test('parseJson keeps the last of equal keys, with long integers as without', () => {
  expect(parseJson('{"a":1,"a":2}')).toEqual({ a: 2 });
  expect(parseJson('{"a":1,"a":9007199254740993}')).toEqual({ a: 9007199254740993n });
});

test('parseJson says where, and never what, it could not read', () => {
  const read = () => parseJson('{\n  "token": "s3cr3t-t0ken",\n  "bad": s3cr3t\n}');
  expect(read).toThrow(
    expect.objectContaining({
      code: 'JSON_INVALID',
      message: 'cannot parse JSON: line 3, column 10: unexpected character',
      line: 3,
      column: 10,
    }),
  );
});

test.each([
  ['', 'line 1, column 1: unexpected end of the text'],
  ['{"a":1', 'line 1, column 7: unexpected end of the text'],
  ['{} {}', 'line 1, column 4: unexpected text after the value'],
  ['<html>', 'line 1, column 1: unexpected character'],
])('parseJson explains %j', (text, reason) => {
  expect(() => parseJson(text)).toThrow(`cannot parse JSON: ${reason}`);
});

test('stringifyJson prints bigints in full', () => {
  expect(stringifyJson({ a: 9007199254740993n, b: [1n] })).toBe('{"a":9007199254740993,"b":[1]}');
  expect(stringifyJson({ a: 9007199254740993n }, 2)).toBe('{\n  "a": 9007199254740993\n}');
});

test('stringifyJson follows JSON.stringify in everything else', () => {
  const value = { b: 1, a: undefined, d: new Date(0), list: [undefined, 'ä'] };
  expect(stringifyJson(value, 2)).toBe(JSON.stringify(value, null, 2));
});

test('canonicalJson sorts keys by code unit at every level', () => {
  expect(canonicalJson({ b: 1, a: { é: 1, z: 2, Z: 3 }, 10: 0, 9: 0 })).toBe(
    '{"10":0,"9":0,"a":{"Z":3,"z":2,"é":1},"b":1}',
  );
});

test('canonicalJson keeps the order of lists, prints bigints, and leaves out what JSON has no form for', () => {
  expect(canonicalJson([3, 1n, { x: undefined, y: null }, undefined])).toBe('[3,1,{"y":null},null]');
  expect(canonicalJson({ at: new Date(0) })).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
});

test('canonicalJson tells __proto__ apart from nothing', () => {
  expect(canonicalJson(parseJson('{"__proto__":1}'))).toBe('{"__proto__":1}');
});

test('parseJson leaves digits inside strings as they are', () => {
  expect(parseJson('{"a":"9007199254740993","b":["x:9007199254740993"]}')).toEqual({
    a: '9007199254740993',
    b: ['x:9007199254740993'],
  });
});

/** JSON text as deeply nested as an API server takes an object, and takes it from anybody. */
function deepText(open: string, close: string): string {
  return `{"ends in a quote\\"":9007199254740993,"deep":${open.repeat(10_000)}1${close.repeat(10_000)}}`;
}

test.each([
  ['lists', '[', ']'],
  ['maps', '{"a":', '}'],
])('deep %s are read, written and compared, as an answer that holds one of them must be', (_, open, close) => {
  const text = deepText(open, close);
  const value = parseJson(text);
  expect(canonicalJson(value)).toBe(
    `{"deep":${open.repeat(10_000)}1${close.repeat(10_000)},"ends in a quote\\"":9007199254740993}`,
  );
  expect(isSameJson(value, parseJson(text))).toBe(true);
  expect(stringifyJson(parseJson(text.replace('9007199254740993', '7')))).toBe(text.replace('9007199254740993', '7'));
  expect(isSameJson(value, parseJson(text.replace('1}', '2}').replace('1]', '2]')))).toBe(false);
});
