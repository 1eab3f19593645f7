import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { expect, inject, onTestFinished, test } from 'vitest';
import { issueSealingKey } from '../../shared/certificate/issue-certificate.ts';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { lockFile } from '../../shared/key-backup/age-file.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import {
  BACKED_UP_AT_ANNOTATION,
  BACKED_UP_FINGERPRINT_ANNOTATION,
  DIGEST_KEY_SECRET,
  KEY_LABEL,
} from '../../shared/resources/names.ts';
import { keySecret } from '../support/key-secret.ts';
import { adminClient, freshNamespace } from '../support/namespace.ts';
import { type CliWorld, runCli, withTempFolder } from '../support/run-cli.ts';
import { FIRST_KEY, SECOND_KEY, type TestKey } from '../support/test-keys.ts';

const PASSPHRASE = 'correct horse battery staple';
const DIGEST_DATA = { key: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' };

/** A namespace with key Secrets, and a folder with an age identity in it. */
async function createWorld(keys: Readonly<Record<string, TestKey>>) {
  const client = await adminClient();
  const namespace = await freshNamespace(client, 'keys');
  for (const [name, key] of Object.entries(keys)) await client.create(SECRETS, keySecret(namespace, name, key));
  const folder = await folderOfTest();
  const identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  await writeFile(path.join(folder, 'key.txt'), `# made for a test\n${identity}\n`);
  const addDigestKey = (place: string) =>
    client.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: { namespace: place, name: DIGEST_KEY_SECRET },
      data: DIGEST_DATA,
    });
  const run = (args: readonly string[], place = namespace, more: Partial<CliWorld> = {}) =>
    runCli(['keys', ...args, '--kubeconfig', inject('kubeconfig'), '--controller-namespace', place], {
      cwd: folder,
      ...more,
    });
  const backUp = (file: string) => run(['backup', '--recipient', recipient, '-w', file]);
  const secretsOf = async (place: string) => (await client.list(SECRETS, { namespace: place })).items;
  return { client, namespace, folder, recipient, identity, addDigestKey, run, backUp, secretsOf };
}

async function folderOfTest(): Promise<string> {
  const made = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<void>();
  const done = withTempFolder(async (folder) => {
    made.resolve(folder);
    await ended.promise;
  });
  onTestFinished(async () => {
    ended.resolve();
    await done;
  });
  return made.promise;
}

const TWO_KEYS = { 'sealed-secrets-key-a': FIRST_KEY, 'sealed-secrets-key-b': SECOND_KEY };

test('a backup for a recipient is one private file, and is confirmed when it was verified', async () => {
  const world = await createWorld(TWO_KEYS);
  const made = await world.backUp('keys.age');
  expect(made).toMatchObject({ code: 0, stdout: '' });
  expect(made.stderr).toContain(`2 keys of namespace ${world.namespace} in "keys.age"`);
  expect(made.stderr).toContain('signet keys verify-backup keys.age --identity FILE');
  expect((await stat(path.join(world.folder, 'keys.age'))).mode & 0o777).toBe(0o600);
  expect((await readdir(world.folder)).sort()).toEqual(['key.txt', 'keys.age']);
  const untouched = await world.secretsOf(world.namespace);
  expect(untouched.map(({ metadata }) => metadata.annotations)).toEqual([undefined, undefined]);

  const now = new Date('2026-05-01T10:00:00Z');
  const verified = await world.run(['verify-backup', 'keys.age', '--identity', 'key.txt'], world.namespace, {
    now: () => now,
  });
  expect(verified.code).toBe(0);
  expect(verified.stdout.split('\n').filter((line) => line.endsWith('  good'))).toHaveLength(2);
  for (const { metadata } of await world.secretsOf(world.namespace)) {
    expect(metadata.annotations?.[BACKED_UP_AT_ANNOTATION]).toBe('2026-05-01T10:00:00Z');
    expect(verified.stdout).toContain(metadata.annotations?.[BACKED_UP_FINGERPRINT_ANNOTATION]);
  }
});

test('a backup with a passphrase is read back and confirmed at once', async () => {
  const world = await createWorld(TWO_KEYS);
  const made = await world.run(['backup', '--passphrase', '-w', 'keys.age'], world.namespace, {
    typed: [PASSPHRASE, PASSPHRASE],
  });
  expect(made.code).toBe(0);
  expect(made.stderr).toContain('recorded the backup of 2 keys');
  for (const { metadata } of await world.secretsOf(world.namespace)) {
    expect(metadata.annotations?.[BACKED_UP_FINGERPRINT_ANNOTATION]).toMatch(/^SHA256:/);
  }
  await writeFile(path.join(world.folder, 'phrase.txt'), `${PASSPHRASE}\n`);
  const byFile = ['verify-backup', 'keys.age', '--passphrase-file', 'phrase.txt', '--offline'];
  expect(await world.run(byFile)).toMatchObject({ code: 0 });
  const wrong = await world.run(['verify-backup', 'keys.age', '--passphrase', '--offline'], world.namespace, {
    typed: ['wrong'],
  });
  expect(wrong.code).toBe(4);
  expect(wrong.stderr).toContain('the passphrase is wrong');
}, 120_000);

