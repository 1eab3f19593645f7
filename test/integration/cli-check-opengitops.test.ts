/** @module `signet check opengitops`: a good installation passes, and each way of being none is found, with evidence. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, inject, test } from 'vitest';
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import { encodeUtf8 } from '../../shared/encoding/bytes.ts';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { CONFIG_MAPS, INVENTORIES, SECRETS } from '../../shared/kube/resource-type.ts';
import type { CheckResult } from '../../shared/opengitops/finding.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { RBAC_GROUP, rbacType } from '../support/resource-types.ts';
import { type CliResult, runCli, withTempFolder } from '../support/run-cli.ts';
import { servedUrl } from '../support/served-url.ts';
import { makeSshKey, type SigningKey, signCommit } from '../support/signing-keys.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

interface Answer {
  readonly check: string;
  readonly result: CheckResult;
  readonly evidence: readonly string[];
}

interface Kubeconfig {
  readonly clusters: readonly { readonly name: string }[];
  readonly users: readonly { readonly name: string; readonly user: object }[];
}

/** With the administrator's kubeconfig, unless `words` name another one. */
function check(world: SyncWorld, ...words: readonly string[]): Promise<CliResult> {
  const place = ['-n', world.namespace, '--kubeconfig', inject('kubeconfig')];
  return runCli(['check', 'opengitops', ...place, ...words], { cwd: '/', env: { PATH: process.env['PATH'] ?? '' } });
}

/** The answers by name, but for those that pass. */
async function findings(world: SyncWorld, ...words: readonly string[]): Promise<Record<string, Answer>> {
  const { stdout, stderr } = await check(world, 'app', '-o', 'json', ...words);
  if (stdout === '') throw new Error(stderr);
  const answers: readonly Answer[] = JSON.parse(stdout).gitSyncs[0].findings;
  return Object.fromEntries(answers.filter(({ result }) => result !== 'pass').map((one) => [one.check, one]));
}

const PROBE = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: probe, annotations: {signet.dev/probe: "at rest"}}\n';

/** A world whose GitSync `app` has `files` in place. The engine goes on running. */
async function installed(files: Readonly<Record<string, string>>) {
  const world = await createSyncWorld();
  const url = await servedUrl(world);
  const commit = await world.repository.commit(files);
  await world.createGitSync('app', { prune: true, source: { url } });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  return { world, commit, engine };
}

test('a good installation passes, with evidence for every answer; only the missing signatures are a warning', async () => {
  const { world, commit } = await installed({ 'a.yaml': configMap('a', '1'), 'probe.yaml': PROBE });
  const { code, stdout, stderr } = await check(world, 'app', '--probe');
  expect(stdout).toMatch(/^PRINCIPLE +CHECK +RESULT +EVIDENCE$/m);
  expect(stdout).toContain(`${world.namespace}/app: 17 pass, 1 warn\n`);
  expect(stdout).toMatch(/^Declarative +renders +pass +2 objects in 2 files$/m);
  expect(stdout).toMatch(new RegExp(`^Versioned and Immutable +commit +pass +main@sha1:${commit} is applied$`, 'm'));
  expect(stdout).toMatch(/^ +signatures +warn +no signature is asked for: who may push decides alone$/m);
  expect(stdout).toMatch(/^Pulled Automatically +follows +pass /m);
  expect(stdout).toMatch(/^ +answers +pass +asked for a look, and answered after \d+ ms$/m);
  expect(stdout).toMatch(/^ +equal +pass +a dry run of 2 objects would change nothing$/m);
  expect(stdout).toMatch(/^ +repair +pass +an edit of ConfigMap \S+\/probe was undone within \d+ ms$/m);
  expect(stderr).toContain('not checked: who may write to the repository');
  expect(code).toBe(0);
  expect((await check(world, 'app', '--strict')).code).toBe(1);
});

