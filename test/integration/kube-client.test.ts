import { describe, expect, it } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import {
  CONFIG_MAPS,
  NAMESPACES,
  type ResourceType,
  SEALED_SECRETS,
  SECRETS,
} from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { eventually } from '../support/eventually.ts';
import { adminClient, freshNamespace } from '../support/namespace.ts';
import { rbacType } from '../support/resource-types.ts';

const CLUSTER_ROLES = rbacType('ClusterRole');
const SERVICES: ResourceType = { group: '', version: 'v1', kind: 'Service', plural: 'services', namespaced: true };

const code = (expected: string) => expect.objectContaining({ code: expected });

async function setUp(): Promise<{
  client: KubeClient;
  namespace: string;
  configMap: (name: string, more?: object) => KubeObject;
}> {
  const client = await adminClient();
  const namespace = await freshNamespace(client);
  const configMap = (name: string, more: object = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    ...more,
  });
  return { client, namespace, configMap };
}

describe('KubeClient on a real API server', () => {
  it('creates, reads, replaces, patches and deletes', async () => {
    const { client, namespace, configMap } = await setUp();
    const reference = { namespace, name: 'a' };
    const created = await client.create(CONFIG_MAPS, configMap('a', { data: { x: '1' } }), { fieldManager: 'tester' });
    expect(await client.get(CONFIG_MAPS, reference)).toEqual(created);
    const replaced = await client.replace(CONFIG_MAPS, { ...created, data: { y: '2' } });
    expect(replaced['data']).toEqual({ y: '2' });
    await expect(client.replace(CONFIG_MAPS, { ...created, data: {} })).rejects.toThrow(code('KUBE_CONFLICT'));
    const patched = await client.mergePatch(CONFIG_MAPS, reference, { data: { y: null, z: '3' } });
    expect(patched['data']).toEqual({ z: '3' });
    await expect(client.create(CONFIG_MAPS, configMap('a'))).rejects.toThrow(code('KUBE_ALREADY_EXISTS'));
    expect(await client.delete(CONFIG_MAPS, reference)).toBe('deleted');
    expect(await client.delete(CONFIG_MAPS, reference)).toBe('absent');
    expect(await client.get(CONFIG_MAPS, reference)).toBeNull();
  });

  it('applies by force, records its manager, and does not write an unchanged object', async () => {
    const { client, configMap } = await setUp();
    await client.create(CONFIG_MAPS, configMap('a', { data: { x: 'theirs' } }), { fieldManager: 'other' });
    const object = configMap('a', { data: { x: 'ours' } });
    const first = await client.apply(CONFIG_MAPS, object, { fieldManager: 'signet-sync' });
    const second = await client.apply(CONFIG_MAPS, object, { fieldManager: 'signet-sync' });
    expect(first['data']).toEqual({ x: 'ours' });
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    expect(JSON.stringify(first.metadata['managedFields'])).toContain('"manager":"signet-sync","operation":"Apply"');
  });

  it('changes nothing on a dry run', async () => {
    const { client, namespace, configMap } = await setUp();
    await client.create(CONFIG_MAPS, configMap('a'), { dryRun: true });
    await client.apply(CONFIG_MAPS, configMap('b'), { fieldManager: 'x', dryRun: true });
    expect(await client.get(CONFIG_MAPS, { namespace, name: 'a' })).toBeNull();
    const kept = await client.create(CONFIG_MAPS, configMap('c'));
    await client.delete(CONFIG_MAPS, { namespace, name: 'c' }, { dryRun: true });
    expect(await client.get(CONFIG_MAPS, { namespace, name: 'c' })).toEqual(kept);
  });

  it('keeps the keys, cases and fields that other clients lose', async () => {
    const { client, namespace } = await setUp();
    const data = JSON.parse('{"__proto__":"eA==","constructor":"eQ=="}') as Record<string, string>;
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'odd', namespace }, data };
    await client.create(SECRETS, secret);
    const read = await client.get(SECRETS, { namespace, name: 'odd' });
    expect(Object.keys(read?.['data'] as object).sort()).toEqual(['__proto__', 'constructor']);
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: `My:Role-${namespace}` },
      rules: [],
    };
    await client.create(CLUSTER_ROLES, role);
    expect((await client.get(CLUSTER_ROLES, { name: `My:Role-${namespace}` }))?.metadata.name).toBe(
      `My:Role-${namespace}`,
    );
    expect(await client.get(CLUSTER_ROLES, { name: `my:role-${namespace}` })).toBeNull();
    expect(await client.delete(CLUSTER_ROLES, { name: `My:Role-${namespace}` })).toBe('deleted');
  });
});

