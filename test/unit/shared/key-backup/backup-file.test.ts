import { generateHybridIdentity, generateIdentity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import { lockFile, unlockFile } from '../../../../shared/key-backup/age-file.ts';
import { type BackupUnlock, readIdentities, readRecipients } from '../../../../shared/key-backup/age-keys.ts';

const PLAIN = 'what must not be read';
const identity = await generateIdentity();
const recipient = await identityToRecipient(identity);
const another = await generateIdentity();

const identities = (...texts: string[]): BackupUnlock => {
  const [first, ...others] = texts.map((text) => SecretBytes.fromText(text));
  return { kind: 'identities', identities: [first!, ...others] };
};
const passphrase = (text: string) => ({ kind: 'passphrase' as const, passphrase: SecretBytes.fromText(text) });
const lockTo = (...recipients: [string, ...string[]]) =>
  lockFile(SecretBytes.fromText(PLAIN), { kind: 'recipients', recipients });

async function open(file: string | Uint8Array, unlock: BackupUnlock): Promise<string> {
  const bytes = typeof file === 'string' ? encodeUtf8(file) : file;
  return new TextDecoder().decode((await unlockFile(bytes, unlock)).expose());
}

test('a file opens with the identity of each of its recipients, and shows nothing', async () => {
  const hybrid = await generateHybridIdentity();
  const file = await lockTo(recipient, await identityToRecipient(hybrid));
  expect(file).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/);
  expect(file).not.toContain(PLAIN);
  expect(await open(file, identities(identity))).toBe(PLAIN);
  expect(await open(file, identities(another, hybrid))).toBe(PLAIN);
  expect(await open(`\n${file.replaceAll('\n', '\r\n')}\n`, identities(identity))).toBe(PLAIN);
});

test('a file opens in its binary form as well', async () => {
  const { armor } = await import('age-encryption');
  expect(await open(armor.decode(await lockTo(recipient)), identities(identity))).toBe(PLAIN);
});

test('each reason why a file does not open has its own code', async () => {
  const file = await lockTo(recipient);
  await expect(open(file, identities(another))).rejects.toMatchObject({ code: 'BACKUP_KEY_WRONG' });
  await expect(open(file, passphrase('x'))).rejects.toMatchObject({
    code: 'BACKUP_KEY_WRONG',
    message: 'cannot open the backup: it is encrypted to recipients',
  });
  await expect(
    open(file, identities(`${identity.slice(0, -1)}${identity.endsWith('Q') ? 'P' : 'Q'}`)),
  ).rejects.toMatchObject({
    code: 'BACKUP_KEY_INVALID',
  });
  await expect(open('apiVersion: v1', identities(identity))).rejects.toMatchObject({ code: 'BACKUP_NOT_AGE' });
  await expect(open('', identities(identity))).rejects.toMatchObject({ code: 'BACKUP_NOT_AGE' });
  await expect(open(new Uint8Array(4096).fill(255), identities(identity))).rejects.toMatchObject({
    code: 'BACKUP_NOT_AGE',
  });
  for (const cut of [40, 200, file.length - 60, file.length - 4]) {
    await expect(open(file.slice(0, cut), identities(identity))).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  }
});

test('a passphrase opens what it locked, and no other does', async () => {
  const file = await lockFile(SecretBytes.fromText(PLAIN), passphrase('correct horse'));
  expect(await open(file, passphrase('correct horse'))).toBe(PLAIN);
  await expect(open(file, passphrase('correct horsf'))).rejects.toMatchObject({
    code: 'BACKUP_KEY_WRONG',
    message: 'cannot open the backup: the passphrase is wrong',
  });
  await expect(open(file, identities(identity))).rejects.toMatchObject({
    code: 'BACKUP_KEY_WRONG',
    message: 'cannot open the backup: it is encrypted with a passphrase',
  });
}, 120_000);

