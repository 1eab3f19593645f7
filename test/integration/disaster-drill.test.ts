/** @module The drill of docs/cli.md: the cluster is lost with its etcd; what is left is the repository and one backup file. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, NAMESPACES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import { readKeyList } from '../../shared/resources/key-list.ts';
import { KEY_LABEL, KEYS_CONFIG_MAP } from '../../shared/resources/names.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { eventually } from '../support/eventually.ts';
import { createKeyKeeper } from '../support/key-keeper.ts';
import { encoded } from '../support/key-secret.ts';
import { conditionOf } from '../support/live-secrets.ts';
import { runCli } from '../support/run-cli.ts';
import { outputOf } from '../support/run-program.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';

const ROTATIONS = 3;
const SHOP = 'shop';
const CONTROLLER_FLAGS = { flags: ['--no-sync'] };
const PLACE = { namespace: 'signet-system', name: KEYS_CONFIG_MAP };

/** What a cluster is to the drill. */
interface Site {
  readonly cluster: SignetCluster;
  readonly client: KubeClient;
  /** Of somebody who may handle keys, and nothing else. */
  readonly keeper: string;
}

let folder: string;
/** Values by name of the Secret; the repository holds them sealed. */
const wanted = new Map<string, Record<string, string>>();
let sealedTo: readonly string[];

const repository = () => path.join(folder, 'repository');

async function startSite(): Promise<Site> {
  const cluster = await startSignetCluster();
  const { client } = cluster;
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: SHOP } });
  return { cluster, client, keeper: await createKeyKeeper(client, cluster.controlPlane) };
}

async function stopSite({ cluster }: Site): Promise<void> {
  await cluster.stop();
}

async function startTestSite(): Promise<Site> {
  const site = await startSite();
  onTestFinished(() => stopSite(site));
  return site;
}

