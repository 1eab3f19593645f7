import { expect, test } from 'vitest';
import { floatKeyText, resolveScalar } from '../../../../shared/encoding/yaml-scalars.ts';

test.each([
  [true, 'y Y yes Yes YES true True TRUE on On ON'],
  [false, 'n N no No NO false False FALSE off Off OFF'],
])('resolveScalar reads %j in eleven spellings', (value, words) => {
  for (const word of words.split(' ')) expect(resolveScalar(word)).toEqual({ kind: 'bool', value });
});

test('resolveScalar reads null in five spellings', () => {
  for (const word of ['', '~', 'null', 'Null', 'NULL'])
    expect(resolveScalar(word)).toEqual({ kind: 'null', value: null });
});

test('resolveScalar tells infinity and NaN apart', () => {
  for (const word of ['.inf', '+.Inf', '-.INF', '.nan', '.NaN', '.NAN']) {
    expect(resolveScalar(word).kind).toBe('non-finite');
  }
});

test.each<[string, number | bigint]>([
  ['0', 0],
  ['00', 0],
  ['-0', 0],
  ['+1', 1],
  ['0777', 511],
  ['-0777', -511],
  ['0o777', 511],
  ['0O17', 15],
  ['0x1F', 31],
  ['0X1f', 31],
  ['+0x10', 16],
  ['0b101', 5],
  ['0B1', 1],
  ['-0b11', -3],
  ['0b-1', -1],
  ['1_000', 1000],
  ['1__0_', 10],
  ['-_1', -1],
  ['0x1_f', 31],
  ['9007199254740991', 9007199254740991],
  ['9007199254740993', 9007199254740993n],
  ['-9223372036854775808', -9223372036854775808n],
  ['18446744073709551615', 18446744073709551615n],
  ['0xffffffffffffffff', 18446744073709551615n],
  [`0${'0'.repeat(100)}7`, 7],
])('resolveScalar reads %s as the integer %s', (text, value) => {
  expect(resolveScalar(text)).toEqual({ kind: 'int', value });
});

test.each([
  ['1.5', 1.5],
  ['1.', 1],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['+.5e1', 5],
  ['.5_0', 0.5],
  ['1e3', 1000],
  ['1E+3', 1000],
  ['1_0.5', 10.5],
  ['08', 8],
  ['0779', 779],
  ['01.5', 1.5],
  ['-9223372036854775809', -(2 ** 63)],
  ['18446744073709551616', 2 ** 64],
  ['+18446744073709551615', 2 ** 64],
  ['1e-999', 0],
])('resolveScalar reads %s as the float %d', (text, value) => {
  expect(resolveScalar(text)).toEqual({ kind: 'float', value });
});

test.each(
  [
    'yEs',
    'nULL',
    'tRUE',
    'none',
    '_1',
    '-',
    '+',
    '.',
    '--',
    '1.2.3',
    '22:22',
    '190:20:30',
    '2001-12-14',
    '2001-12-14T21:59:43Z',
    '0o8',
    '0b2',
    '0x',
    '0xg',
    '0b',
    '0o',
    '1e',
    'e1',
    '1e999',
    '-1e999',
    '=',
    '1,000',
    '.5_',
    '0x1ffffffffffffffff',
    'inf',
    'nan',
    '１',
    '1 000',
    ' 1',
  ].map((text) => [text]),
)('resolveScalar leaves %j text', (text) => {
  expect(resolveScalar(text)).toEqual({ kind: 'string', value: text });
});

// Printed by Go's strconv.FormatFloat(value, 'g', -1, 32), which kubectl's decoder applies to keys.
test.each([
  [1, '1'],
  [1.5, '1.5'],
  [0.1, '0.1'],
  [100000, '100000'],
  [999999, '999999'],
  [1e6, '1e+06'],
  [1234567.5, '1.2345675e+06'],
  [123456.78, '123456.78'],
  [1.5e7, '1.5e+07'],
  [1e21, '1e+21'],
  [1e-4, '0.0001'],
  [1e-5, '1e-05'],
  [-2.5, '-2.5'],
  [Math.PI, '3.1415927'],
  [0, '0'],
  [-0, '-0'],
  [1e-60, '0'],
  [-1e-60, '-0'],
  [1e60, '.inf'],
  [-1e60, '-.inf'],
])('floatKeyText prints the key %d as %s', (value, text) => {
  expect(floatKeyText(value)).toBe(text);
});
