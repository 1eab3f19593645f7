import { chown, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { choosePinnedFile, findPinnedFile, formatPinnedFile } from '../../../../cli/connect/pinned-certificates.ts';
import { readCertificates } from '../../../../shared/certificate/read-certificate.ts';
import { withTempFolder } from '../../../support/run-cli.ts';
import { FIRST_KEY, SECOND_KEY } from '../../../support/test-keys.ts';

async function pinIn(folder: string): Promise<string> {
  await mkdir(path.join(folder, '.signet'), { recursive: true });
  const file = path.join(folder, '.signet/keys.pem');
  await writeFile(file, FIRST_KEY.certificatePem);
  return file;
}

test('the nearest pin above a folder holds', () =>
  withTempFolder(async (folder) => {
    const inner = path.join(folder, 'a/b');
    await mkdir(inner, { recursive: true });
    const far = await pinIn(folder);
    expect(findPinnedFile(inner)).toBe(far);
    const near = await pinIn(path.join(folder, 'a'));
    expect(findPinnedFile(inner)).toBe(near);
  }));

test('a pin above the root of the repository does not hold inside of it', () =>
  withTempFolder(async (folder) => {
    await pinIn(folder);
    const inner = path.join(folder, 'repository/deploy');
    await mkdir(inner, { recursive: true });
    await mkdir(path.join(folder, 'repository/.git'));
    expect(findPinnedFile(inner)).toBeNull();
    expect(choosePinnedFile(inner)).toBe(path.join(folder, 'repository/.signet/keys.pem'));
  }));

test('outside of a repository a first pin goes where the user stands', () =>
  withTempFolder(async (folder) => {
    expect(choosePinnedFile(folder)).toBe(path.join(folder, '.signet/keys.pem'));
  }));

test('a pin that a stranger put there is refused', async (context) => {
  context.skip(process.getuid?.() !== 0, 'only root can make a file of a stranger');
  await withTempFolder(async (folder) => {
    await chown(await pinIn(folder), 12_345, 12_345);
    expect(() => findPinnedFile(folder)).toThrow('it belongs to another user');
  });
});

test('a pinned file reads back as its certificates, in their order', async () => {
  const certificates = await readCertificates(SECOND_KEY.certificatePem + FIRST_KEY.certificatePem);
  const again = await readCertificates(formatPinnedFile(certificates));
  expect(again.map(({ fingerprint }) => fingerprint)).toEqual(certificates.map(({ fingerprint }) => fingerprint));
});
