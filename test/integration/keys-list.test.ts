import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, inject, test } from 'vitest';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import { RECEIPT_ANNOTATION } from '../../shared/resources/names.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { createKeyListWorld } from '../support/key-list-world.ts';
import { keySecret } from '../support/key-secret.ts';
import { adminClient, freshNamespace } from '../support/namespace.ts';
import { runCli, withTempFolder } from '../support/run-cli.ts';
import { FIRST_KEY, SECOND_KEY } from '../support/test-keys.ts';
import { secretOf } from '../support/test-secrets.ts';

const NOW = () => new Date('2026-03-01T12:00:00Z');

const listIn = (cwd: string, namespace: string, ...args: string[]) =>
  runCli(['keys', 'list', '--kubeconfig', inject('kubeconfig'), '--controller-namespace', namespace, ...args], {
    cwd,
    now: NOW,
  });

test('a table shows what needs each key in the cluster and in the files, and what has no receipt', async () => {
  const world = await createKeyListWorld();
  const values = { user: 'u', password: 'p' };
  const place = { metadata: { name: 'db', namespace: 'shop' } };
  const current = await sealSecret(secretOf(values, place), { certificate: world.active });
  const older = await sealSecret(secretOf({ token: 't' }, place), { certificate: world.old });
  const edited = { ...older, spec: { ...older.spec, encryptedData: { token: current.spec.encryptedData['user']! } } };
  const { [RECEIPT_ANNOTATION]: _receipt, ...annotations } = older.metadata.annotations ?? {};
  const withoutReceipt = { ...older, metadata: { ...older.metadata, annotations } };
  await withTempFolder(async (cwd) => {
    await mkdir(path.join(cwd, 'apps'));
    const documents = [current, older, edited, withoutReceipt].map((object) => `---\n${stringifyYaml(object)}`);
    await writeFile(path.join(cwd, 'apps', 'db.yaml'), documents.join(''));
    const { code, stdout, stderr } = await listIn(cwd, world.namespace);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [active, old] = [world.active, world.old].map(({ fingerprint }) => fingerprint.slice(0, 19));
    expect(stdout).toBe(
      [
        'FINGERPRINT           STATE          SECRET    AGE   EXPIRES      OBJECTS   ITEMS   BACKUP',
        `${active}   active         new-key   28d   2036-02-01   3         2       2026-02-03`,
        `${old}   decrypt-only   old-key   59d   2036-02-01   0         1       2026-02-03`,
        '',
        'without a receipt, so that nobody knows which key is needed: 2 items',
        '',
      ].join('\n'),
    );
    const json = JSON.parse((await listIn(cwd, world.namespace, '-o', 'json')).stdout);
    expect(json).toMatchObject({
      namespace: world.namespace,
      unknownItems: 2,
      unopened: 0,
      foreignItems: [],
      keys: [
        { fingerprint: world.active.fingerprint, state: 'active', objects: 3, items: 2 },
        { fingerprint: world.old.fingerprint, state: 'decrypt-only', objects: 0, items: 1 },
      ],
    });
  });
});

test('what is amiss with the keys is a warning each', async () => {
  const world = await createKeyListWorld();
  await world.publish({
    active: { notAfter: '2026-03-11T13:00:00Z' },
    list: {
      unopened: 2,
      unusable: [{ secret: 'odd', problem: 'the key has 1024 bits' }],
      missing: [{ fingerprint: 'SHA256:gone', objects: 1 }],
    },
  });
  await withTempFolder(async (cwd) => {
    await writeFile(path.join(cwd, 'broken.yaml'), 'kind: SealedSecret\n  apiVersion: [');
    const { code, stderr } = await listIn(cwd, world.namespace);
    expect(code).toBe(0);
    expect(stderr.split('\n').filter((line) => line.includes('warning'))).toEqual([
      expect.stringContaining('its items are not counted: cannot parse broken.yaml'),
      expect.stringContaining(`Secret ${world.namespace}/odd: the key has 1024 bits`),
      expect.stringContaining('the key SHA256:gone is gone, and needed by 1 SealedSecret'),
      expect.stringContaining('2 SealedSecrets of the cluster that did not open'),
      expect.stringContaining('expires in 10 days'),
    ]);
  });
});

test('keys without a confirmed backup are named', async () => {
  const world = await createKeyListWorld();
  await world.publish({ active: { backedUpAt: undefined } });
  await withTempFolder(async (cwd) => {
    const { stdout, stderr } = await listIn(cwd, world.namespace);
    expect(stderr).toContain(`warning: no backup is confirmed of ${world.active.fingerprint.slice(0, 19)}\n`);
    expect(stdout).toMatch(/new-key .*none/);
  });
});

test('counts that the controller does not know yet are unknown', async () => {
  const world = await createKeyListWorld();
  await world.publish({ active: { objects: undefined }, old: { objects: undefined }, list: { unopened: undefined } });
  await withTempFolder(async (cwd) => {
    const { stdout } = await listIn(cwd, world.namespace, '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ unopened: null, keys: [{ objects: null }, { objects: null }] });
    expect((await listIn(cwd, world.namespace)).stdout.match(/unknown/g)).toHaveLength(2);
  });
});

test('where no manifests can be meant none are read', async () => {
  const world = await createKeyListWorld();
  await withTempFolder(async (cwd) => {
    const args = ['keys', 'list', '--kubeconfig', inject('kubeconfig'), '--controller-namespace', world.namespace];
    const { stdout, stderr } = await runCli(args, { cwd, now: NOW, env: { HOME: cwd } });
    expect(stdout).toMatch(/new-key .* 3 +- +2026-02-03/);
    expect(stderr).toContain('no files were read here');
  });
});

test('without a signet controller the key Secrets themselves are listed', async () => {
  const client = await adminClient();
  const namespace = await freshNamespace(client);
  await client.create(SECRETS, keySecret(namespace, 'a', FIRST_KEY));
  await client.create(SECRETS, keySecret(namespace, 'b', SECOND_KEY));
  await client.create(SECRETS, {
    ...keySecret(namespace, 'c', FIRST_KEY),
    type: 'Opaque',
    data: {},
  });
  await withTempFolder(async (cwd) => {
    const { code, stdout, stderr } = await listIn(cwd, namespace);
    expect(code).toBe(0);
    expect(stdout).toMatch(/active .*unknown/);
    expect(stdout).toMatch(/decrypt-only .*unknown/);
    expect(stderr).toContain(`Secret ${namespace}/c: data "tls.key" is missing`);
    expect(stderr).toContain(`there is no signet controller in ${namespace}`);
  });
});

test('where there are no keys every place that was tried is named', async () => {
  const client = await adminClient();
  const namespace = await freshNamespace(client);
  await withTempFolder(async (cwd) => {
    const { code, stdout, stderr } = await listIn(cwd, namespace);
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toContain(`ConfigMap ${namespace}/signet-keys: not found; Secrets in ${namespace}: no sealing key`);
  });
});