describe('KubeClient delete on a real API server', () => {
  it('keeps an object whose precondition does not hold', async () => {
    const { client, namespace, configMap } = await setUp();
    const created = await client.create(CONFIG_MAPS, configMap('a'));
    const reference = { namespace, name: 'a' };
    const { uid, resourceVersion } = created.metadata;
    await expect(client.delete(CONFIG_MAPS, reference, { uid: 'other' })).rejects.toThrow(code('KUBE_CONFLICT'));
    await expect(client.delete(CONFIG_MAPS, reference, { resourceVersion: '1' })).rejects.toThrow(
      code('KUBE_CONFLICT'),
    );
    expect(await client.get(CONFIG_MAPS, reference)).not.toBeNull();
    expect(await client.delete(CONFIG_MAPS, reference, { uid, resourceVersion })).toBe('deleted');
  });

  it('tells terminating from deleted', async () => {
    const { client, namespace, configMap } = await setUp();
    const held = configMap('held', { metadata: { name: 'held', namespace, finalizers: ['test.example/hold'] } });
    await client.create(CONFIG_MAPS, held);
    const reference = { namespace, name: 'held' };
    expect(await client.delete(CONFIG_MAPS, reference)).toBe('terminating');
    expect(await client.delete(CONFIG_MAPS, reference)).toBe('terminating');
    await client.mergePatch(CONFIG_MAPS, reference, { metadata: { finalizers: null } });
    expect(await client.delete(CONFIG_MAPS, reference)).toBe('absent');
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', namespace },
      spec: { ports: [{ port: 80 }] },
    };
    await client.create(SERVICES, service);
    // A Service is answered with its last state although it is gone.
    expect(await client.delete(SERVICES, { namespace, name: 's' })).toBe('deleted');
  });

  it('waits for dependents in the foreground', async () => {
    const { client, namespace, configMap } = await setUp();
    const owner = await client.create(CONFIG_MAPS, configMap('owner'));
    const ownerReferences = [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid ?? '', blockOwnerDeletion: true },
    ];
    await client.create(
      CONFIG_MAPS,
      configMap('dependent', { metadata: { name: 'dependent', namespace, ownerReferences } }),
    );
    const outcome = await client.delete(CONFIG_MAPS, { namespace, name: 'owner' }, { propagation: 'Foreground' });
    expect(outcome).toBe('terminating');
    // The garbage collector pauses while it gets to know kinds that other tests have made, half a minute at a time.
    await eventually(
      async () => {
        expect(await client.get(CONFIG_MAPS, { namespace, name: 'owner' })).toBeNull();
        expect(await client.get(CONFIG_MAPS, { namespace, name: 'dependent' })).toBeNull();
      },
      { timeoutMs: 110_000 },
    );
  }, 120_000);

  it('calls a namespace terminating', async () => {
    const { client, namespace } = await setUp();
    expect(await client.delete(NAMESPACES, { name: namespace })).toBe('terminating');
  });
});

