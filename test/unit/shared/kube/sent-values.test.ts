import { describe, expect, it } from 'vitest';
import { withoutSentValues } from '../../../../shared/kube/sent-values.ts';

describe('withoutSentValues', () => {
  it('marks a value wherever it is quoted', () => {
    expect(withoutSentValues('bad canary-1234, again "canary-1234"', { a: [{ b: 'canary-1234' }] })).toBe(
      'bad [withheld], again "[withheld]"',
    );
  });

  it('marks a number', () => expect(withoutSentValues('got 12345678', { a: 12345678 })).toBe('got [withheld]'));
  it('marks what a base64 value stands for', () => {
    const data = { a: Buffer.from('hunter2-hunter2').toString('base64') };
    expect(withoutSentValues('got hunter2-hunter2', { data })).toBe('got [withheld]');
  });
  it('reads values of several MiB', () => {
    const data = { a: '9'.repeat(8 * 1024 * 1024), b: 'canary-1234' };
    expect(withoutSentValues('got canary-1234', { data })).toBe('got [withheld]');
  });
  it('marks a value in its escaped form', () => {
    expect(withoutSentValues(String.raw`got "pass\"word\nx"`, { a: 'pass"word\nx' })).toBe('got "[withheld]"');
  });
  it('marks single lines of a value', () => {
    expect(withoutSentValues('near line-number-two', { a: 'first\nline-number-two\nlast' })).toBe('near [withheld]');
  });
  it('marks a long value inside other text', () => {
    expect(withoutSentValues('xxcanary-1234xx', { a: 'canary-1234' })).toBe('xx[withheld]xx');
  });
  it('does not cut words for the sake of a short value', () => {
    expect(withoutSentValues('unsupported port', { a: 'port' })).toBe('unsupported [withheld]');
  });
  it('marks the longest value first', () => {
    expect(withoutSentValues('got abcdefgh-ijkl', { a: 'abcdefgh', b: 'abcdefgh-ijkl' })).toBe('got [withheld]');
  });
  it('leaves names alone', () => {
    const sent = { kind: 'Deployment', metadata: { name: 'storefront' }, spec: { image: 'nginx:1.27' } };
    expect(withoutSentValues('Deployment storefront: nginx:1.27', sent)).toBe('Deployment storefront: nginx:1.27');
  });
  it('marks a name that is no text', () => {
    expect(withoutSentValues('got canary-1234', { name: { x: 'canary-1234' } })).toBe('got [withheld]');
  });
  it('shows nothing when there are too many values to look for', () => {
    const data = Array.from({ length: 60_000 }, (_, at) => `value-${at}`);
    expect(withoutSentValues('got value-7', { data })).toBe('');
  });
  it('treats special characters as themselves', () => {
    expect(withoutSentValues('got a.*b, not axxb', { a: 'a.*b' })).toBe('got [withheld], not axxb');
  });
});
