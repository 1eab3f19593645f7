import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, inject, test } from 'vitest';
import { EXIT } from '../../cli/terminal/exit-codes.ts';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { configMap } from '../support/manifests.ts';
import { usePeers } from '../support/peers.ts';
import { runCli, withTempFolder } from '../support/run-cli.ts';
import { servedUrl } from '../support/served-url.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

const peers = await usePeers('kustomize');

const OVERLAY = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': configMap('web', 'base'),
  'shop/kustomization.yaml': [
    'namePrefix: shop-',
    'resources: [../base]',
    'configMapGenerator: [{name: settings, literals: [colour=blue]}]',
    'patches:',
    '  - patch: |',
    '      {apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {value: patched}}',
  ].join('\n'),
  'shop/stray.yaml': configMap('stray', 'not in the kustomization'),
};

test('a kustomization is synced as kustomize builds it, and built again only when its files change', async () => {
  const world = await createSyncWorld();
  await world.repository.commit(OVERLAY);
  await world.createGitSync('shop', { source: { url: world.repository.url, path: 'shop' }, prune: true });
  const engine = await world.startEngine({ kustomize: peers.pathOf('kustomize') });
  const gitSync = await world.untilReason('shop', 'Applied');
  expect(gitSync.status?.inventory?.objects).toBe(2);
  const web = await world.get(CONFIG_MAPS, 'shop-web');
  expect(web?.['data']).toEqual({ value: 'patched' });
  expect(web?.metadata.annotations).toEqual({ 'signet.dev/git-sync': `${world.namespace}/shop` });
  expect(await world.get(CONFIG_MAPS, 'stray')).toBeNull();
  const before = engine.requestCount();
  await world.reconcile('shop');
  expect(engine.requestCount() - before).toBeLessThanOrEqual(5);
  const unrelated = await world.repository.commit({ 'README.md': 'unrelated' });
  await world.reconcile('shop');
  await world.untilReason('shop', 'Applied', unrelated);
  expect(engine.buildCount()).toBe(1);

  const changed = await world.repository.commit({ 'base/web.yaml': configMap('cart', 'base') });
  await world.reconcile('shop');
  const failed = await world.untilReason('shop', 'RenderFailed', changed);
  expect(failed.status?.failures?.[0]).toMatchObject({ file: 'shop/kustomization.yaml' });
  expect(failed.status?.failures?.[0]?.message).toContain('kustomize');
  expect(await world.get(CONFIG_MAPS, 'shop-web')).not.toBeNull();
  expect(engine.buildCount()).toBe(2);

  const mended = await world.repository.commit({
    'shop/kustomization.yaml': 'resources: [../base]\n',
    'base/web.yaml': configMap('web', 'new'),
  });
  await world.reconcile('shop');
  await world.untilReason('shop', 'Applied', mended);
  expect((await world.get(CONFIG_MAPS, 'web'))?.['data']).toEqual({ value: 'new' });
  expect(await world.get(CONFIG_MAPS, 'shop-web')).toBeNull();
});

test('remote bases, plugins and Helm are refused with file and line, and nothing is run', async () => {
  const world = await createSyncWorld();
  const commit = await world.repository.commit({
    'kustomization.yaml': 'resources:\n  - a.yaml\n  - https://example.com/base?ref=main\nhelmCharts: [{name: x}]\n',
    'a.yaml': configMap('a', 'x'),
  });
  await world.createGitSync('app');
  const engine = await world.startEngine({ kustomize: peers.pathOf('kustomize') });
  const { status } = await world.untilReason('app', 'RenderFailed', commit);
  expect(status?.failures).toMatchObject([
    { file: 'kustomization.yaml', line: 3, message: expect.stringContaining('is remote or looks so, and is refused') },
    { file: 'kustomization.yaml', line: 4, message: expect.stringContaining('helm template') },
  ]);
  expect(engine.buildCount()).toBe(0);
  expect(await world.get(CONFIG_MAPS, 'a')).toBeNull();
});

test('where the program is missing, the GitSync says so, and goes on when another path has no kustomization', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ ...OVERLAY, 'plain/a.yaml': configMap('a', 'x') });
  await world.createGitSync('app', { source: { url: world.repository.url, path: 'shop' } });
  await world.startEngine();
  const gitSync = await world.untilReason('app', 'RenderUnavailable');
  expect(gitSync.status?.conditions?.find(({ type }) => type === 'Ready')?.message).toContain('install kustomize');
  await world.patchSpec('app', { source: { url: world.repository.url, path: 'plain' } });
  await world.untilReason('app', 'Applied');
});

test('a plan shows what a kustomization is built to, from Git and from a checkout', async () => {
  const world = await createSyncWorld();
  await world.repository.commit(OVERLAY);
  const url = await servedUrl(world);
  await world.createGitSync('shop', { source: { url, path: 'shop' }, suspend: true });
  const words = ['sync', 'plan', 'shop', '-n', world.namespace, '--kubeconfig', inject('kubeconfig'), '-o', 'json'];
  const kustomize = ['--kustomize', peers.pathOf('kustomize')];
  const env = { PATH: process.env['PATH'] ?? '' };
  const { code, stdout, stderr } = await runCli([...words, ...kustomize], { cwd: '/', env });
  expect(code, stderr).toBe(1);
  const missing = await runCli([...words, '--kustomize', '/nowhere'], { cwd: '/', env });
  expect(missing).toMatchObject({ code: EXIT.source, stdout: '' });
  expect(missing.stderr).toContain('cannot build a kustomization: /nowhere is no program');
  const checkout = await withTempFolder(async (cwd) => {
    for (const [name, text] of Object.entries(OVERLAY)) {
      await mkdir(path.dirname(path.join(cwd, name)), { recursive: true });
      await writeFile(path.join(cwd, name), text);
    }
    return runCli([...words, '--dir', '.'], { cwd, env: { PATH: path.dirname(peers.pathOf('kustomize')) } });
  });
  expect({ ...JSON.parse(checkout.stdout), revision: '' }).toEqual({ ...JSON.parse(stdout), revision: '' });
  const { actions } = JSON.parse(stdout) as { actions: { identity: { name: string }; origin: object }[] };
  expect(actions.map(({ identity }) => identity.name).sort()).toEqual([
    expect.stringMatching(/^shop-settings-/),
    'shop-web',
  ]);
  expect(actions.find(({ identity }) => identity.name === 'shop-web')?.origin).toMatchObject({
    file: 'base/web.yaml',
    line: 1,
  });
});

test('a pattern that leaves the kustomization file out makes the folder one of plain files; a Helm chart gets one clear word', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ ...OVERLAY, '.signetignore': 'kustomization.yaml\n' });
  await world.createGitSync('app', { source: { url: world.repository.url, path: 'shop' } });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  expect(await world.get(CONFIG_MAPS, 'stray')).not.toBeNull();
  const chart = await world.repository.commit({
    'shop/chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
    'shop/chart/templates/a.yaml': '{{ if .Values.x }}\n{{ end }}\n',
    'shop/chart/values.yaml': 'x: 1\n',
  });
  await world.reconcile('app');
  const { status } = await world.untilReason('app', 'RenderFailed', chart);
  expect(status?.failures).toEqual([
    { kind: 'File', file: 'shop/chart/Chart.yaml', message: expect.stringContaining('helm template') },
  ]);
});
