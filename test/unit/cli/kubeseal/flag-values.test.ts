import { describe, expect, test } from 'vitest';
import { type FlagKind, goQuote, readFlagValue } from '../../../../cli/kubeseal/flag-values.ts';

const INVALID = 'invalid syntax';
const SYNTAX = 'syntax error: expect comma-separated list of filename=N';

describe('values of flags', () => {
  test.each<[FlagKind, string, unknown]>([
    ['bool', 'TRUE', true],
    ['go-bool', '0', false],
    ['level', '-1', -1],
    ['level', '+2147483647', 2147483647],
    ['uint', '0x10', '0x10'],
    ['uint', '1_000', '1_000'],
    ['severity', 'warning', 'WARNING'],
    ['severity', '7', 7],
    ['trace', '', ''],
    ['trace', 'main.go:7', 'main.go:7'],
    ['module-levels', 'a=1,,b*=2', 'a=1,,b*=2'],
    ['list', '', []],
    ['list', 'a,"b ""c""",', ['a', 'b "c"', '']],
    ['list', 'a\nb', ['a']],
    ['scope', '', ''],
  ])('of kind %s take %j', (kind, text, value) => {
    expect(readFlagValue(kind, text)).toEqual({ value });
  });

  test.each<[FlagKind, string, string]>([
    ['bool', 'yes', `strconv.ParseBool: parsing "yes": ${INVALID}`],
    ['go-bool', 'yes', 'parse error'],
    ['level', '1.5', `strconv.ParseInt: parsing "1.5": ${INVALID}`],
    ['level', '2147483648', 'strconv.ParseInt: parsing "2147483648": value out of range'],
    ['uint', '08', 'parse error'],
    ['uint', '-1', 'parse error'],
    ['uint', '99999999999999999999', 'value out of range'],
    ['trace', 'main:7', 'syntax error: expect file.go:234'],
    ['trace', 'main.go:0', 'negative or zero value for level'],
    ['module-levels', 'a', SYNTAX],
    ['module-levels', 'a=-1', 'negative value for vmodule level'],
    ['list', 'a,"b', 'parse error on line 1, column 5: extraneous or missing " in quoted-field'],
    ['list', 'a,b"', 'parse error on line 1, column 4: bare " in non-quoted-field'],
    ['scope', 'Strict', 'must be one of: strict, namespace-wide, cluster-wide'],
  ])('of kind %s refuse %j', (kind, text, problem) => {
    expect(readFlagValue(kind, text)).toEqual({ problem });
  });
});

test('quoted text shows no control characters', () => {
  expect(goQuote('a"\\\n\x07\x1b\x7f\u0085é<&>')).toBe(String.raw`"a\"\\\n\a\x1b\x7f\u0085é<&>"`);
});