test('a key without a certificate of its own is in a backup and not confirmed, with a passphrase either', async () => {
  const mixed = { ...FIRST_KEY, certificatePem: SECOND_KEY.certificatePem };
  const world = await createWorld({ 'sealed-secrets-key-a': mixed, 'sealed-secrets-key-b': SECOND_KEY });
  const made = await world.run(['backup', '--passphrase', '-w', 'keys.age'], world.namespace, {
    typed: [PASSPHRASE, PASSPHRASE],
  });
  expect(made.code).toBe(0);
  expect(made.stderr).toContain('/sealed-secrets-key-a is not confirmed: it has no certificate of its own');
  expect(made.stderr).toContain('recorded the backup of 1 key');
  const confirmed = (await world.secretsOf(world.namespace)).filter(
    ({ metadata }) => metadata.annotations?.[BACKED_UP_AT_ANNOTATION] !== undefined,
  );
  expect(confirmed.map(({ metadata }) => metadata.name)).toEqual(['sealed-secrets-key-b']);
}, 120_000);

test('a backup that holds a private key shows none', async () => {
  const world = await createWorld({ 'sealed-secrets-key-a': FIRST_KEY });
  const printed: string[] = [];
  for (const args of [
    ['backup', '--recipient', world.recipient, '-w', 'keys.age'],
    ['backup', '--recipient', world.recipient, '-w', '-'],
    ['verify-backup', 'keys.age', '--identity', 'key.txt'],
    ['restore', 'keys.age', '--identity', 'key.txt', '--dry-run'],
  ]) {
    const { code, stdout, stderr } = await world.run(args);
    expect(code).toBe(0);
    printed.push(stdout, stderr);
  }
  printed.push(await readFile(path.join(world.folder, 'keys.age'), 'utf8'));
  const body = FIRST_KEY.privateKeyPem.split('\n')[3]!;
  for (const canary of [
    body,
    Buffer.from(FIRST_KEY.privateKeyPem).toString('base64').slice(100, 160),
    world.identity,
  ]) {
    expect(printed.join('\n')).not.toContain(canary);
  }
});

test('a file that exists is never overwritten, and a backup that fails leaves none', async () => {
  const world = await createWorld({ 'sealed-secrets-key-a': FIRST_KEY });
  await writeFile(path.join(world.folder, 'keys.age'), 'the only backup');
  const refused = await world.backUp('keys.age');
  expect(refused.code).toBe(7);
  expect(refused.stderr).toContain('cannot write "keys.age": it exists already');
  expect(await readFile(path.join(world.folder, 'keys.age'), 'utf8')).toBe('the only backup');
  expect(await world.run(['backup', '--recipient', 'ssh-ed25519 AAAA', '-w', 'new.age'])).toMatchObject({ code: 4 });
  expect(await world.run(['backup', '-w', 'new.age'])).toMatchObject({ code: 2 });
  const empty = await freshNamespace(world.client);
  expect(await world.run(['backup', '--recipient', world.recipient, '-w', 'new.age'], empty)).toMatchObject({
    code: 6,
  });
  expect((await readdir(world.folder)).sort()).toEqual(['key.txt', 'keys.age']);
});

test('a restore into an empty namespace brings back every Secret as it was', async () => {
  const world = await createWorld(TWO_KEYS);
  await world.addDigestKey(world.namespace);
  const retired = { metadata: { labels: { [KEY_LABEL]: 'retired' }, annotations: { note: 'kept' } } };
  await world.client.mergePatch(SECRETS, { namespace: world.namespace, name: 'sealed-secrets-key-a' }, retired);
  await world.backUp('keys.age');

  const target = await freshNamespace(world.client, 'restored');
  const dry = await world.run(['restore', 'keys.age', '--identity', 'key.txt', '--dry-run'], target);
  expect(dry.code).toBe(0);
  expect(dry.stdout).toContain('would be restored');
  expect(await world.secretsOf(target)).toEqual([]);

  const restored = await world.run(['restore', 'keys.age', '--identity', 'key.txt'], target);
  expect(restored.code).toBe(0);
  expect(restored.stderr).toContain(`is restored into namespace ${target}`);
  const facts = (items: Awaited<ReturnType<typeof world.secretsOf>>) =>
    items.map(({ type, data, metadata: { name, labels, annotations } }) => ({ type, data, name, labels, annotations }));
  expect(facts(await world.secretsOf(target))).toEqual(facts(await world.secretsOf(world.namespace)));

  const again = await world.run(['restore', 'keys.age', '--identity', 'key.txt'], target);
  expect(again.code).toBe(0);
  expect(again.stdout.match(/there already/g)).toHaveLength(2);
  expect(await world.secretsOf(target)).toHaveLength(3);
});

