import { describe, expect, test } from 'vitest';
import { FLAG_TABLE } from '../../../../cli/kubeseal/flag-table.ts';
import { readPage, readPageLines } from '../../../support/kubeseal-page.ts';

/** Flags and verdict of each row of the flag table. */
const ROWS = readPage()
  .split('\n')
  .flatMap((line) => {
    const [, flags, verdict] = /^\| ((?:`--?[\w-]+`(?:, )?)+) \| (same|better|refused, because .+) \|/.exec(line) ?? [];
    return flags === undefined || verdict === undefined
      ? []
      : [{ flags: flags.match(/(?<=`)--?[\w-]+/g) ?? [], verdict }];
  });

describe('docs/kubeseal.md', () => {
  test('judges every flag once, with its letter, and no other', () => {
    const expected = FLAG_TABLE.flatMap(({ name, short }) => [
      `--${name}`,
      ...(short === undefined ? [] : [`-${short}`]),
    ]);
    const named = ROWS.flatMap(({ flags }) => flags).filter((flag) => flag !== '-h');
    expect(named.toSorted()).toEqual(expected.toSorted());
  });

  test('has at least a hundred command lines, no two of them alike', () => {
    const keys = readPageLines().map(({ section, line }) => `${section === 'With a cluster'} ${line}`);
    expect(keys.length).toBeGreaterThan(100);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('has no row that the tests cannot read', () => {
    const rows = readPage()
      .split('\n')
      .filter((line) => line.startsWith('| `') && line.includes('kubeseal '));
    expect(readPageLines()).toHaveLength(rows.length);
  });
});
