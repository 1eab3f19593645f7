/**
 * @module Repositories that were made to harm: each is refused with a reason, in bounded time and memory, and harms neither the controller nor the
 * GitSyncs beside it. The limits here are for slow machines; what was measured is printed.
 */
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONFIG_MAPS, EVENTS, GIT_SYNCS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { GitSyncSpec } from '../../shared/resources/git-sync.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { eventually } from '../support/eventually.ts';
import { GitTestRepository } from '../support/git-repository.ts';
import type { HostileKind } from '../support/hostile/hostile-kind.ts';
import { HOSTILE_KUSTOMIZATIONS } from '../support/hostile/hostile-kustomizations.ts';
import { HOSTILE_MANIFESTS } from '../support/hostile/hostile-manifests.ts';
import { CANARY, HOSTILE_POWERS, NEIGHBOUR_OWNED } from '../support/hostile/hostile-powers.ts';
import { HOSTILE_TREES } from '../support/hostile/hostile-trees.ts';
import { HOSTILE_NAMESPACE, type HostileSite, startHostileSite } from '../support/hostile/hostile-world.ts';
import { MemoryWatch } from '../support/hostile/process-memory.ts';
import { configMap } from '../support/manifests.ts';
import { usePeers } from '../support/peers.ts';
import { runCli } from '../support/run-cli.ts';

const peers = await usePeers('kustomize');
const KINDS: readonly HostileKind[] = [
  ...HOSTILE_TREES,
  ...HOSTILE_MANIFESTS,
  ...HOSTILE_KUSTOMIZATIONS,
  ...HOSTILE_POWERS,
];
/** Of the controller, in MiB: what its container has. */
const MAX_OWN_MIB = 512;
/** Of all programs that it started together. */
const MAX_CHILDREN_MIB = 640;
/** For what has to wait for a hundred others, or for hundreds of MiB, on a machine that is slow. */
const LONG_MS = 120_000;

let site: HostileSite;
let memory: MemoryWatch;

beforeAll(async () => {
  if (!peers.areHere) return;
  site = await startHostileSite(peers.pathOf('kustomize'));
  memory = new MemoryWatch(site.controller.pid);
}, 180_000);

afterAll(async () => {
  memory?.stop();
  await site?.stop();
});

/** What is wrong with what became of one GitSync by itself; null when nothing is. Prints a line about it. */
async function judge(
  kind: Pick<HostileKind, 'name' | 'reason' | 'says'> & { readonly isEndless?: boolean },
  spec: GitSyncSpec,
): Promise<string | null> {
  const { name, reason, says } = kind;
  await memory.reset();
  const start = performance.now();
  await site.createGitSync(HOSTILE_NAMESPACE, name, spec);
  const timeoutMs = kind.isEndless === true ? LONG_MS : 60_000;
  const message = await site.untilReason(HOSTILE_NAMESPACE, name, reason, timeoutMs).then(
    (ready) => ready.message,
    (error: unknown) => String(error),
  );
  const tookMs = Math.round(performance.now() - start);
  const { own, children, cpuMs } = await memory.peak();
  const figures = `${String(tookMs).padStart(6)} ms (cpu ${cpuMs}) ${String(own).padStart(4)} + ${String(children).padStart(4)} MiB`;
  process.stderr.write(`${name.padEnd(26)} ${figures}  ${reason}: ${message.slice(0, 160)}\n`);
  // Whoever failed tries again later, and would be measured with the next one.
  await site.client.mergePatch(GIT_SYNCS, { namespace: HOSTILE_NAMESPACE, name }, { spec: { suspend: true } });
  if (!says.test(message)) return `${name}: ${message}`;
  return own > MAX_OWN_MIB || children > MAX_CHILDREN_MIB ? `${name}: ${figures}` : null;
}

test('every kind is refused with its reason, in bounded memory', { timeout: 900_000 }, async () => {
  const faults: (string | null)[] = [];
  const { forbidden, forbiddenFolder, remote, hosts, cluster } = site;
  const world = { namespace: HOSTILE_NAMESPACE, forbiddenFolder, forbiddenUrl: forbidden.url };
  for (const kind of KINDS) {
    const { folder, url } = await cluster.git.createRepository(kind.name);
    const spec = await kind.fill(new GitTestRepository(folder), world);
    faults.push(await judge(kind, { interval: '10m', ...spec, source: { ...spec?.source, url } }));
  }
  for (const host of hosts) {
    const source = { url: `${remote.url}/${host.name}/x.git`, ref: { branch: 'main' } };
    faults.push(await judge(host, { interval: '10m', source }));
  }
  expect(faults.filter((fault) => fault !== null)).toEqual([]);
});