test('a name that is taken is left alone, and the key goes to another one', async () => {
  const world = await createWorld({ 'sealed-secrets-key-first': FIRST_KEY });
  await world.addDigestKey(world.namespace);
  await world.backUp('keys.age');
  const target = await freshNamespace(world.client, 'restored');
  const standing = await world.client.create(SECRETS, keySecret(target, 'sealed-secrets-key-first', SECOND_KEY));
  const otherDigest = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: target, name: DIGEST_KEY_SECRET } };
  await world.client.create(SECRETS, otherDigest);
  for (const result of ['restored under another name', 'there already']) {
    const { code, stdout } = await world.run(['restore', 'keys.age', '--identity', 'key.txt'], target);
    expect(code).toBe(0);
    expect(stdout).toContain(result);
  }
  const secrets = await world.secretsOf(target);
  expect(secrets).toHaveLength(3);
  expect(secrets.find(({ metadata }) => metadata.name === 'sealed-secrets-key-first')).toEqual(standing);
  const moved = secrets.find(({ metadata }) => metadata.name?.includes('-restored-'));
  expect(moved?.['data']).toEqual(keySecret(target, 'x', FIRST_KEY).data);
  expect(secrets.find(({ metadata }) => metadata.name === DIGEST_KEY_SECRET)?.['data']).toBeUndefined();
});

test('verifying tells which keys a backup lacks and which the cluster lacks', async () => {
  const world = await createWorld({ 'sealed-secrets-key-a': FIRST_KEY });
  await world.backUp('old.age');
  await world.client.create(SECRETS, keySecret(world.namespace, 'sealed-secrets-key-b', SECOND_KEY));
  const lacking = await world.run(['verify-backup', 'old.age', '--identity', 'key.txt', '--no-confirm']);
  expect(lacking.code).toBe(1);
  expect(lacking.stdout).toMatch(/sealed-secrets-key-b +missing in the backup/);
  await world.backUp('new.age');
  await world.client.delete(SECRETS, { namespace: world.namespace, name: 'sealed-secrets-key-a' });
  const extra = await world.run(['verify-backup', 'new.age', '--identity', 'key.txt', '--no-confirm']);
  expect(extra.code).toBe(1);
  expect(extra.stdout).toMatch(/sealed-secrets-key-a +good, and not in the cluster/);
  const [left] = await world.secretsOf(world.namespace);
  expect(left?.metadata.annotations).toBeUndefined();
});

test('a confirmation is of the key that was verified, and not of one that took its place', async () => {
  const world = await createWorld({ 'sealed-secrets-key-a': FIRST_KEY });
  await world.backUp('keys.age');
  await world.client.mergePatch(
    SECRETS,
    { namespace: world.namespace, name: 'sealed-secrets-key-a' },
    { data: keySecret(world.namespace, 'x', SECOND_KEY).data },
  );
  expect(await world.run(['verify-backup', 'keys.age', '--identity', 'key.txt'])).toMatchObject({ code: 1 });
  const [secret] = await world.secretsOf(world.namespace);
  expect(secret?.metadata.annotations).toBeUndefined();
});

test('what is no backup, or not for this key, writes nothing', async () => {
  const world = await createWorld({ 'sealed-secrets-key-a': FIRST_KEY });
  await world.backUp('keys.age');
  await writeFile(path.join(world.folder, 'other.txt'), `${await generateIdentity()}\n`);
  await writeFile(path.join(world.folder, 'not.age'), 'apiVersion: v1\nkind: Secret\n');
  const text = await readFile(path.join(world.folder, 'keys.age'), 'utf8');
  await writeFile(path.join(world.folder, 'cut.age'), text.slice(0, text.length / 2));
  const target = await freshNamespace(world.client, 'restored');
  const codes: number[] = [];
  for (const [file, identity] of [
    ['keys.age', 'other.txt'],
    ['not.age', 'key.txt'],
    ['cut.age', 'key.txt'],
    ['keys.age', 'keys.age'],
    ['absent.age', 'key.txt'],
  ] as const) {
    const { code, stdout } = await world.run(['restore', file, '--identity', identity], target);
    expect(stdout).toBe('');
    codes.push(code);
  }
  expect(codes).toEqual([4, 3, 3, 4, 3]);
  expect(await world.secretsOf(target)).toEqual([]);
});

