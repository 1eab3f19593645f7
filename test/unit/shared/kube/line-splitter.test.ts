import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../../../shared/kube/line-splitter.ts';

const text = '{"a":"é"}\n\n{"b":"日本𝄞"}\n';

describe('LineSplitter', () => {
  it('gives out the lines of one chunk without empty ones', () => {
    expect(new LineSplitter(100).push(Buffer.from(text))).toEqual(['{"a":"é"}', '{"b":"日本𝄞"}']);
  });

  it.each([1, 2, 3, 5, 7])('gives the same lines when chunks have %d bytes', (size) => {
    const splitter = new LineSplitter(100);
    const bytes = Buffer.from(text);
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; at += size) lines.push(...splitter.push(bytes.subarray(at, at + size)));
    expect(lines).toEqual(['{"a":"é"}', '{"b":"日本𝄞"}']);
  });

  it('keeps an unfinished line back', () => {
    const splitter = new LineSplitter(100);
    expect(splitter.push(Buffer.from('abc'))).toEqual([]);
    expect(splitter.push(Buffer.from('def\ngh'))).toEqual(['abcdef']);
  });

  it('refuses a line that is too long before it ends', () => {
    const splitter = new LineSplitter(5);
    splitter.push(Buffer.from('abc'));
    expect(() => splitter.push(Buffer.from('def'))).toThrow(expect.objectContaining({ code: 'KUBE_TOO_LARGE' }));
  });

  it('bounds each line and not their sum', () => {
    expect(new LineSplitter(3).push(Buffer.from('abc\ndef\n'))).toEqual(['abc', 'def']);
  });
});
