import { expect, inject, test } from 'vitest';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { readKeyList, toKeyListData } from '../../shared/resources/key-list.ts';
import { KEYS_CONFIG_MAP, REQUESTS_CONFIG_MAP, ROTATE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import { eventually } from '../support/eventually.ts';
import { adminClient, freshNamespace } from '../support/namespace.ts';
import { runCli, withTempFolder } from '../support/run-cli.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { createUnsealWorld } from '../support/unseal-world.ts';

const OLD_KEY = {
  fingerprint: 'SHA256:old',
  state: 'active' as const,
  secret: 'old',
  createdAt: '2026-01-01T00:00:00Z',
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2036-01-01T00:00:00Z',
};

/** A namespace in which a controller once published a key and answers no more. */
async function namespaceWithoutAnswer(withRequests: boolean) {
  const client = await adminClient();
  const namespace = await freshNamespace(client);
  const base = { apiVersion: 'v1', kind: 'ConfigMap' };
  const data = toKeyListData({ keys: [OLD_KEY], unusable: [], certificatesPem: '' });
  await client.create(CONFIG_MAPS, { ...base, metadata: { namespace, name: KEYS_CONFIG_MAP }, data });
  if (withRequests) await client.create(CONFIG_MAPS, { ...base, metadata: { namespace, name: REQUESTS_CONFIG_MAP } });
  return { client, namespace };
}

const rotateIn = (cwd: string, namespace: string, more: { args?: string[]; signal?: AbortSignal } = {}) =>
  runCli(['rotate', '--kubeconfig', inject('kubeconfig'), '--controller-namespace', namespace, ...(more.args ?? [])], {
    cwd,
    ...(more.signal === undefined ? {} : { signal: more.signal }),
  });

test('rotate prints the fingerprint of the key that the controller made for it', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  await eventually(async () => {
    const requests = await world.client.get(CONFIG_MAPS, { namespace: world.keyNamespace, name: REQUESTS_CONFIG_MAP });
    expect(requests).not.toBeNull();
  });
  await withTempFolder(async (cwd) => {
    const first = await rotateIn(cwd, world.keyNamespace, { args: ['--timeout', '40s'] });
    expect(first.stderr).toContain(`signet: asked the controller in ${world.keyNamespace} for a new key at `);
    expect(first.code).toBe(0);
    const configMap = await world.client.get(CONFIG_MAPS, { namespace: world.keyNamespace, name: KEYS_CONFIG_MAP });
    const keys = readKeyList(configMap!)?.keys ?? [];
    expect(keys.map(({ state }) => state)).toEqual(['active', 'decrypt-only']);
    expect(first.stdout).toBe(`${keys[0]?.fingerprint}\n`);
    const second = await rotateIn(cwd, world.keyNamespace, { args: ['--timeout', '40s'] });
    expect(second.code).toBe(0);
    expect(second.stdout).not.toBe(first.stdout);
  });
});

test('rotate is not held up by a request of the far future, which no controller answers', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  const place = { namespace: world.keyNamespace, name: REQUESTS_CONFIG_MAP };
  await eventually(async () => expect(await world.client.get(CONFIG_MAPS, place)).not.toBeNull());
  const annotations = { [ROTATE_REQUESTED_ANNOTATION]: '2100-01-01T00:00:00Z' };
  await world.client.mergePatch(CONFIG_MAPS, place, { metadata: { annotations } });
  await withTempFolder(async (cwd) => {
    const { code, stderr } = await rotateIn(cwd, world.keyNamespace, { args: ['--timeout', '40s'] });
    expect({ code, stderr }).toMatchObject({ code: 0 });
  });
});

test('rotate says where to look when nobody answers, and asks with a later value each time', async () => {
  const { client, namespace } = await namespaceWithoutAnswer(true);
  // As by a clock that is ahead, and not so far that a controller would not believe it.
  const aheadMs = Date.now() + 300_000;
  const ahead = new Date(aheadMs).toISOString();
  const annotations = { [ROTATE_REQUESTED_ANNOTATION]: ahead };
  await client.mergePatch(CONFIG_MAPS, { namespace, name: REQUESTS_CONFIG_MAP }, { metadata: { annotations } });
  await withTempFolder(async (cwd) => {
    const { code, stdout, stderr } = await rotateIn(cwd, namespace, { args: ['--timeout', '1s'] });
    expect(code).toBe(9);
    expect(stdout).toBe('');
    expect(stderr).toContain(`the controller has not answered the request of ${new Date(aheadMs + 1).toISOString()}`);
    expect(stderr).toContain(`kubectl -n ${namespace} logs deploy/signet-controller`);
  });
});

test('an interrupted rotate leaves its request and says so by its exit code', async () => {
  const { client, namespace } = await namespaceWithoutAnswer(true);
  const interruption = new AbortController();
  await withTempFolder(async (cwd) => {
    const running = rotateIn(cwd, namespace, { signal: interruption.signal });
    await eventually(async () => {
      const requests = await client.get(CONFIG_MAPS, { namespace, name: REQUESTS_CONFIG_MAP });
      expect(requests?.metadata.annotations).toBeDefined();
    });
    interruption.abort();
    expect(await running).toMatchObject({ code: 130, stdout: '' });
  });
});

test('rotate without a place for requests, and without a controller, names what is missing', async () => {
  const { client, namespace } = await namespaceWithoutAnswer(false);
  await withTempFolder(async (cwd) => {
    const noPlace = await rotateIn(cwd, namespace);
    expect(noPlace.stderr).toContain(`cannot ask for a rotation through ConfigMap ${namespace}/signet-requests`);
    expect(noPlace.code).toBe(6);
    const nobody = await rotateIn(cwd, await freshNamespace(client));
    expect(nobody.stderr).toContain('cannot find a signet controller in the cluster https://');
    expect(nobody.code).toBe(6);
  });
});

test('rotate asks nothing of a controller that may make no first key, and says so', async () => {
  const world = await createUnsealWorld([]);
  await world.start({ keys: { firstKey: 'never' } });
  await withTempFolder(async (cwd) => {
    await eventually(async () => {
      const { code, stderr } = await rotateIn(cwd, world.keyNamespace, { args: ['--timeout', '10s'] });
      expect(stderr).toContain('--first-key=never');
      expect(code).not.toBe(0);
    });
  });
  const requests = await world.client.get(CONFIG_MAPS, { namespace: world.keyNamespace, name: REQUESTS_CONFIG_MAP });
  expect(requests?.metadata.annotations ?? {}).toEqual({});
});

test('rotate --reseal asks for no key when the controller that would reseal cannot be reached', async () => {
  const { client, namespace } = await namespaceWithoutAnswer(true);
  await withTempFolder(async (cwd) => {
    const { code, stderr } = await rotateIn(cwd, namespace, { args: ['--timeout', '1s', '--reseal', '.'] });
    expect(stderr).toContain('no key was asked for: cannot reach a controller');
    expect(stderr).toContain('leave out --reseal');
    expect(code).toBe(6);
  });
  const requests = await client.get(CONFIG_MAPS, { namespace, name: REQUESTS_CONFIG_MAP });
  expect(requests?.metadata.annotations ?? {}).toEqual({});
});