test('a restore into a namespace that does not exist says how to make it', async () => {
  const world = await createWorld({ 'sealed-secrets-key-a': FIRST_KEY });
  await world.backUp('keys.age');
  const { code, stderr } = await world.run(['restore', 'keys.age', '--identity', 'key.txt'], 'nowhere-at-all');
  expect(code).toBe(6);
  expect(stderr).toContain('hint: make it first: kubectl create namespace nowhere-at-all');
});

test('a backup that somebody else made of other things is refused as a whole', async () => {
  const world = await createWorld({});
  const key = keySecret('signet-system', 'sealed-secrets-key-a', FIRST_KEY);
  const named = (name: string) => ({ ...key, metadata: { ...key.metadata, name } });
  const evil: Readonly<Record<string, readonly unknown[]>> = {
    'a role': [
      key,
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'x' } },
    ],
    'another Secret': [
      key,
      { ...named('app-password'), metadata: { name: 'app-password', namespace: 'signet-system' } },
    ],
    'a token': [key, { ...named('t'), type: 'kubernetes.io/service-account-token' }],
    'another namespace': [key, { ...key, metadata: { ...key.metadata, name: 'k', namespace: 'kube-system' } }],
    'a path': [named('../../pods/x')],
    'no map': [['a', 'list']],
  };
  for (const [what, documents] of Object.entries(evil)) {
    const yaml = documents.map((document) => `---\n${stringifyYaml(document)}`).join('');
    const file = await lockFile(SecretBytes.fromText(yaml), { kind: 'recipients', recipients: [world.recipient] });
    await writeFile(path.join(world.folder, 'evil.age'), file);
    const { code, stdout, stderr } = await world.run(['restore', 'evil.age', '--identity', 'key.txt']);
    expect({ what, code, stdout }).toEqual({ what, code: 3, stdout: '' });
    expect(stderr).toContain('cannot use the backup');
  }
  expect(await world.secretsOf(world.namespace)).toEqual([]);
});

test('a key that would be sealed to before all others is warned of', async () => {
  const world = await createWorld({});
  const future = new Date(Date.now() + 3_600_000);
  const made = await issueSealingKey({ bits: 2048, validForMs: 3_600_000, now: future });
  const yaml = stringifyYaml(keySecret('signet-system', 'sealed-secrets-key-z', made));
  const file = await lockFile(SecretBytes.fromText(yaml), { kind: 'recipients', recipients: [world.recipient] });
  await writeFile(path.join(world.folder, 'future.age'), file);
  const { code, stderr } = await world.run(['restore', 'future.age', '--identity', 'key.txt', '--dry-run']);
  expect(code).toBe(0);
  expect(stderr).toMatch(/warning: the certificate of SHA256:\S+ begins in the future/);
});

test('a key that is retired in the cluster stays so, and the restore says it', async () => {
  const world = await createWorld({ 'sealed-secrets-key-a': FIRST_KEY });
  await world.backUp('keys.age');
  const place = { namespace: world.namespace, name: 'sealed-secrets-key-a' };
  await world.client.mergePatch(SECRETS, place, { metadata: { labels: { [KEY_LABEL]: 'retired' } } });
  const { code, stdout, stderr } = await world.run(['restore', 'keys.age', '--identity', 'key.txt']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/retired +sealed-secrets-key-a +there already/);
  expect(stderr).toContain('signet keys unretire');
});

test('a damaged key in a backup is left out of a restore, and told', async () => {
  const world = await createWorld({});
  const good = keySecret('signet-system', 'sealed-secrets-key-a', FIRST_KEY);
  const damaged = {
    ...keySecret('signet-system', 'sealed-secrets-key-b', SECOND_KEY),
    data: { 'tls.key': 'aGVsbG8=' },
  };
  const yaml = [good, damaged].map((secret) => `---\n${stringifyYaml(secret)}`).join('');
  const file = await lockFile(SecretBytes.fromText(yaml), { kind: 'recipients', recipients: [world.recipient] });
  await writeFile(path.join(world.folder, 'half.age'), file);
  const { code, stderr } = await world.run(['restore', 'half.age', '--identity', 'key.txt']);
  expect(code).toBe(1);
  expect(stderr).toContain('Secret sealed-secrets-key-b of the backup is not restored');
  expect(await world.secretsOf(world.namespace)).toHaveLength(1);
  expect(await world.run(['verify-backup', 'half.age', '--identity', 'key.txt'])).toMatchObject({ code: 1 });
});
