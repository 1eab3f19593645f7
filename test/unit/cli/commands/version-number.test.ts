import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { VERSION } from '../../../../cli/commands/version-number.ts';

test('the version that the program tells is that of package.json', () => {
  const file = path.resolve(import.meta.dirname, '../../../../package.json');
  expect(VERSION).toBe(JSON.parse(readFileSync(file, 'utf8')).version);
});
