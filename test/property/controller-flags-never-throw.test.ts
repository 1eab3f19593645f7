import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ControllerConfig } from '../../controller/config/config.ts';
import { FLAGS } from '../../controller/config/flag-table.ts';
import { loadConfig } from '../../controller/config/load-config.ts';

const FORMS = [
  '0',
  '720h',
  'true',
  'false',
  '-1',
  'a=b',
  'a,b',
  ':8080',
  'INFO',
  'json',
  '4096',
  '\u0000',
  '__proto__',
];
const text = fc.oneof(
  fc.constantFrom(...FORMS),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ maxLength: 20 }),
);
const name = fc.oneof(fc.constantFrom(...FLAGS.keys(), 'rotate-period'), fc.string({ maxLength: 10 }));
const word = fc.oneof(
  fc.tuple(name, text).map(([flag, value]) => `--${flag}=${value}`),
  name.map((flag) => `--${flag}`),
  text,
);
const names = [...FLAGS.values()].flatMap(({ variable }) => variable ?? []);
const variables = fc.dictionary(fc.oneof(fc.constantFrom(...names, 'POD_NAMESPACE'), fc.string()), text);

function assertOneLine(problems: readonly string[]): void {
  expect(problems.length).toBeGreaterThan(0);
  for (const problem of problems) expect(problem).toMatch(/^[^\p{Cc}\u202a-\u202e]{10,700}$/u);
}

function assertSound({ keys, http, unsealing, namespace }: ControllerConfig): void {
  expect(keys.renewPeriodMs === 0 || keys.renewPeriodMs >= 1_000).toBe(true);
  expect(keys.bits).toBeGreaterThanOrEqual(2048);
  for (const number of Object.values(http)) expect(Number.isSafeInteger(number) && number >= 0).toBe(true);
  expect(unsealing.namespaces?.includes(namespace) ?? true).toBe(true);
}

test('any command line and any variables give a configuration, a text or problems, each of one line', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), variables, text, (argv, around, account) => {
      const result = loadConfig(argv, { variables: around, serviceAccountNamespace: account, version: 'v1' });
      if (result.kind === 'problems') assertOneLine(result.problems);
      if (result.kind === 'config') assertSound(result.config);
    }),
    { numRuns: 2_000 },
  );
});
