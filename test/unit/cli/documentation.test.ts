/** @module docs/cli.md names every verb, option and exit code that the program has, and none that it has not. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { COMMAND_TABLE } from '../../../cli/commands/command-table.ts';
import { EXIT } from '../../../cli/terminal/exit-codes.ts';

const document = readFileSync(path.resolve(import.meta.dirname, '../../../docs/cli.md'), 'utf8');

/** Every verb that takes options, declared as the program declares it; kubeseal's command line has a page of its own. */
async function verbs(): Promise<readonly Command[]> {
  const program = new Command('signet');
  for (const { name, load } of COMMAND_TABLE) {
    (await load?.())?.(program.command(name), async () => undefined);
  }
  return program.commands
    .filter((command) => command.name() !== 'kubeseal')
    .flatMap((command) => (command.commands.length > 0 ? command.commands : [command]));
}

function titleOf(command: Command): string {
  const parent = command.parent?.name();
  return parent === 'signet' ? `signet ${command.name()}` : `signet ${parent} ${command.name()}`;
}

function sectionOf(title: string): string {
  const start = document.indexOf(`\n## \`${title}\`\n`);
  if (start < 0) return '';
  const end = document.indexOf('\n## ', start + 1);
  return document.slice(start, end < 0 ? undefined : end);
}

describe('docs/cli.md', async () => {
  for (const command of await verbs()) {
    const title = titleOf(command);
    test(`describes ${title} with exactly the options that it has`, () => {
      const named = new Set(sectionOf(title).match(/(?<=`)--[a-z-]+/g));
      const declared = command.options.filter(({ hidden }) => !hidden).map((option) => option.long ?? '');
      expect([...named].toSorted()).toEqual(declared.toSorted());
    });

    test(`the help of ${title} shows an example`, () => {
      let text = '';
      command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
      expect(text).toMatch(new RegExp(`Examples:\\n(?:.*\\n)+.*${title}`));
    });
  }

  test('lists exactly the exit codes that there are', () => {
    const listed = [...document.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(listed).toEqual(Object.values(EXIT));
  });
});
