/** @module The pages of the controller name every flag with its default and variable, every metric and every reason, and no other flag. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FLAG_ALIASES, FLAGS } from '../../../controller/config/flag-table.ts';
import { helpText } from '../../../controller/config/help-text.ts';
import { createMetrics } from '../../../controller/metrics/registry.ts';

function read(file: string): string {
  return readFileSync(path.resolve(import.meta.dirname, '../../..', file), 'utf8');
}

const page = read('docs/controller.md');

/** The rows of the table of flags. */
const rows = page
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, flags = '', initial = '', ...note]) => ({ flags: namesIn(flags), initial, note: note.join('|') }))
  .filter(({ flags }) => flags.some((name) => FLAGS.has(name) || FLAG_ALIASES.has(name)));

function namesIn(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]*)`/g)].map(([, name = '']) => name);
}

/** Every flag beside what the page says of it. */
const documented = rows.flatMap(({ flags, initial, note }) => {
  const defaults = initial.split(', ');
  const own = flags.filter((name) => !FLAG_ALIASES.has(name));
  return own.map((name, at) => [name, { initial: defaults[at] ?? initial, note }] as const);
});

describe('docs/controller.md', () => {
  test('names every flag, and no other', () => {
    const named = rows.flatMap(({ flags }) => flags);
    expect(named.toSorted()).toEqual([...FLAGS.keys(), ...FLAG_ALIASES.keys()].toSorted());
  });

  test.each(documented)('says the default and the variable of --%s', (name, { initial, note }) => {
    const flag = FLAGS.get(name);
    const plain = flag?.variable === null || flag?.initial === undefined ? initial : flag.initial;
    expect(initial).toBe(plain);
    if (flag?.variable?.startsWith('SIGNET_')) expect(note).toContain(`\`${flag.variable}\``);
  });
});

test("the controller's help names every variable of Signet's own", () => {
  const own = [...FLAGS.values()].flatMap(({ variable }) => (variable?.startsWith('SIGNET_') ? [variable] : []));
  expect(new Set(helpText().match(/SIGNET_[A-Z_]+/g))).toEqual(new Set(own));
});

test('docs/controller.md and docs/keys.md name every metric', async () => {
  const metrics = createMetrics('1');
  metrics.followKubeRequests(() => 0);
  const names = [...(await metrics.text()).matchAll(/^# HELP (?:signet|sealed_secrets_controller)_(\w+)/gm)];
  expect(names.length).toBeGreaterThan(20);
  const pages = page + read('docs/keys.md');
  expect(
    names.map(([, name = '']) => name).filter((name) => !pages.includes(`${name}\``) && !pages.includes(`${name}{`)),
  ).toEqual([]);
});

test('docs/sync.md has a row for every reason that Ready of a GitSync can have', () => {
  const declared = read('controller/git-syncs/reasons.ts').matchAll(/^ {2}\| '(\w+)'/gm);
  const listed = /\n## Reasons\n(.*?)\n## /s.exec(read('docs/sync.md'))?.[1] ?? '';
  // The one reason that Ready never has.
  const reasons = [...declared].map(([, reason = '']) => reason).filter((reason) => reason !== 'Healthy');
  expect(reasons.length).toBeGreaterThan(30);
  expect(reasons.filter((reason) => !listed.includes(`\`${reason}\``))).toEqual([]);
});
