import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPrivateKeys } from '../../../../cli/connect/private-keys.ts';
import type { SeveralErrors } from '../../../../cli/terminal/errors.ts';
import type { Session } from '../../../../cli/terminal/session.ts';
import { stringifyYaml } from '../../../../shared/encoding/yaml-output.ts';
import { withTempFolder } from '../../../support/run-cli.ts';
import { FIRST_KEY, SECOND_KEY } from '../../../support/test-keys.ts';

const encoded = Buffer.from(FIRST_KEY.privateKeyPem).toString('base64');
const secret = (data: object, metadata: object = {}) => ({ apiVersion: 'v1', kind: 'Secret', metadata, data });

async function fingerprintsOf(...texts: string[]): Promise<readonly string[]> {
  return withTempFolder(async (cwd) => {
    const names = texts.map((_, at) => `key-${at}`);
    for (const [at, name] of names.entries()) await writeFile(path.join(cwd, name), texts[at] ?? '');
    const ring = await readPrivateKeys({ io: { cwd } } as Session, names, '');
    return ring.keys.map(({ fingerprint }) => fingerprint.slice(0, 11));
  });
}

const FIRST = 'SHA256:WHVp';
const SECOND = 'SHA256:ZykN';

describe('readPrivateKeys reads', () => {
  test.each([
    ['PEM', FIRST_KEY.privateKeyPem],
    [
      'PEM with the certificate in front, and a comment',
      `# mine\n${FIRST_KEY.certificatePem}${FIRST_KEY.privateKeyPem}`,
    ],
    ['a key Secret in YAML', stringifyYaml(secret({ 'tls.key': encoded }))],
    [
      'a key Secret with plain text',
      stringifyYaml({ kind: 'Secret', stringData: { 'tls.key': FIRST_KEY.privateKeyPem } }),
    ],
    ['a List in JSON', JSON.stringify({ kind: 'List', items: [secret({ 'tls.key': encoded })] })],
    ['items without a kind', JSON.stringify({ items: [{ data: { 'tls.key': encoded } }] })],
  ])('%s', async (_, text) => {
    expect(await fingerprintsOf(text)).toEqual([FIRST]);
  });

  test('several files into one ring, the newest key first', async () => {
    const old = stringifyYaml(secret({ 'tls.key': encoded }, { creationTimestamp: '2020-01-01T00:00:00Z' }));
    const data = { 'tls.key': Buffer.from(SECOND_KEY.privateKeyPem).toString('base64') };
    const recent = stringifyYaml(secret(data, { creationTimestamp: '2025-01-01T00:00:00Z' }));
    expect(await fingerprintsOf(old, recent)).toEqual([SECOND, FIRST]);
  });
});

test('readPrivateKeys reports every file that is wrong, and quotes nothing of any', async () => {
  const texts = [
    stringifyYaml(secret({ 'tls.key': 'hunter2!' })),
    stringifyYaml(secret({ other: encoded })),
    stringifyYaml({ kind: 'ConfigMap', data: { 'tls.key': encoded } }),
    FIRST_KEY.privateKeyPem.replace(/^MII.*$/m, 'MIIhunter2'),
    '',
  ];
  const failure = (await fingerprintsOf(...texts).catch((error: unknown) => error)) as SeveralErrors;
  expect(failure.errors.map(({ code }) => code)).toEqual([
    'CLI_PRIVATE_KEY_UNREADABLE',
    'CLI_PRIVATE_KEY_UNREADABLE',
    'CLI_PRIVATE_KEY_UNREADABLE',
    'CLI_PRIVATE_KEY_UNREADABLE',
    'KEY_MALFORMED',
  ]);
  for (const { message } of failure.errors) expect(message).not.toContain('hunter2');
});

test('readPrivateKeys does not repeat a key that stands where the name of a file should', async () => {
  const reading = readPrivateKeys({ io: { cwd: '/' } } as Session, [FIRST_KEY.privateKeyPem], '');
  const failure = (await reading.catch((error: unknown) => error)) as SeveralErrors;
  expect(failure.errors).toMatchObject([
    { code: 'CLI_USAGE', message: 'cannot take a private key as an argument, where others can see it' },
  ]);
});
