import { expect, test } from 'vitest';
import { readSourceFiles } from './source-files.ts';

const files = readSourceFiles('shared', 'cli', 'controller');
const EXPORT = /^export (?:async |abstract )*(?:function|class|const|let|interface|type) \*?\s*([\w$]+)/;

test('every file opens with a @module comment', () => {
  const without = files.filter((file) => !/^(?:#!.*\n)?\/\*\*[\s\S]*?@module/.test(file.text.slice(0, 400)));
  expect(without.map((file) => file.file)).toEqual([]);
});

test('every exported symbol has a doc comment of its own', () => {
  const undocumented = files.flatMap((file) => {
    const lines = file.text.split('\n');
    const seen = new Set<string>();
    return lines.flatMap((line, index) => {
      const name = EXPORT.exec(line)?.[1];
      if (name === undefined) return [];
      const isOverload = seen.has(name);
      seen.add(name);
      const before = lines[index - 1] ?? '';
      const isModuleComment = before.includes('@module') || moduleCommentEnd(lines) === index - 1;
      return isOverload || (before.trimEnd().endsWith('*/') && !isModuleComment) ? [] : [`${file.file}: ${name}`];
    });
  });
  expect(undocumented).toEqual([]);
});

/** Index of the line that closes the file's first comment. */
function moduleCommentEnd(lines: readonly string[]): number {
  return lines.findIndex((line) => line.trimEnd().endsWith('*/'));
}
