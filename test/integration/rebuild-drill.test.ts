/**
 * @module The first principle of OpenGitOps, put to the test: a cluster is lost with its etcd; Git and one backup of the sealing keys bring back
 * every object of the repository and every unsealed Secret.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import { GIT_SYNCS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { bootstrapManifests, FIRST_FILES, SECOND_FILES } from '../support/drill-repository.ts';
import { eventually } from '../support/eventually.ts';
import { createGitRepository, type GitTestRepository } from '../support/git-repository.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { createKeyKeeper } from '../support/key-keeper.ts';
import { dumpOwned } from '../support/normalized-dump.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';
import { outputOf } from '../support/run-program.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';

/** A cluster, as its administrator and as the keeper of its keys see it. */
interface Site {
  readonly cluster: SignetCluster;
  readonly client: KubeClient;
  readonly keeper: string;
}

const SYNCS = [
  ['delivery', 'platform'],
  ['delivery', 'shop'],
  ['mail', 'mail'],
] as const;
const SLOW = { timeoutMs: 90_000, everyMs: 200 };

let folder: string;
let server: GitServer;
let repository: GitTestRepository;
let site: Site | undefined;

async function startSite(): Promise<Site> {
  const cluster = await startSignetCluster();
  const { client } = cluster;
  return { cluster, client, keeper: await createKeyKeeper(client, cluster.controlPlane) };
}

async function stopSite(): Promise<void> {
  await site?.cluster.stop();
  site = undefined;
}

function signet(kubeconfig: string, ...words: readonly string[]): Promise<CliResult> {
  const env = { PATH: process.env['PATH'] ?? '' };
  return runCli([...words, '--kubeconfig', kubeconfig], { cwd: folder, env });
}

async function mustSignet(kubeconfig: string, ...words: readonly string[]): Promise<void> {
  const { code, stderr } = await signet(kubeconfig, ...words);
  if (code !== 0) throw new Error(`signet ${words.join(' ')} ended with ${code}: ${stderr}`);
}

/** Writes the files, seals the Secrets among them in place, and commits what came of it. */
async function sealAndCommit(kubeconfig: string, files: Readonly<Record<string, string | null>>): Promise<string> {
  const committed: Record<string, string | null> = {};
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, 'tree', name);
    if (text === null) {
      committed[name] = null;
      continue;
    }
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    if (text.includes('kind: Secret')) await mustSignet(kubeconfig, 'seal', '--in-place', '-f', file);
    committed[name] = await readFile(file, 'utf8');
  }
  return repository.commit(committed);
}

/** What a person does once in a new cluster: the GitSyncs, and nothing of what they bring. */
async function applyBootstrap({ cluster }: Site): Promise<void> {
  const { kubectlPath, kubeconfigPath } = cluster.controlPlane;
  const file = path.join(folder, 'bootstrap.yaml');
  await writeFile(file, bootstrapManifests(`http://127.0.0.1:${server.port}/config.git`));
  await outputOf(kubectlPath, ['--kubeconfig', kubeconfigPath, 'apply', '-f', file]);
}

async function untilApplied({ client }: Site, commit: string): Promise<void> {
  await eventually(async () => {
    for (const [namespace, name] of SYNCS) {
      const { status } = (await client.get(GIT_SYNCS, { namespace, name })) as GitSync;
      const ready = status?.conditions?.find(({ type }) => type === 'Ready');
      expect({ name, ...ready, at: status?.lastAppliedRevision }).toMatchObject({
        status: 'True',
        at: `main@sha1:${commit}`,
      });
    }
  }, SLOW);
}

/** Every answer of every GitSync, as `name result`; evidence stands beside what does not pass. */
async function answersOf({ cluster }: Site): Promise<{ readonly code: number; readonly faults: readonly string[] }> {
  const { kubeconfigPath } = cluster.controlPlane;
  const { code, stdout, stderr } = await signet(kubeconfigPath, 'check', 'opengitops', '-A', '-o', 'json');
  if (stdout === '') throw new Error(stderr);
  const { gitSyncs } = JSON.parse(stdout) as {
    gitSyncs: { name: string; findings: { check: string; result: string; evidence: string[] }[] }[];
  };
  expect(gitSyncs.map(({ name }) => name).toSorted()).toEqual(['delivery/platform', 'delivery/shop', 'mail/mail']);
  const faults = gitSyncs.flatMap(({ name, findings }) =>
    findings
      .filter(({ result }) => result !== 'pass')
      .map(({ check, result, evidence }) => `${name} ${check} ${result}: ${evidence.join('; ')}`),
  );
  return { code, faults };
}

const ONLY_UNSIGNED = SYNCS.map(
  ([namespace, name]) => `${namespace}/${name} signatures warn: no signature is asked for: who may push decides alone`,
);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signet-rebuild-'));
  repository = await createGitRepository(path.join(folder, 'remotes', 'config.git'));
  server = await startGitServer(path.join(folder, 'remotes'));
}, 60_000);

afterAll(async () => {
  await stopSite();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('Git and one backup of the keys bring back a lost cluster, object by object and Secret by Secret', async () => {
  const identity = await generateIdentity();
  await writeFile(path.join(folder, 'admin-key.txt'), `${identity}\n`);
  site = await startSite();
  const { kubeconfigPath } = site.cluster.controlPlane;
  await (await site.cluster.startController()).ready();
  const first = await sealAndCommit(kubeconfigPath, FIRST_FILES);
  await applyBootstrap(site);
  await untilApplied(site, first);
  await mustSignet(kubeconfigPath, 'rotate');
  const second = await sealAndCommit(kubeconfigPath, SECOND_FILES);
  for (const [namespace, name] of SYNCS) await mustSignet(kubeconfigPath, 'sync', 'reconcile', name, '-n', namespace);
  await untilApplied(site, second);
  const before = await eventually(() => dumpOwned(site?.client as KubeClient), SLOW);
  expect(Object.keys(before)).toEqual(
    expect.arrayContaining(['/Secret/shop/cart-db', '/Secret/shop/session', '/Secret/mail/smtp']),
  );
  expect(Object.keys(before)).not.toContain('/ConfigMap/shop/old');
  await eventually(async () => expect(await answersOf(site as Site)).toEqual({ code: 0, faults: ONLY_UNSIGNED }), SLOW);
  const recipient = await identityToRecipient(identity);
  await mustSignet(site.keeper, 'keys', 'backup', '--recipient', recipient, '-w', 'keys.age');
  await stopSite();

  site = await startSite();
  expect(await site.client.list(GIT_SYNCS)).toMatchObject({ items: [] });
  await mustSignet(site.keeper, 'keys', 'restore', 'keys.age', '--identity', 'admin-key.txt');
  await (await site.cluster.startController()).ready();
  await applyBootstrap(site);
  await untilApplied(site, second);
  await eventually(async () => expect(await dumpOwned(site?.client as KubeClient)).toEqual(before), SLOW);
  await eventually(async () => expect(await answersOf(site as Site)).toEqual({ code: 0, faults: ONLY_UNSIGNED }), SLOW);
  const rebuilt = site.cluster.controlPlane.kubeconfigPath;
  await mustSignet(rebuilt, 'check', 'opengitops', 'shop', '-n', 'delivery', '--probe');
}, 300_000);
