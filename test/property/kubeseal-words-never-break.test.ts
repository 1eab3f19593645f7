import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FLAG_TABLE } from '../../cli/kubeseal/flag-table.ts';
import { kubesealSamples } from '../support/kubeseal-samples.ts';
import { runCli, withTempFolder } from '../support/run-cli.ts';

const CANARY = 'canary-7f3e';
const samples = await kubesealSamples();
const files = { ...samples, 'secret.yaml': samples['secret.yaml']?.replace('hunter2', CANARY) ?? '' };

const word = fc.oneof(
  fc.constantFrom(
    ...Object.keys(files),
    'json',
    'yaml',
    'cluster-wide',
    'true',
    '=',
    '-',
    '--',
    '',
    'shop',
    '/dev/null',
  ),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const name = fc.constantFrom(
  ...FLAG_TABLE.map((flag) => `--${flag.name}`),
  ...'fnowvh'.split('').map((letter) => `-${letter}`),
);
const flag = fc.oneof(
  name,
  fc.tuple(name, word).map(([left, right]) => `${left}=${right}`),
  fc.string({ maxLength: 6 }).map((text) => `--${text}`),
);
const input = fc.oneof(
  fc.constantFrom(files['secret.yaml'], ...Object.values(samples)),
  fc
    .tuple(fc.constantFrom(files['secret.yaml'], ...Object.values(samples)), fc.nat(400))
    .map(([text, end]) => text.slice(0, end)),
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 200 }),
);
/** Nothing may leave this machine, or be written outside of the folder. */
const isOffline = (argv: readonly string[]): boolean =>
  !argv.some((one) => one.replace('/dev/null', '').includes('/') || /^--(server|proxy-url)/.test(one));

test('words and input of any kind end with an exit code of kubeseal, a sentence, and no plaintext in it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(flag, word), { maxLength: 8 }).filter(isOffline), input, async (argv, stdin) => {
      await withTempFolder(async (cwd) => {
        for (const [file, content] of Object.entries(files)) await writeFile(path.join(cwd, file), content);
        const words = ['kubeseal', '--cert', 'cert.pem', ...argv];
        const { code, stdout, stderr } = await runCli(words, { cwd, stdin, env: {} });
        expect([0, 1, 2]).toContain(code);
        if (code === 1) expect(stderr).toMatch(/^error: .+/m);
        expect(stderr).not.toContain('a defect in signet');
        expect(stdout + stderr).not.toContain(CANARY);
        if (code === 1) expect(stdout).toBe('');
      });
    }),
    { numRuns: 400 },
  );
});
