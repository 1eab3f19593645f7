import { describe, expect, it } from 'vitest';
import { endOfPrintedValue, withoutLiterals } from '../../../../shared/kube/printed-value.ts';

const values = [
  '"plain"',
  String.raw`"a \" quote: x, y"`,
  String.raw`"ends in \\"`,
  '{"app":"d"}',
  '{"a":{"b":["c: d","}"]}}',
  '["a","b: c"]',
  '12345678',
  '-1.5',
  'null',
  '<nil>',
  'v1.LabelSelector{MatchLabels:map[string]string{"a":"b: c"}, MatchExpressions:[]v1.Requirement(nil)}',
  'core.PodTemplateSpec{ObjectMeta:v1.ObjectMeta{Name:"", Labels:map[string]string{"x":"}"}}, Spec:core.PodSpec{Env:[]core.EnvVar{core.EnvVar{Name:"A", Value:"s: t"}}}}',
  '&value.valueUnstructured{Value:map[string]interface {}{"x":"y: z"}}',
  '[]string{"a: b"}',
  'map[string]interface {}{"a":"b"}',
  '(*v1.Thing)(nil)',
];

describe('endOfPrintedValue', () => {
  it.each(values)('ends behind %s', (value) => {
    const text = `Invalid value: ${value}: field is immutable`;
    const end = endOfPrintedValue(text, 'Invalid value: '.length);
    expect(text.slice(end)).toBe(': field is immutable');
  });

  it.each(['"cut', '{"a":"cut', 'v1.Thing{A:v1.Other{'])('reaches to the end when %s was cut', (value) => {
    expect(endOfPrintedValue(value, 0)).toBe(value.length);
  });
});

describe('withoutLiterals', () => {
  it('replaces literals of both kinds', () => {
    const text = 'cannot use v1.Thing{A:"x"} or {"b":"y"}, but map[string]string{"c":"z"} maybe';
    expect(withoutLiterals(text)).toBe('cannot use {…} or {…}, but {…} maybe');
  });

  it('keeps field paths and advice', () => {
    const text = 'spec.containers[0].env[name="A"] must set capabilities.drop=["ALL"]';
    expect(withoutLiterals(text)).toBe(text);
  });

  it('takes long words in its stride', () => {
    const word = 'a'.repeat(100_000);
    expect(withoutLiterals(`${word} ${word}[${word}`)).toBe(`${word} ${word}[${word}`);
  });

  it('drops the rest of a literal that was cut', () => {
    expect(withoutLiterals('cannot use {"a":"b')).toBe('cannot use {…}');
  });
});
