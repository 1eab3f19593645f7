/** @module Reads the demo's command line, before anything is started. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** What the user asked of the demo. */
export interface DemoOptions {
  /** Absolute path of the application to show in place of the bundled one. */
  readonly from: string | undefined;
  /** Whether everything goes on running afterwards. */
  readonly keep: boolean;
}

/** The options that `words` give. @throws Error with one sentence for wrong use and for a folder that is not there. */
export async function readDemoOptions(words: readonly string[]): Promise<DemoOptions> {
  const { from, keep } = parse(words);
  if (from === undefined) return { from, keep };
  const folder = path.resolve(from);
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new Error(`cannot read the folder ${JSON.stringify(folder)}: there is none`);
  return { from: folder, keep };
}

function parse(words: readonly string[]): DemoOptions {
  const options = { from: { type: 'string' }, keep: { type: 'boolean', default: false } } as const;
  try {
    const { values } = parseArgs({ args: [...words], options });
    return { from: values.from, keep: values.keep };
  } catch {
    throw new Error('usage: npm run demo -- [--from DIR] [--keep]');
  }
}
