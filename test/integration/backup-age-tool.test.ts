/** @module Backups and the age tool: each opens what the other made. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { keySecret } from '../support/key-secret.ts';
import { adminClient, freshNamespace } from '../support/namespace.ts';
import { usePeers } from '../support/peers.ts';
import { runCli } from '../support/run-cli.ts';
import { outputOf } from '../support/run-program.ts';
import { FIRST_KEY, SECOND_KEY } from '../support/test-keys.ts';

const PASSPHRASE = 'correct horse battery staple';
const peers = await usePeers('age', 'age-keygen', 'age-plugin-batchpass');
let folder: string;
let recipient: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signet-age-'));
  if (peers.areHere) recipient = await generateKey('mine.txt');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const fileIn = (name: string) => path.join(folder, name);

/** The age tool finds its plugin on PATH. */
const age = (args: readonly string[], input?: string) =>
  outputOf(peers.pathOf('age'), args, {
    cwd: folder,
    env: { AGE_PASSPHRASE: PASSPHRASE, PATH: path.dirname(peers.pathOf('age-plugin-batchpass')) },
    ...(input === undefined ? {} : { input }),
  });

async function generateKey(name: string, ...flags: string[]): Promise<string> {
  await outputOf(peers.pathOf('age-keygen'), [...flags, '-o', fileIn(name)]);
  return (await outputOf(peers.pathOf('age-keygen'), ['-y', fileIn(name)])).trim();
}

async function namespaceWithKeys() {
  const client = await adminClient();
  const namespace = await freshNamespace(client, 'keys');
  const secrets = [keySecret(namespace, 'sealed-secrets-key-a', FIRST_KEY), keySecret(namespace, 'key-b', SECOND_KEY)];
  for (const secret of secrets) await client.create(SECRETS, secret);
  return { client, namespace, secrets };
}

const keys = (namespace: string, ...args: string[]) =>
  runCli(['keys', ...args, '--kubeconfig', inject('kubeconfig'), '--controller-namespace', namespace], { cwd: folder });

function assertHolds(yaml: string, secrets: readonly KubeObject[]): void {
  const found = parseDocuments(yaml).map(({ value }) => value as KubeObject);
  const byName = new Map(found.map((secret) => [secret.metadata.name, secret]));
  expect(found).toHaveLength(secrets.length);
  for (const secret of secrets) {
    expect(byName.get(secret.metadata.name)).toMatchObject({ type: secret['type'], data: secret['data'] });
    expect(byName.get(secret.metadata.name)?.metadata).toMatchObject({ labels: secret.metadata.labels });
  }
}

test.each([
  ['an X25519 key', []],
  ['a post-quantum key', ['-pq']],
])('the age tool opens a backup with %s, and kubectl takes what comes out', async (what, flags) => {
  const { client, namespace, secrets } = await namespaceWithKeys();
  const identity = `identity-${flags.length}.txt`;
  await writeFile(fileIn('recipients.txt'), `# ${what}\n${await generateKey(identity, ...flags)}\n`);
  const file = `keys-${flags.length}.age`;
  expect(await keys(namespace, 'backup', '--recipients-file', 'recipients.txt', '-w', file)).toMatchObject({ code: 0 });
  const yaml = await age(['-d', '-i', identity, file]);
  assertHolds(yaml, secrets);

  for (const { metadata } of secrets) await client.delete(SECRETS, { namespace, name: metadata.name ?? '' });
  await outputOf(inject('kubectl'), ['--kubeconfig', inject('kubeconfig'), 'create', '-f', '-'], { input: yaml });
  const { items } = await client.list(SECRETS, { namespace });
  expect(items.map(({ data }) => data)).toEqual(expect.arrayContaining(secrets.map(({ data }) => data)));
  expect(await keys(namespace, 'verify-backup', file, '--identity', identity)).toMatchObject({ code: 0 });
});

test('the age tool opens a backup with a passphrase', async () => {
  const { namespace, secrets } = await namespaceWithKeys();
  await writeFile(fileIn('phrase.txt'), `${PASSPHRASE}\n`);
  const made = await keys(namespace, 'backup', '--passphrase-file', 'phrase.txt', '-w', 'phrase.age');
  expect(made.code).toBe(0);
  assertHolds(await age(['-d', '-j', 'batchpass', 'phrase.age']), secrets);
}, 120_000);

test.each([
  ['to a recipient, in binary', () => ['-r', recipient], ['--identity', 'mine.txt']],
  ['to a recipient, as text', () => ['-a', '-r', recipient], ['--identity', 'mine.txt']],
  ['with a passphrase', () => ['-e', '-j', 'batchpass'], ['--passphrase-file', 'mine-phrase.txt']],
])(
  'a file that the age tool encrypted %s is a backup like any other',
  async (_what, encryptTo, openWith) => {
    const { client, namespace, secrets } = await namespaceWithKeys();
    await writeFile(fileIn('mine-phrase.txt'), PASSPHRASE);
    await writeFile(fileIn('plain.yaml'), secrets.map((secret) => `---\n${stringifyYaml(secret)}`).join(''));
    const file = `theirs-of-${namespace}.age`;
    await age([...encryptTo(), '-o', file, 'plain.yaml']);
    const target = await freshNamespace(client, 'restored');
    expect(await keys(target, 'restore', file, ...openWith)).toMatchObject({ code: 0 });
    const { items } = await client.list(SECRETS, { namespace: target });
    expect(items.map(({ data }) => data)).toEqual(expect.arrayContaining(secrets.map(({ data }) => data)));
  },
  60_000,
);