test('a GitSync that no controller has looked at passes nothing that depends on it', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { source: { url: await servedUrl(world) } });
  const found = await findings(world);
  expect(found['commit']).toMatchObject({ result: 'fail', evidence: ['nothing was applied yet'] });
  expect(found['follows']).toMatchObject({ result: 'fail', evidence: ['no controller has looked at it yet'] });
  expect(found['ready']).toMatchObject({ result: 'fail', evidence: ['it was never reconciled'] });
  expect(found['prune']).toMatchObject({ result: 'fail', evidence: ['pruning is off: what leaves Git stays'] });
  expect(found['equal']?.result).toBe('unknown');
  const probed = await findings(world, '--probe', '--timeout', '200ms');
  expect(probed['answers']).toMatchObject({ result: 'fail', evidence: ['asked for a look, and no answer in 0 s'] });
  expect((await check(world, 'app')).code).toBe(1);
});

test('a GitSync that is suspended or pinned does not follow, and mends no drift', async () => {
  const { world, commit } = await installed({ 'a.yaml': configMap('a', '1') });
  await world.patchSpec('app', { pin: { commit } });
  await world.untilReason('app', 'Pinned');
  expect((await findings(world))['follows']?.evidence).toEqual([
    `it is pinned to commit ${commit}: newer ones are not applied`,
  ]);
  await world.patchSpec('app', { suspend: true });
  const found = await findings(world, '--probe');
  expect(found['follows']?.evidence).toContain('it is suspended: no commit is looked at');
  expect(found['drift']).toMatchObject({ result: 'fail' });
  expect(found['answers']).toMatchObject({ result: 'unknown' });
});

test('a Secret in plain text is found, and told by its name alone; so is a hook, and a Secret without data is none', async () => {
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {password: hunter2}\n';
  const token = 'apiVersion: v1\nkind: Secret\nmetadata: {name: empty}\n';
  const hook = configMap('hook', '1').replace('name: hook', 'name: hook, annotations: {helm.sh/hook: pre-install}');
  const { world } = await installed({ 'login.yaml': secret, 'token.yaml': token, 'hook.yaml': hook });
  const found = await findings(world);
  expect(found['secrets']).toMatchObject({
    result: 'fail',
    evidence: [`Secret ${world.namespace}/login (login.yaml:1) is in Git in plain text`],
  });
  expect(found['renders']).toMatchObject({ result: 'warn' });
  expect(found['renders']?.evidence.at(-1)).toContain('helm.sh/hook');
  const { stdout, stderr } = await check(world, 'app', '-o', 'markdown');
  expect(stdout).toContain('- **fail** Are the credentials in Git sealed?\n');
  expect(stdout + stderr).not.toMatch(/hunter2|aHVudGVyMg/);
});

