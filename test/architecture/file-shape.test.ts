import { expect, test } from 'vitest';
import { readSourceFiles } from './source-files.ts';

const files = readSourceFiles('shared', 'cli', 'controller');

test('no source file is longer than 300 lines', () => {
  const long = files.filter((file) => file.text.split('\n').length > 301);
  expect(long.map((file) => `${file.file}: ${file.text.split('\n').length}`)).toEqual([]);
});

test('the median source file is at most 120 lines', () => {
  const lengths = files.map((file) => file.text.split('\n').length).toSorted((a, b) => a - b);
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(120);
});

test('no name says nothing', () => {
  const vague = /(^|\/)(utils?|helpers?|common|core|lib|types|misc)(\/|\.ts$)/;
  expect(files.filter((file) => vague.test(file.file)).map((file) => file.file)).toEqual([]);
});