describe('KubeClient lists on a real API server', () => {
  it('follows pages to the end, with objects or metadata', async () => {
    const { client, namespace, configMap } = await setUp();
    const names = Array.from({ length: 1_050 }, (_, at) => `c${String(at).padStart(4, '0')}`);
    const before = client.requestCount();
    await Promise.all(
      names.map((name) => client.apply(CONFIG_MAPS, configMap(name, { data: { name } }), { fieldManager: 'x' })),
    );
    expect(client.requestCount() - before).toBe(names.length);
    const listed = await client.list(CONFIG_MAPS, { namespace, fieldSelector: 'metadata.name!=kube-root-ca.crt' });
    expect(listed.items.map((item) => item.metadata.name)).toEqual(names);
    expect(listed.items[1_049]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', data: { name: 'c1049' } });
    expect(client.requestCount() - before).toBe(names.length + 3);
    const metadata = await client.list(CONFIG_MAPS, { namespace, metadataOnly: true });
    expect(Object.keys(metadata.items[0] ?? {})).toEqual(['apiVersion', 'kind', 'metadata']);
    expect(metadata.items.length).toBeGreaterThanOrEqual(1_050);
  }, 120_000);

  it('selects by label', async () => {
    const { client, namespace, configMap } = await setUp();
    await client.create(
      CONFIG_MAPS,
      configMap('a', { metadata: { name: 'a', namespace, labels: { tier: 'x y'.slice(0, 1) } } }),
    );
    await client.create(CONFIG_MAPS, configMap('b'));
    const listed = await client.list(CONFIG_MAPS, { namespace, labelSelector: 'tier in (x, z)' });
    expect(listed.items.map((item) => item.metadata.name)).toEqual(['a']);
  });

  it('answers metadata of one object without its content', async () => {
    const { client, namespace } = await setUp();
    await client.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace },
      stringData: { a: 'x' },
    });
    const read = await client.get(SECRETS, { namespace, name: 's' }, { metadataOnly: true });
    expect(Object.keys(read ?? {})).toEqual(['apiVersion', 'kind', 'metadata']);
    expect(read).toMatchObject({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } });
  });
});

describe('KubeClient and what is not served', () => {
  const unserved: ResourceType = {
    group: 'nope.example',
    version: 'v1',
    kind: 'Nope',
    plural: 'nopes',
    namespaced: true,
  };

  it('reads null and cannot write', async () => {
    const { client, namespace } = await setUp();
    expect(await client.get(unserved, { namespace, name: 'a' })).toBeNull();
    expect(await client.delete(unserved, { namespace, name: 'a' })).toBe('absent');
    const object = { apiVersion: 'nope.example/v1', kind: 'Nope', metadata: { name: 'a', namespace } };
    await expect(client.apply(unserved, object, { fieldManager: 'x' })).rejects.toThrow(
      expect.objectContaining({ code: 'KUBE_NOT_FOUND', message: expect.stringContaining('does not serve nopes') }),
    );
    await expect(client.list(unserved)).rejects.toThrow(code('KUBE_NOT_FOUND'));
  });

  it.each([
    ['a version', { ...CONFIG_MAPS, version: 'v9' }],
    ['a version of a group', { ...CLUSTER_ROLES, version: 'v9' }],
    ['a plural', { ...CONFIG_MAPS, plural: 'nopes' }],
    ['a plural of a group', { ...CLUSTER_ROLES, plural: 'nopes' }],
    ['a plural of a custom group', { ...SEALED_SECRETS, plural: 'nopes' }],
    ['a version of a custom group', { ...SEALED_SECRETS, version: 'v9' }],
  ])('reads null where %s is unknown', async (_what, type) => {
    const { client, namespace } = await setUp();
    expect(await client.get(type, { namespace, name: 'a' })).toBeNull();
  });

  it('names a namespace that does not exist', async () => {
    const { client } = await setUp();
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'no-such-namespace' } };
    await expect(client.create(CONFIG_MAPS, object)).rejects.toThrow('namespace "no-such-namespace" does not exist');
  });
});
