import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCertificate, type SealingCertificate } from '../../shared/certificate/read-certificate.ts';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, GIT_SYNCS, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { GitSync, GitSyncSpec } from '../../shared/resources/git-sync.ts';
import { readKeyList } from '../../shared/resources/key-list.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { eventually } from '../support/eventually.ts';
import { createGitRepository } from '../support/git-repository.ts';
import { keySecret } from '../support/key-secret.ts';
import { configMap } from '../support/manifests.ts';
import { freshNamespace } from '../support/namespace.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { firstCertificate } from '../support/test-secrets.ts';

let cluster: SignetCluster;
let client: KubeClient;
let here: SealingCertificate;

beforeAll(async () => {
  cluster = await startSignetCluster();
  client = cluster.client;
  const controller = await cluster.startController({ flags: ['--allow-http-git', '--key-size', '2048'] });
  await controller.ready();
  here = await eventually(async () => {
    const list = readKeyList((await client.get(CONFIG_MAPS, { namespace: 'signet-system', name: 'signet-keys' }))!);
    return readCertificate(list!.certificatesPem);
  });
});

afterAll(async () => {
  await cluster?.stop();
});

/** A repository, and a GitSync of its own namespace that follows it. */
async function createWorld(spec: Partial<GitSyncSpec> = {}) {
  const namespace = await freshNamespace(client, 'preflight');
  const repository = await createGitRepository(path.join(cluster.folder, 'remotes', `${namespace}.git`));
  const seal = async (name: string, certificate: SealingCertificate, sealedFor = namespace): Promise<string> => {
    const values = { password: 'canary-of-preflight', user: 'canary-of-preflight' };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: sealedFor }, stringData: values };
    const { metadata, ...rest } = await sealSecret(secret as never, { certificate });
    // Without a namespace, so that the GitSync has to settle it before the scope is looked at.
    return stringifyYaml({ ...rest, metadata: { ...metadata, namespace: undefined } } as never);
  };
  const follow = async (): Promise<void> => {
    const source = { url: `http://127.0.0.1:${cluster.git.port}/${namespace}.git` };
    await client.create(GIT_SYNCS, {
      apiVersion: 'signet.dev/v1alpha1',
      kind: 'GitSync',
      metadata: { namespace, name: 'app' },
      spec: { source, interval: '1h', prune: true, ...spec },
    });
  };
  const untilReason = (reason: string, commit: string): Promise<GitSync> =>
    eventually(async () => {
      const object = (await client.get(GIT_SYNCS, { namespace, name: 'app' })) as GitSync;
      const { status = {} } = object;
      const ready = status.conditions?.find(({ type }) => type === 'Ready');
      if (ready?.reason !== reason || status.lastAttemptedRevision?.endsWith(commit) !== true)
        throw new Error(JSON.stringify(status, null, 1));
      return object;
    });
  const ask = async (at: string): Promise<void> => {
    const metadata = { annotations: { 'signet.dev/reconcile-requested-at': at } };
    await client.mergePatch(GIT_SYNCS, { namespace, name: 'app' }, { metadata });
  };
  const configOf = async (name: string): Promise<unknown> =>
    ((await client.get(CONFIG_MAPS, { namespace, name }))?.['data'] as Record<string, unknown> | undefined)?.['value'];
  return { namespace, repository, seal, follow, untilReason, ask, configOf };
}