test('a neighbour keeps syncing while all of them are looked at again', { timeout: 900_000 }, async () => {
  const { client, hosts } = site;
  const ending = hosts.filter(({ isEndless }) => isEndless !== true);
  await memory.reset();
  for (const { name } of [...KINDS, ...ending])
    await client.mergePatch(
      GIT_SYNCS,
      { namespace: HOSTILE_NAMESPACE, name },
      { spec: { suspend: false, interval: '11m' } },
    );
  const delays: number[] = [];
  for (let round = 1; round <= 5; round++) {
    const start = performance.now();
    await site.neighbour.commit({ 'a.yaml': configMap(NEIGHBOUR_OWNED.name, String(round)) });
    await eventually(
      async () => expect((await client.get(CONFIG_MAPS, NEIGHBOUR_OWNED))?.['data']).toEqual({ value: String(round) }),
      { timeoutMs: LONG_MS, everyMs: 20 },
    );
    delays.push(Math.round(performance.now() - start));
  }
  for (const { name, reason } of [...KINDS, ...ending])
    await site.untilReason(HOSTILE_NAMESPACE, name, reason, LONG_MS);
  const { own, children } = await memory.peak();
  process.stderr.write(`neighbour: ${delays.join(', ')} ms; all at once ${own} + ${children} MiB\n`);
  expect(own).toBeLessThan(MAX_OWN_MIB);
  expect(() => process.kill(site.controller.pid, 0)).not.toThrow();
});

test('nothing of them was applied, run, asked for or written down', async () => {
  const { client, cluster } = site;
  const applied = KINDS.filter(({ isApplied }) => isApplied).map(({ name }) => `stowaway-${name}`);
  const present = await client.list(CONFIG_MAPS, { namespace: HOSTILE_NAMESPACE });
  const harmless = ['kube-root-ca.crt', 'linked', 'exponent', 'tags'];
  expect(
    present.items
      .map(nameOf)
      .filter((name) => !harmless.includes(name))
      .toSorted(),
  ).toEqual(applied.toSorted());
  const planted = await client.list(CONFIG_MAPS, { namespace: 'signet-system' });
  expect(planted.items.map(nameOf)).not.toContain('planted');
  expect(await client.get(SECRETS, { namespace: 'signet-system', name: 'my-key' })).toBeNull();
  expect(await client.get(GIT_SYNCS, { namespace: HOSTILE_NAMESPACE, name: 'escalated' })).toBeNull();
  expect((await client.get(CONFIG_MAPS, NEIGHBOUR_OWNED))?.['data']).not.toHaveProperty('taken');
  expect(site.forbidden.requestCount()).toBe(0);
  expect(await readdir(site.forbiddenFolder)).toEqual([]);
  expect((await readdir(cluster.folder)).toSorted()).toEqual(['cache', 'controller.log', 'forbidden', 'remotes']);
});

test('no status, event or log line holds a value of a Secret or a control character', async () => {
  const { client, cluster } = site;
  const gitSyncs = (await client.list(GIT_SYNCS, { namespace: HOSTILE_NAMESPACE })).items;
  const events = (await client.list(EVENTS, { namespace: HOSTILE_NAMESPACE })).items;
  expect(gitSyncs.length).toBe(KINDS.length + site.hosts.length);
  expect(events.length).toBeGreaterThan(0);
  const texts = [...gitSyncs.map(({ status }) => status), ...events].flatMap(textsOf);
  const log = await readFile(cluster.controllerLog, 'utf8');
  const history = await runCli(cliWords('history', 'commit-with-escapes'), {
    cwd: cluster.folder,
    env: { PATH: process.env['PATH'] ?? '' },
  });
  const explained = await runCli(cliWords('explain', 'configmap/stowaway-commit-with-escapes'), {
    cwd: cluster.folder,
    env: { PATH: process.env['PATH'] ?? '' },
  });
  expect([history.code, explained.code]).toEqual([0, 0]);
  const lines = [log, history.stdout, history.stderr, explained.stdout, explained.stderr].flatMap((text) =>
    text.split('\n'),
  );
  const all = [...texts, ...lines];
  expect(all.filter((text) => /\p{Cc}/u.test(text))).toEqual([]);
  const secrets = [CANARY, Buffer.from(CANARY).toString('base64'), 'hunter2secret'];
  expect(all.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
});

function cliWords(...words: readonly string[]): readonly string[] {
  return ['sync', ...words, '-n', HOSTILE_NAMESPACE, '--kubeconfig', site.cluster.controlPlane.kubeconfigPath];
}

function nameOf({ metadata }: KubeObject): string {
  return metadata.name ?? '';
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}
