import { expect, test } from 'vitest';
import { assertExpansionBounded } from '../../../../shared/encoding/yaml-expansion.ts';

/** A list of ten lists of ten lists …, every level shared. */
function laughs(levels: number): unknown {
  let value: unknown = 'ha';
  for (let level = 0; level < levels; level++) value = Array.from({ length: 10 }, () => value);
  return value;
}

test('assertExpansionBounded counts shared values as often as they occur', () => {
  expect(() => assertExpansionBounded(laughs(5))).not.toThrow();
  expect(() => assertExpansionBounded(laughs(9))).toThrow(expect.objectContaining({ code: 'YAML_ALIAS_BOMB' }));
});

test('assertExpansionBounded counts text', () => {
  const text = 'x'.repeat(1024 * 1024);
  expect(() => assertExpansionBounded({ list: Array.from({ length: 60 }, () => text) })).not.toThrow();
  expect(() => assertExpansionBounded({ list: Array.from({ length: 70 }, () => text) })).toThrow(
    expect.objectContaining({ code: 'YAML_ALIAS_BOMB' }),
  );
});

test('assertExpansionBounded counts keys', () => {
  const map = { ['k'.repeat(1024 * 1024)]: 1 };
  expect(() => assertExpansionBounded(Array.from({ length: 70 }, () => map))).toThrow(
    expect.objectContaining({ code: 'YAML_ALIAS_BOMB' }),
  );
});

/** Lists in lists, every one of them also in the outermost. */
function ladder(levels: number): readonly unknown[] {
  const rungs: unknown[] = [[]];
  while (rungs.length < levels) rungs.push([rungs.at(-1)]);
  return rungs;
}

test('assertExpansionBounded measures depth through sharing', () => {
  expect(() => assertExpansionBounded(ladder(90))).not.toThrow();
  expect(() => assertExpansionBounded(ladder(110))).toThrow(expect.objectContaining({ code: 'YAML_TOO_DEEP' }));
});

test('assertExpansionBounded refuses a value that contains itself', () => {
  const value: unknown[] = [];
  value.push({ value });
  expect(() => assertExpansionBounded(value)).toThrow('an anchor that contains itself');
});
