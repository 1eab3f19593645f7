/** @module Prompts at a real terminal: raw mode is the kernel's, so no fake can show that a secret stays off the screen. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { lockFile } from '../../shared/key-backup/age-file.ts';
import { formatBackup } from '../../shared/key-backup/backup-content.ts';
import { keySecret } from '../support/key-secret.ts';
import { findTerminalMaker, startAtTerminal, type TerminalSession } from '../support/pseudo-terminal.ts';
import { withTempFolder } from '../support/run-cli.ts';
import { FIRST_KEY } from '../support/test-keys.ts';

const SIGNET = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const PASSPHRASE = 'pass-on-no-screen';
const PROMPT = 'Passphrase of the backup: ';
const maker = findTerminalMaker();

beforeEach((context) => context.skip(maker === undefined, 'a terminal is made with script of util-linux'));

async function verifyAtTerminal(folder: string): Promise<TerminalSession> {
  const key = keySecret('signet-system', 'sealed-secrets-key-a', FIRST_KEY);
  const plain = formatBackup({ namespace: 'signet-system', keys: [key], digestKey: null }, { at: new Date() });
  const passphrase = SecretBytes.fromText(PASSPHRASE);
  await writeFile(path.join(folder, 'keys.age'), await lockFile(plain, { kind: 'passphrase', passphrase }));
  const words = [process.execPath, SIGNET, 'keys', 'verify-backup', 'keys.age', '--passphrase', '--offline'];
  return startAtTerminal(maker!, words, folder);
}

test('a passphrase that is typed works, and is not shown', async () => {
  await withTempFolder(async (folder) => {
    const session = await verifyAtTerminal(folder);
    await session.answer(PROMPT, `x\x7f${PASSPHRASE}\r`);
    expect(await session.ended).toBe(0);
    expect(session.screen()).toContain('good');
    expect(session.screen()).not.toContain(PASSPHRASE);
  });
}, 120_000);

test('the interrupt key at a prompt ends the program as an interrupt does', async () => {
  await withTempFolder(async (folder) => {
    const session = await verifyAtTerminal(folder);
    await session.answer(PROMPT, `half${'\x03'}`);
    expect(await session.ended).toBe(130);
    expect(session.screen()).toContain('signet: interrupted');
    expect(session.screen()).not.toContain('half');
  });
}, 120_000);

test('the end of input at a prompt is a wrong use', async () => {
  await withTempFolder(async (folder) => {
    const session = await verifyAtTerminal(folder);
    await session.answer(PROMPT, '\x04');
    expect(await session.ended).toBe(2);
    expect(session.screen()).toContain('standard input ended');
  });
}, 120_000);