async function signet(kubeconfig: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli([...args, '--kubeconfig', kubeconfig], { cwd: folder });
  if (code !== 0) throw new Error(`signet ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

/** Seals one Secret for each scope with the key of the moment. */
async function addToRepository(kubeconfig: string, generation: number): Promise<void> {
  for (const scope of ['strict', 'namespace-wide', 'cluster-wide']) {
    const name = `${scope}-${generation}`;
    const values = { password: `of ${name}`, 'key.pem': `line 1\nline 2 of ${name}\n` };
    wanted.set(name, values);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: SHOP }, data: encoded(values) };
    const file = path.join(repository(), `${name}.yaml`);
    await writeFile(file, stringifyYaml(secret));
    await signet(kubeconfig, ['seal', '--scope', scope, '--in-place', '-f', file]);
  }
}

async function applyRepository({ cluster }: Site): Promise<void> {
  const { kubectlPath, kubeconfigPath } = cluster.controlPlane;
  await outputOf(kubectlPath, ['--kubeconfig', kubeconfigPath, 'apply', '-f', repository()]);
}

/** Every SealedSecret of the repository is there as a Secret with its values. */
async function assertAllOpen({ client }: Site): Promise<void> {
  const { items } = await client.list(SECRETS, { namespace: SHOP });
  const found = new Map(items.map(({ metadata, data }) => [metadata.name ?? '', data]));
  for (const [name, values] of wanted) expect(found.get(name), name).toEqual(encoded(values));
  expect((await client.list(SEALED_SECRETS, { namespace: SHOP })).items).toHaveLength(wanted.size);
}

async function keysOf({ client }: Site) {
  const configMap = await client.get(CONFIG_MAPS, PLACE);
  return (configMap === null ? null : readKeyList(configMap))?.keys ?? [];
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signet-drill-'));
  const identity = await generateIdentity();
  await writeFile(path.join(folder, 'admin-key.txt'), `${identity}\n`);
  await mkdir(repository());
  const site = await startSite();
  try {
    const { kubeconfigPath } = site.cluster.controlPlane;
    const controller = await site.cluster.startController(CONTROLLER_FLAGS);
    await controller.ready();
    for (let generation = 0; generation <= ROTATIONS; generation += 1) {
      if (generation > 0) await signet(kubeconfigPath, ['rotate']);
      await addToRepository(kubeconfigPath, generation);
    }
    await applyRepository(site);
    await eventually(() => assertAllOpen(site));
    sealedTo = (await keysOf(site)).map(({ fingerprint }) => fingerprint);
    const recipient = await identityToRecipient(identity);
    await signet(site.keeper, ['keys', 'backup', '--recipient', recipient, '-w', 'keys.age']);
    await signet(site.keeper, ['keys', 'verify-backup', 'keys.age', '--identity', 'admin-key.txt']);
    await eventually(async () => {
      expect((await keysOf(site)).every(({ backedUpAt }) => backedUpAt !== undefined)).toBe(true);
    });
  } finally {
    await stopSite(site);
  }
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('three rotations leave four keys, and the repository needs each of them', async () => {
  expect(new Set(sealedTo).size).toBe(ROTATIONS + 1);
  expect((await readdir(repository())).length).toBe(3 * (ROTATIONS + 1));
  expect(wanted.size).toBe(3 * (ROTATIONS + 1));
});

test('restored before the first start of the controller, every SealedSecret of the repository opens', async () => {
  const site = await startTestSite();
  await signet(site.keeper, ['keys', 'restore', 'keys.age', '--identity', 'admin-key.txt']);
  await applyRepository(site);
  const controller = await site.cluster.startController(CONTROLLER_FLAGS);
  await controller.ready();
  await eventually(() => assertAllOpen(site), { timeoutMs: 60_000 });
  await eventually(async () => {
    const keys = await keysOf(site);
    expect(keys.map(({ fingerprint }) => fingerprint)).toEqual(sealedTo);
    expect(keys[0]?.state).toBe('active');
  });
}, 180_000);

test('restored after the controller made a key of its own, every SealedSecret of the repository opens', async () => {
  const site = await startTestSite();
  const controller = await site.cluster.startController(CONTROLLER_FLAGS);
  await controller.ready();
  await applyRepository(site);
  const fresh = await eventually(async () => {
    const [key, ...others] = await keysOf(site);
    expect(others).toEqual([]);
    return key;
  });
  expect(sealedTo).not.toContain(fresh?.fingerprint);
  expect((await site.client.list(SECRETS, { namespace: SHOP })).items).toEqual([]);

  const restored = await signet(site.keeper, ['keys', 'restore', 'keys.age', '--identity', 'admin-key.txt']);
  expect(restored.match(/restored/g)?.length).toBeGreaterThanOrEqual(ROTATIONS + 1);
  await eventually(() => assertAllOpen(site), { timeoutMs: 60_000 });
  // The youngest certificate is sealed to, so what is sealed from now on needs a backup of its own.
  await eventually(async () => {
    expect((await keysOf(site)).map(({ fingerprint }) => fingerprint)).toEqual([fresh?.fingerprint, ...sealedTo]);
  });
  const secrets = await site.client.list(SECRETS, { namespace: 'signet-system', labelSelector: KEY_LABEL });
  expect(secrets.items).toHaveLength(ROTATIONS + 2);
}, 180_000);

test('a restored key is retired once nothing needs it, and opens again when it is put back', async () => {
  const site = await startTestSite();
  await signet(site.keeper, ['keys', 'restore', 'keys.age', '--identity', 'admin-key.txt']);
  await signet(site.keeper, ['keys', 'verify-backup', 'keys.age', '--identity', 'admin-key.txt']);
  await applyRepository(site);
  const controller = await site.cluster.startController(CONTROLLER_FLAGS);
  await controller.ready();
  await eventually(() => assertAllOpen(site), { timeoutMs: 60_000 });
  const oldest = sealedTo.at(-1) ?? '';
  await eventually(async () => expect((await keysOf(site)).at(-1)).toMatchObject({ fingerprint: oldest, objects: 3 }));
  const retire = async (...args: string[]) =>
    runCli(['keys', 'retire', oldest, '--yes', '--kubeconfig', site.keeper, ...args], { cwd: folder });

  const refused = await retire();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    `3 SealedSecrets of the cluster need it: ${SHOP}/cluster-wide-0, ${SHOP}/namespace-wide-0`,
  );
  expect(refused.stderr).toContain('6 items of the files need it: repository/cluster-wide-0.yaml:1: document 1');
  for (const name of [...wanted.keys()].filter((key) => key.endsWith('-0'))) {
    await site.client.delete(SEALED_SECRETS, { namespace: SHOP, name });
  }
  await eventually(async () => expect((await keysOf(site)).at(-1)?.objects).toBe(0));
  await mkdir(path.join(folder, 'elsewhere'));
  expect(await retire('-f', 'elsewhere')).toMatchObject({ code: 0 });
  expect((await keysOf(site)).at(-1)).toMatchObject({ fingerprint: oldest, state: 'retired' });
  await applyRepository(site);
  await eventually(async () => {
    const sealed = await site.client.get(SEALED_SECRETS, { namespace: SHOP, name: 'strict-0' });
    expect(conditionOf(sealed as SealedSecret, 'Synced')?.status).toBe('False');
  });
  await signet(site.keeper, ['keys', 'unretire', oldest]);
  await eventually(() => assertAllOpen(site), { timeoutMs: 60_000 });
}, 180_000);