test('a commit that cannot be unsealed is refused whole; the one before stays enforced, and a later one that opens is taken', async () => {
  const world = await createWorld();
  const first = await world.repository.commit({
    'a.yaml': configMap('a', '1'),
    'old.yaml': configMap('old', '1'),
    'db.yaml': await world.seal('db', here),
  });
  await world.follow();
  await world.untilReason('Applied', first);
  const bad = await world.repository.commit({
    'a.yaml': configMap('a', '2'),
    'old.yaml': null,
    'new.yaml': configMap('new', '1'),
    'elsewhere.yaml': `# sealed for another cluster\n---\n${await world.seal('other', firstCertificate)}`,
    'moved.yaml': await world.seal('moved', here, 'shop'),
    'cut.yaml': (await world.seal('cut', here)).replace(/password: .*/, 'password: AgBB'),
  });
  await world.ask('1');
  const refused = await world.untilReason('CannotUnseal', bad);
  const { failures = [], conditions, lastAppliedRevision } = refused.status ?? {};
  expect(failures?.map(({ file, name }) => [file, name])).toEqual([
    ['cut.yaml', 'cut'],
    ['elsewhere.yaml', 'other'],
    ['moved.yaml', 'moved'],
  ]);
  const [cut, elsewhere, moved] = failures?.map(({ message }) => message) ?? [];
  expect(cut).toContain('(password)');
  expect(cut).toContain('[SEALED_VALUE_');
  expect(cut).toContain('"signet set cut.yaml password"');
  expect(elsewhere).toContain('(password, user)');
  expect(elsewhere).toContain(`[SEALED_KEY_ELSEWHERE]`);
  expect(elsewhere).toContain(firstCertificate.fingerprint);
  expect(moved).toContain(`sealed for "shop/moved", the object is "${world.namespace}/moved"`);
  expect(moved).toContain('[SEALED_NAME_MISMATCH]');
  expect(failures?.[1]?.line).toBe(3);
  expect(conditions?.find(({ type }) => type === 'Stalled')?.status).toBe('True');
  expect(lastAppliedRevision).toContain(first);
  expect(await world.configOf('a')).toBe('1');
  expect(await world.configOf('old')).toBe('1');
  expect(await world.configOf('new')).toBeUndefined();
  expect(await client.get(SEALED_SECRETS, { namespace: world.namespace, name: 'moved' })).toBeNull();
  const drifted = { namespace: world.namespace, name: 'a' };
  await client.mergePatch(CONFIG_MAPS, drifted, { data: { value: 'edited' } });
  await eventually(async () => expect(await world.configOf('a')).toBe('1'));
  const good = await world.repository.commit({
    'elsewhere.yaml': null,
    'moved.yaml': null,
    'cut.yaml': await world.seal('cut', here),
  });
  await world.ask('2');
  await world.untilReason('Applied', good);
  expect(await world.configOf('a')).toBe('2');
  expect(await world.configOf('old')).toBeUndefined();
  await eventually(async () =>
    expect(await client.get(SECRETS, { namespace: world.namespace, name: 'cut' })).not.toBeNull(),
  );
});

test('a key that arrives is enough: nobody has to ask', async () => {
  const world = await createWorld();
  const commit = await world.repository.commit({ 'db.yaml': await world.seal('db', firstCertificate) });
  await world.follow();
  await world.untilReason('CannotUnseal', commit);
  expect(await client.get(SEALED_SECRETS, { namespace: world.namespace, name: 'db' })).toBeNull();
  await client.create(SECRETS, keySecret('signet-system', 'restored', FIRST_KEY));
  await world.untilReason('Applied', commit);
  await eventually(async () =>
    expect(await client.get(SECRETS, { namespace: world.namespace, name: 'db' })).not.toBeNull(),
  );
});

test('what another controller looks after is applied untried', async () => {
  const world = await createWorld();
  const text = (await world.seal('db', here, 'elsewhere')).replace(
    'annotations:',
    'annotations:\n    signet.dev/preflight: disabled',
  );
  const commit = await world.repository.commit({ 'db.yaml': text });
  await world.follow();
  await world.untilReason('Applied', commit);
  expect(await client.get(SEALED_SECRETS, { namespace: world.namespace, name: 'db' })).not.toBeNull();
});

test('no value is in the log of the controller', async () => {
  expect(await readFile(cluster.controllerLog, 'utf8')).not.toContain('canary-of-preflight');
});
