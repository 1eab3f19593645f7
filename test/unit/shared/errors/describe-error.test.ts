import { expect, test } from 'vitest';
import { CodedError } from '../../../../shared/errors/coded-error.ts';
import { describeError } from '../../../../shared/errors/describe-error.ts';

class TestError extends CodedError<'TEST_BROKEN'> {}

test('CodedError keeps code, hint and cause, and is named after its class', () => {
  const cause = new Error('inner');
  const error = new TestError('TEST_BROKEN', 'cannot test', { cause, hint: 'mend it' });
  expect(error).toMatchObject({
    name: 'TestError',
    code: 'TEST_BROKEN',
    message: 'cannot test',
    hint: 'mend it',
    cause,
  });
  expect(new TestError('TEST_BROKEN', 'cannot test')).not.toHaveProperty('cause');
});

test.each([
  ['an error', new Error('outer'), 'outer'],
  ['an error with causes', new Error('outer', { cause: new Error('inner', { cause: 'text' }) }), 'outer: inner: text'],
  ['a cause that the message quotes already', new Error('outer: inner', { cause: new Error('inner') }), 'outer: inner'],
  ['an error without a message', new TypeError(''), 'TypeError'],
  ['several errors in one', new AggregateError([new Error('a'), new Error('b')]), 'a; b'],
  ['a message of several lines', new Error('a\n  b\r\nc'), 'a b c'],
  ['text', 'broken', 'broken'],
  ['nothing', undefined, 'unknown error'],
  ['null', null, 'unknown error'],
])('describeError describes %s on one line', (_, error, text) => {
  expect(describeError(error)).toBe(text);
});

test('describeError ends for an error that is its own cause', () => {
  const error = new Error('again');
  error.cause = error;
  expect(describeError(error)).toBe('again');
});

test('describeError takes no longer for blanks than for other text: anybody may name a key so', () => {
  const blanks = ' '.repeat(300_000);
  expect(describeError(new Error(`a${blanks}b\n${blanks}c`))).toBe(`a${blanks}b c`);
});