test('a passphrase that is empty or no text locks and opens nothing', async () => {
  for (const bytes of [new Uint8Array(), Uint8Array.of(0xff, 0xfe, 0x41)]) {
    const odd = { kind: 'passphrase' as const, passphrase: new SecretBytes(bytes) };
    await expect(lockFile(SecretBytes.fromText(PLAIN), odd)).rejects.toMatchObject({ code: 'BACKUP_KEY_INVALID' });
    await expect(open(await lockTo(recipient), odd)).rejects.toMatchObject({ code: 'BACKUP_KEY_INVALID' });
  }
});

test.each([
  ['a price for the passphrase that no machine pays', `-> scrypt ${'A'.repeat(22)} 40\n${'A'.repeat(43)}\n`],
  [
    'a passphrase in company',
    `-> scrypt ${'A'.repeat(22)} 10\n${'A'.repeat(43)}\n-> scrypt ${'B'.repeat(22)} 10\n${'A'.repeat(43)}\n`,
  ],
  ['no recipient at all', ''],
])('a header with %s is refused at once', async (_what, stanzas) => {
  const file = encodeUtf8(`age-encryption.org/v1\n${stanzas}--- ${'A'.repeat(43)}\n${'x'.repeat(100)}`);
  await expect(unlockFile(file, passphrase('x'))).rejects.toMatchObject({ code: expect.stringMatching(/^BACKUP_/) });
});

test('recipients are read as the age tool reads them', () => {
  expect(readRecipients(`# mine\n\n ${recipient} \r\n`, 'recipients.txt')).toEqual([recipient]);
  expect(readRecipients('# none\n', 'recipients.txt')).toEqual([]);
});

test.each([
  ['an SSH key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB me@host', 'SSH keys are not supported'],
  ['a private key', identity, 'it is a private key'],
  ['a plugin', 'age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t', 'plugins are not supported'],
  [
    'a hardware tag',
    'age1tag1qwe0kafsjrar4txm6heqnhpfuggzr0gvznz7fvygxrlq90u5mq2pysxtw6h',
    'plugins are not supported',
  ],
  ['anything else', 'hunter2', 'it is no age recipient'],
])('%s is refused as a recipient and not quoted', (_what, line, problem) => {
  expect(() => readRecipients(`# first\n${line}\n`, '"r.txt"')).toThrow(
    expect.objectContaining({
      code: 'BACKUP_KEY_INVALID',
      message: expect.stringMatching(new RegExp(`^cannot encrypt to the recipient in "r.txt", line 2: .*${problem}$`)),
    }),
  );
  expect(() => readRecipients(line, '"r.txt"')).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining(line) }),
  );
});

test('a mistyped recipient is refused', async () => {
  const mistyped = `${recipient.slice(0, -1)}${recipient.endsWith('q') ? 'p' : 'q'}`;
  await expect(lockTo(mistyped)).rejects.toMatchObject({ code: 'BACKUP_KEY_INVALID' });
});

test('identities are read as age-keygen writes them, and nothing of a wrong line is shown', () => {
  const text = `# created: 2026-01-01T00:00:00Z\n# public key: ${recipient}\n${identity}\n`;
  const [read] = readIdentities(text, 'key.txt');
  expect(new TextDecoder().decode(read!.expose())).toBe(identity);
  for (const wrong of [
    recipient,
    'AGE-PLUGIN-YUBIKEY-1Q',
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    'hunter2',
    '# only\n',
  ]) {
    expect(() => readIdentities(wrong, 'key.txt')).toThrow(
      expect.objectContaining({ code: 'BACKUP_KEY_INVALID', message: expect.not.stringContaining('hunter2') }),
    );
  }
  expect(() => readIdentities('-----BEGIN AGE ENCRYPTED FILE-----\n', 'key.txt')).toThrow(
    expect.objectContaining({ message: 'cannot use the identity in key.txt: it is encrypted itself' }),
  );
});
