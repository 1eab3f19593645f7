import { expect, test } from 'vitest';
import { placeOf, readRankTable } from './rank-table.ts';
import { readSourceFiles } from './source-files.ts';

const table = readRankTable();
const files = readSourceFiles('shared', 'cli', 'controller');
const isOurs = (target: string) => /^(shared|cli|controller|test)\//.test(target);

test('every source file belongs to a ranked folder of ARCHITECTURE.md', () => {
  expect(files.filter((file) => !placeOf(table, file.file)).map((file) => file.file)).toEqual([]);
});

test('every ranked folder of ARCHITECTURE.md exists', () => {
  const empty = table.filter((place) => !files.some((file) => placeOf([place], file.file)));
  expect(empty.map((place) => place.path)).toEqual([]);
});

test('an import goes to the own folder or to a lower rank', () => {
  const upward = files.flatMap((file) => {
    const from = placeOf(table, file.file);
    return file.imports.filter(isOurs).flatMap((target) => {
      const to = placeOf(table, target);
      const isAllowed = from && to && (from.path === to.path || to.rank < from.rank);
      return isAllowed ? [] : [`${file.file} [${from?.rank}] -> ${target} [${to?.rank ?? 'no rank'}]`];
    });
  });
  expect(upward).toEqual([]);
});

test('cli and controller never import each other', () => {
  const crossing = files.flatMap((file) => {
    const other = file.file.startsWith('cli/') ? 'controller/' : 'cli/';
    if (file.file.startsWith('shared/')) return [];
    return file.imports.filter((target) => target.startsWith(other)).map((target) => `${file.file} -> ${target}`);
  });
  expect(crossing).toEqual([]);
});