test('what differs from Git, who did it, and what the inventory lacks or has too much is named', async () => {
  const files = { 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1'), 'c.yaml': configMap('c', '1') };
  const { world, engine } = await installed(files);
  await engine.stop();
  const place = { namespace: world.namespace };
  const edit = { data: { value: 'a private word' } };
  await world.client.mergePatch(CONFIG_MAPS, { ...place, name: 'a' }, edit, { fieldManager: 'somebody' });
  await world.client.delete(CONFIG_MAPS, { ...place, name: 'b' });
  await world.annotate(CONFIG_MAPS, 'c', { 'signet.dev/prune': 'disabled' });
  const { entries } = (await world.inventory('app'))?.spec ?? { entries: [] };
  const stranger = { group: '', kind: 'ConfigMap', ...place, name: 'd', version: 'v1', state: 'applied' };
  const spec = { entries: [...entries.filter(({ name }) => name !== 'c'), stranger] };
  await world.client.mergePatch(INVENTORIES, { ...place, name: 'app' }, { spec });

  const found = await findings(world);
  expect(found['equal']).toMatchObject({
    result: 'fail',
    evidence: [`ConfigMap ${world.namespace}/a differs in /data/value`, `ConfigMap ${world.namespace}/b is missing`],
  });
  expect(found['writers']).toMatchObject({
    result: 'warn',
    evidence: [`somebody holds fields of ConfigMap ${world.namespace}/a`],
  });
  expect(found['inventory']).toMatchObject({
    result: 'fail',
    evidence: [
      `ConfigMap ${world.namespace}/c is in the commit, and not owned`,
      `ConfigMap ${world.namespace}/d is owned, and not in the commit`,
    ],
  });
  expect((await check(world, 'app')).stdout).not.toContain('private word');
});

test('a probe that nobody answers fails, and puts back what it edited', async () => {
  const { world, engine } = await installed({ 'probe.yaml': PROBE });
  await engine.stop();
  const found = await findings(world, '--probe', '--timeout', '100ms');
  expect(found['repair']?.evidence).toEqual([`an edit of ConfigMap ${world.namespace}/probe was not undone in 0 s`]);
  const probe = await world.get(CONFIG_MAPS, 'probe');
  expect(probe?.metadata.annotations?.['signet.dev/probe']).toBe('at rest');
});

test('a history that was rewritten is found, and so is a commit that the source has no more', async () => {
  const { world, commit } = await installed({ 'a.yaml': configMap('a', '1') });
  await world.repository.commit({ 'a.yaml': configMap('a', '2') }, { isOrphan: true });
  await world.reconcile('app');
  await world.untilReason('app', 'HistoryRewritten');
  const rewritten = await findings(world);
  expect(rewritten['current']).toMatchObject({ result: 'fail' });
  expect(rewritten['ready']?.evidence[0]).toMatch(/^HistoryRewritten: /);
  expect(rewritten['history']?.evidence[0]).toContain(`commit ${commit}`);
  expect(rewritten['history']?.result).toBe('fail');

  await world.repository.git('reflog', 'expire', '--expire=now', '--all');
  await world.repository.git('gc', '--quiet', '--prune=now');
  const lost = await findings(world);
  expect(lost['history']).toMatchObject({
    result: 'fail',
    evidence: [`the source does not have commit ${commit} any more`],
  });
  expect(lost['equal']).toMatchObject({ result: 'unknown' });
});

test('a commit that is not taken up is found; a tag is no firm ground; a source out of reach is not a pass', async () => {
  const { world, commit, engine } = await installed({ 'a.yaml': configMap('a', '1') });
  await engine.stop();
  const next = await world.repository.commit({ 'a.yaml': configMap('a', '2') });
  expect((await findings(world))['current']).toMatchObject({
    result: 'fail',
    evidence: [
      `the source names main@sha1:${next}, and main@sha1:${commit} is applied`,
      expect.stringMatching(/^it was committed \d+ d ago$/),
    ],
  });
  await world.repository.tag('v1', commit);
  const { url } = (await world.gitSync('app')).spec.source;
  await world.patchSpec('app', { source: { url, ref: { tag: 'v1' } } });
  const tagged = await findings(world);
  expect(tagged['reference']).toMatchObject({ result: 'warn' });
  expect(tagged['history']).toBeUndefined();
  expect(tagged['follows']).toMatchObject({ result: 'fail' });

  await world.patchSpec('app', { source: { url: 'http://127.0.0.1:9/none.git' } });
  const { code, stdout } = await check(world, 'app', '-o', 'json');
  const answers: readonly Answer[] = JSON.parse(stdout).gitSyncs[0].findings;
  const results = Object.fromEntries(answers.map((one) => [one.check, one.result]));
  expect(results).toMatchObject({ history: 'unknown', current: 'unknown', equal: 'unknown', secrets: 'unknown' });
  expect(code).toBe(1);
});

test('a SealedSecret that nobody opens, and objects that say of themselves that they are left alone, are named', async () => {
  const sealed =
    'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, annotations: {signet.dev/drift: report}}\nspec: {encryptedData: {a: AAAA}}\n';
  const kept = configMap('kept', '1').replace('name: kept', 'name: kept, annotations: {signet.dev/prune: disabled}');
  const { world } = await installed({ 'sealed.yaml': sealed, 'kept.yaml': kept });
  const found = await findings(world);
  expect(found['unsealed']).toMatchObject({
    result: 'fail',
    evidence: [`SealedSecret ${world.namespace}/db: nobody has looked at it yet`],
  });
  expect(found['prune']).toMatchObject({ result: 'warn' });
  expect(found['drift']).toMatchObject({ result: 'warn' });
  expect(found['repair']).toBeUndefined();
  expect((await findings(world, '--probe'))['repair']).toMatchObject({ result: 'unknown' });
});

test('a signed commit passes even the strict check, until its signer is not trusted any more', async () => {
  const world = await createSyncWorld();
  const source = { url: await servedUrl(world), verify: { mode: 'Head' as const, secretRef: { name: 'signers' } } };
  await withTempFolder(async (folder) => {
    const [ours, other] = [await makeSshKey(folder, 'ours'), await makeSshKey(folder, 'other')];
    const data = (signer: SigningKey) => ({ allowed_signers: encodeBase64(encodeUtf8(signer.publicKey)) });
    const metadata = { namespace: world.namespace, name: 'signers' };
    await world.client.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata, data: data(ours) });
    const unsigned = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
    const commit = await signCommit(world.repository, unsigned, ours);
    await world.createGitSync('app', { prune: true, source });
    await world.startEngine();
    await world.untilReason('app', 'Applied', commit);
    expect((await check(world, 'app', '--strict')).code).toBe(0);
    await world.client.mergePatch(SECRETS, metadata, { data: data(other) });
    expect((await findings(world))['signatures']).toMatchObject({ result: 'fail' });
    await world.client.delete(SECRETS, metadata);
    expect((await findings(world))['signatures']).toMatchObject({ result: 'unknown' });
  });
});

