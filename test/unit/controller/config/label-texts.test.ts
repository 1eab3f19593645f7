import { expect, test } from 'vitest';
import { isLabelValue, parseLabelSelector, parsePairs } from '../../../../controller/config/label-texts.ts';

test.each([
  '',
  'team',
  '!team',
  '! team',
  'team=shop',
  'team==shop,tier!=a',
  'team = shop , tier',
  'team=',
  'example.com/team in (shop, pay)',
  'team notin (a),x=y',
  'team in ()',
  'size>3,size<9',
])('%j is a label selector', (text) => {
  expect(parseLabelSelector(` ${text} `)).toBe(text);
});

test.each([
  'team,',
  ',team',
  'team in a',
  'team in (a',
  'team in a)',
  'team in (a b)',
  'team=a=b',
  'team=a b',
  'te am',
  'size>big',
  '-team',
  'example.com/',
  'a/b/c',
  'team&limit=1',
  'x'.repeat(5_000),
])('%.40j is no label selector', (text) => {
  expect(parseLabelSelector(text)).toBeNull();
});

test('pairs are split at the first equals sign, trimmed, and the last of equal keys counts', () => {
  expect(parsePairs('', isLabelValue)).toEqual({});
  expect(parsePairs(' a=1 ,, b= ,a=2', isLabelValue)).toEqual({ a: '2', b: '' });
  expect(parsePairs('a=b=c', () => true)).toEqual({ a: 'b=c' });
  expect(parsePairs('constructor=x', isLabelValue)).toEqual({ constructor: 'x' });
});

test.each(['lonely', '=x', '__proto__=x', 'a b=c', `${'k'.repeat(64)}=v`])('%.30j are no pairs', (text) => {
  expect(parsePairs(text, () => true)).toBeNull();
});

test('a selector that no request could carry is not even looked at', () => {
  expect(parseLabelSelector(`a${',a'.repeat(3_000)}`)).toBeNull();
  expect(parseLabelSelector(`a${',a'.repeat(2_000)}`)).not.toBeNull();
});
