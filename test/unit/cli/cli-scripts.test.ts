/** @module Every transcript of test/cli-scripts is a test. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'vitest';
import { runScript } from '../../cli-scripts/run-script.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../cli-scripts');

describe('cli transcripts', () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
  for (const name of names)
    it(name.replace(/\.txt$/, '').replaceAll('-', ' '), () => runScript(path.join(FOLDER, name)), 30_000);
});
