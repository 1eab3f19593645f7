/** @module How a passphrase and age keys reach the verbs; none of these runs gets as far as a cluster. */
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { type CliWorld, runCli, withTempFolder } from '../../../support/run-cli.ts';

const identity = await generateIdentity();
const recipient = await identityToRecipient(identity);

async function attempt(args: readonly string[], world: Partial<CliWorld> = {}, files: Record<string, string> = {}) {
  return withTempFolder(async (cwd) => {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(cwd, name), text);
    const result = await runCli(['keys', ...args], { cwd, env: { KUBECONFIG: '/nonexistent' }, ...world });
    expect(result.stdout).toBe('');
    expect((await readdir(cwd)).sort()).toEqual(Object.keys(files).sort());
    return result;
  });
}

test.each([
  ['nothing', [], 'nothing says how to encrypt the backup'],
  ['a recipient and a passphrase', ['--recipient', recipient, '--passphrase'], 'cannot use recipients together with'],
  ['two passphrases', ['--passphrase', '--passphrase-file', 'p'], 'cannot use --passphrase together with'],
  ['a passphrase where nobody types', ['--passphrase'], 'standard input is no terminal'],
  ['a file without recipients', ['--recipients-file', 'none.txt'], 'no recipient is in the files'],
  ['an empty passphrase', ['--passphrase-file', 'empty.txt'], 'cannot use an empty passphrase'],
  ['a passphrase of two lines', ['--passphrase-file', 'two.txt'], 'it has more than one line'],
])('a backup with %s is a wrong use', async (_what, args, problem) => {
  const files = { 'none.txt': '# nobody\n', 'empty.txt': '\n', 'two.txt': 'a\nb\n' };
  const { code, stderr } = await attempt(['backup', '-w', 'x.age', ...args], {}, files);
  expect(code).toBe(2);
  expect(stderr).toContain(problem);
});

test('a passphrase is asked for twice, and a difference is noticed', async () => {
  const differs = await attempt(['backup', '--passphrase', '-w', 'x.age'], {
    typed: ['correct horse', 'correct hose'],
  });
  expect(differs.code).toBe(2);
  expect(differs.stderr).toContain('the two passphrases differ');
  const short = await attempt(['backup', '--passphrase', '-w', 'x.age'], { typed: ['horse', 'horse'] });
  expect(short.stderr).toContain('warning: the passphrase has fewer than 12 characters');
  expect(`${differs.stderr}${short.stderr}`).not.toMatch(/hors?e/);
});

test.each([
  ['an identity and a passphrase', ['x.age', '--identity', 'k', '--passphrase'], 'cannot use --identity together with'],
  ['nothing', ['x.age'], 'nothing says how to open the backup'],
  ['standard input for two things', ['-', '--identity', '-'], 'cannot read standard input twice'],
  ['standard input for file and passphrase', ['-', '--passphrase-file', '-'], 'cannot read standard input twice'],
])('opening a backup with %s is a wrong use', async (_what, args, problem) => {
  for (const verb of ['restore', 'verify-backup']) {
    const { code, stderr } = await attempt([verb, ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(problem);
  }
});

test('a private key as an argument is refused and not repeated', async () => {
  const opened = await attempt(['restore', 'x.age', '--identity', identity]);
  expect(opened.code).toBe(2);
  const locked = await attempt(['backup', '-w', 'x.age', '--recipient', identity]);
  expect(locked.code).toBe(4);
  expect(`${opened.stderr}${locked.stderr}`).not.toContain(identity.slice(20));
});

test('a directory is no backup, no identity and no passphrase', async () => {
  await withTempFolder(async (cwd) => {
    for (const args of [
      ['restore', '.', '--passphrase-file', '.'],
      ['restore', 'x.age', '--identity', '.'],
      ['backup', '-w', 'x.age', '--recipients-file', '.'],
    ]) {
      const { code, stderr } = await runCli(['keys', ...args], { cwd });
      expect(code).toBe(2);
      expect(stderr).toContain('it is a directory');
    }
  });
});
