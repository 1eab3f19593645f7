import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FLAG_TABLE } from '../../cli/kubeseal/flag-table.ts';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { type KeyFiles, type Kubeseal, prepareKubeseal, writeKeyFiles } from '../support/kubeseal.ts';
import { usePeers } from '../support/peers.ts';
import { runCli } from '../support/run-cli.ts';

const peers = await usePeers('kubeseal');

let kubeseal: Kubeseal;
let files: KeyFiles;

beforeAll(async () => {
  if (!peers.areHere) return;
  kubeseal = await prepareKubeseal(peers.pathOf('kubeseal'));
  files = await writeKeyFiles(kubeseal);
});

afterAll(() => kubeseal?.stop());

const value = fc.oneof(
  fc.constantFrom(
    '',
    'true',
    'F',
    'yes',
    '0',
    '-1',
    '0x1f',
    '1_0',
    '08',
    'strict',
    'wide',
    'a=1,b',
    'a.go:3',
    'WARNING',
    'a"b',
    '"a',
    '"a",b',
    '--',
    '-',
  ),
  fc.string({ maxLength: 5 }),
);
const flag = fc.oneof(
  fc.constantFrom(...FLAG_TABLE.map(({ name }) => `--${name}`), '-f', '-n', '-o', '-v', '-w', '-x', '--', '--nonsense'),
  fc.tuple(fc.constantFrom(...FLAG_TABLE.map(({ name }) => name)), value).map(([name, text]) => `--${name}=${text}`),
  fc.tuple(fc.constantFrom('f', 'n', 'o', 'v', 'w'), value).map(([letter, text]) => `-${letter}${text}`),
);
/** An argument cannot hold a zero byte; `-h` and the version are asked for by the test itself. */
const words = fc
  .array(fc.oneof(flag, value), { maxLength: 6 })
  .filter((argv) => !argv.some((word) => word.includes('\0') || /^--(version|help|rotate)/.test(word)));

test('any flags are taken or refused by both programs, in the same words', async () => {
  await fc.assert(
    fc.asyncProperty(words, async (argv) => {
      const theirs = await kubeseal.attempt(['--version', ...argv]);
      const ours = await runCli(['kubeseal', '--version', ...argv], { cwd: kubeseal.folder });
      expect(ours.code).toBe(theirs.code);
      const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';
      if (theirs.code !== 0) expect(lastLine(ours.stdout)).toBe(lastLine(theirs.stdout));
    }),
    { numRuns: 300 },
  );
}, 300_000);

const piece = fc.constantFrom(
  ...[
    'a',
    'word ',
    ' ',
    '  ',
    '\n',
    ':',
    ': ',
    ' #',
    '-',
    '- ',
    '?',
    "'",
    '"',
    '\\',
    '{',
    '}',
    '[',
    ',',
    '&',
    '*',
    '!',
    '|',
    '>',
  ],
  ...[
    '%',
    '@',
    '`',
    '1',
    '0',
    '.',
    'e',
    '~',
    '=',
    '<',
    '\t',
    'é',
    '\u{1f600}',
    '\u0001',
    'true',
    'null',
    '---',
    '\r',
    '\u00a0',
  ],
);
const annotation = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

/** With letters behind numbers, the library's order would be none. */
const key = fc
  .tuple(
    fc.array(fc.constantFrom('a', 'b', 'Z', '-', '_', '.', 'é'), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '0', '1', '9', '00', '01', '10', '100', '12'),
  )
  .map(([letters, number]) => [...letters, number]);

test('annotations of any kind are written by both programs in the same characters, and read back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(key, annotation), { minLength: 20, maxLength: 40 }), async (entries) => {
      const annotations = Object.fromEntries(entries.map(([pieces, text]) => [pieces.join(''), text]));
      const metadata = { name: 'db', namespace: 'shop', annotations };
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, data: { a: '' } });
      const argv = ['--cert', files.cert, '-o', 'yaml'];
      const theirs = await kubeseal.run(argv, input);
      const ours = await runCli(['kubeseal', ...argv], { cwd: kubeseal.folder, stdin: input });
      const withoutValue = (text: string): string => text.replace(/^ {4}a: .*$/m, '');
      expect(withoutValue(ours.stdout)).toBe(withoutValue(theirs));
      expect(parseDocuments(ours.stdout)).toMatchObject([
        { value: { spec: { template: { metadata: { annotations } } } } },
      ]);
      const json = await kubeseal.run(['--cert', files.cert], input);
      const ourJson = (await runCli(['kubeseal', '--cert', files.cert], { cwd: kubeseal.folder, stdin: input })).stdout;
      expect(ourJson.replace(/"a": "A.*"/, '')).toBe(json.replace(/"a": "A.*"/, ''));
    }),
    { numRuns: 40 },
  );
}, 300_000);