test('what somebody may not read is not known to them, and a cluster out of reach is an error', async () => {
  const { world } = await installed({ 'a.yaml': configMap('a', '1') });
  const rules = [{ apiGroups: ['signet.dev'], resources: ['gitsyncs'], verbs: ['get'] }];
  const metadata = { namespace: world.namespace, name: 'viewer' };
  const apiVersion = `${RBAC_GROUP}/v1`;
  await world.client.create(rbacType('Role'), { apiVersion, kind: 'Role', metadata, rules });
  await world.client.create(rbacType('RoleBinding'), {
    apiVersion,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name: 'viewer' },
    subjects: [{ apiGroup: RBAC_GROUP, kind: 'User', name: 'viewer' }],
  });
  const [document] = parseDocuments(await readFile(inject('kubeconfig'), 'utf8'));
  const admin = document?.value as unknown as Kubeconfig;
  const users = admin.users.map(({ name, user }) => ({ name, user: { ...user, as: 'viewer' } }));
  const clusters = admin.clusters.map(({ name }) => ({ name, cluster: { server: 'https://127.0.0.1:9' } }));
  await withTempFolder(async (folder) => {
    const viewer = path.join(folder, 'viewer');
    const nowhere = path.join(folder, 'nowhere');
    await writeFile(viewer, JSON.stringify({ ...admin, users }));
    await writeFile(nowhere, JSON.stringify({ ...admin, clusters }));
    // A right counts a moment after it was given.
    const found = await eventually(() => findings(world, '--kubeconfig', viewer));
    const why = new RegExp(`User "viewer" may not get inventories.signet.dev in namespace ${world.namespace}`);
    expect(found['inventory']).toMatchObject({ result: 'unknown', evidence: [expect.stringMatching(why)] });
    expect(found['equal']).toMatchObject({ result: 'unknown', evidence: [expect.stringMatching(why)] });
    expect(found['history']).toBeUndefined();
    expect(await check(world, 'app', '--kubeconfig', nowhere)).toMatchObject({ code: 6, stdout: '' });
  });
});

test('nothing to check is no pass, and what cannot be meant is refused', async () => {
  const world = await createSyncWorld();
  const none = await check(world);
  expect(none).toMatchObject({ code: 6, stdout: '' });
  expect(none.stderr).toContain('cannot check anything: there is no GitSync in namespace');
  expect(await check(world, 'no-such')).toMatchObject({ code: 6, stdout: '' });
  expect(await check(world, 'app', '-A')).toMatchObject({ code: 2, stdout: '' });
  expect(await check(world, '-o', 'xml')).toMatchObject({ code: 2, stdout: '' });
});
