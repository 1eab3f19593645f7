import path from 'node:path';
import { expect, test } from 'vitest';
import { readDemoOptions } from '../../demo/options.ts';

test('without options the demo shows the bundled application and ends', async () => {
  expect(await readDemoOptions([])).toEqual({ from: undefined, keep: false });
});

test('an application is named by a folder, relative to where the demo was started', async () => {
  const folder = path.relative(process.cwd(), import.meta.dirname);
  expect(await readDemoOptions(['--from', folder, '--keep'])).toEqual({ from: import.meta.dirname, keep: true });
});

test.each([
  [['--from', '/nowhere/app'], 'cannot read the folder "/nowhere/app": there is none'],
  [['--from', import.meta.filename], `cannot read the folder "${import.meta.filename}": there is none`],
  [['--from'], 'usage: npm run demo -- [--from DIR] [--keep]'],
  [['--bogus'], 'usage: npm run demo -- [--from DIR] [--keep]'],
  [['guestbook'], 'usage: npm run demo -- [--from DIR] [--keep]'],
])('%j is refused in one sentence before anything is started', async (words, message) => {
  await expect(readDemoOptions(words)).rejects.toThrow(new Error(message));
});
