import { expect, test } from 'vitest';
import { decodeAnswer, decodeOutline, encodeRequest, templateOrder } from '../../../../shared/template/wire-format.ts';
import { requestOf } from '../../../support/template-engine.ts';

const text = (value: string): number[] => [0, 0, 0, value.length, ...new TextEncoder().encode(value)];

test('encodeRequest writes flags, values and templates in the order of their keys', () => {
  const request = requestOf({ b: 'B', a: 'A' }, { y: Uint8Array.of(), x: '1' }, { missing: 'no-value' });
  expect([...encodeRequest(request, 258)]).toEqual(
    [[0, 0, 0, 1, 0, 0, 1, 2], [0, 0, 0, 2], text('x'), text('1'), text('y'), text('')]
      .concat([[0, 0, 0, 2], text('a'), text('A'), text('b'), text('B')])
      .flat(),
  );
  expect(templateOrder(request)).toEqual(['a', 'b']);
});

test('decodeAnswer reads outputs and failures', () => {
  const answer = Uint8Array.from([
    ...[0, 0, 0, 0, 0, 0, 0, 2, 255, 0],
    ...[0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 9, ...text('.user')],
    ...[0, 0, 0, 0, 0, 0, 0, 0],
  ]);
  const { outputs, failures } = decodeAnswer(answer, ['a', 'b', 'c']);
  expect([...outputs].map(([key, output]) => [key, [...output.expose()]])).toEqual([
    ['a', [255, 0]],
    ['c', []],
  ]);
  expect(failures).toEqual([{ key: 'b', cause: 'missing', line: 3, column: 9, subject: '.user' }]);
});

test.each([[[]], [[0, 0, 0, 0]], [[0, 0, 0, 0, 0, 0, 0, 9, 1]]])('decodeAnswer refuses %j', (answer) => {
  expect(() => decodeAnswer(Uint8Array.from(answer), ['a'])).toThrow(RangeError);
});

test('decodeAnswer gives outputs that live on when the answer is wiped', () => {
  const answer = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 65);
  const { outputs } = decodeAnswer(answer, ['a']);
  answer.fill(0);
  expect([...(outputs.get('a')?.expose() ?? [])]).toEqual([65]);
});

test('decodeOutline reads what does not parse and what is not there', () => {
  const outline = Uint8Array.from([
    ...[0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0, ...text(''), 0, 0, 0, 0],
    ...[0, 0, 0, 0, 0, 0, 0, 2, ...text('x'), ...text('y')],
  ]);
  expect(decodeOutline(outline, ['a', 'b'])).toEqual({
    failures: [{ key: 'a', cause: 'syntax', line: 3, column: 0, subject: '' }],
    absent: [
      { key: 'b', name: 'x' },
      { key: 'b', name: 'y' },
    ],
  });
  expect(decodeOutline(new Uint8Array(), ['a'])).toEqual({ failures: [], absent: [] });
  expect(() => decodeOutline(outline.subarray(0, 30), ['a', 'b'])).toThrow(RangeError);
});
