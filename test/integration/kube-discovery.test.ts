import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { adminClient, freshNamespace } from '../support/namespace.ts';

interface Crd {
  readonly group: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly versions: readonly string[];
}

async function createCrd(client: KubeClient, { group, scope, versions }: Crd): Promise<void> {
  const name = `thingies.${group}`;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  await client.create(CUSTOM_RESOURCE_DEFINITIONS, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group,
      scope,
      names: { plural: 'thingies', kind: 'Thingy', listKind: 'ThingyList', singular: 'thingy' },
      versions: versions.map((version, at) => ({ name: version, served: true, storage: at === 0, schema })),
    },
  });
  onTestFinished(async () => void (await client.delete(CUSTOM_RESOURCE_DEFINITIONS, { name })));
}

const freshGroup = () => `g${randomBytes(4).toString('hex')}.example`;

describe('discovery on a real API server', () => {
  it('knows the built-in kinds', async () => {
    const client = await adminClient();
    expect(await client.findType('v1', 'ConfigMap')).toEqual(CONFIG_MAPS);
    expect(await client.findType('apps/v1', 'Deployment')).toMatchObject({ plural: 'deployments', namespaced: true });
    expect(await client.findType('apiextensions.k8s.io/v1', 'CustomResourceDefinition')).toEqual(
      CUSTOM_RESOURCE_DEFINITIONS,
    );
    expect(await client.findTypeOfGroup('autoscaling', 'HorizontalPodAutoscaler')).toMatchObject({ version: 'v2' });
    expect(await client.findType('extensions/v1beta1', 'Ingress')).toBeNull();
    expect(await client.findType('apps/v1', 'deployments')).toBeNull();
  });

  it('finds a new kind, prefers its best version, and forgets it when it goes', async () => {
    const client = await adminClient();
    const group = freshGroup();
    expect(await client.findType(`${group}/v1`, 'Thingy')).toBeNull();
    await createCrd(client, { group, scope: 'Cluster', versions: ['v1alpha1', 'v1', 'v2beta1'] });
    await eventually(async () => {
      client.refresh();
      expect(await client.findType(`${group}/v1`, 'Thingy')).toMatchObject({ plural: 'thingies', namespaced: false });
    });
    expect(await client.findTypeOfGroup(group, 'Thingy')).toMatchObject({ version: 'v1' });
    await client.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: `thingies.${group}` });
    await eventually(async () => {
      client.refresh();
      expect(await client.findType(`${group}/v1`, 'Thingy')).toBeNull();
    });
  });

  it('keeps every field and every digit of an object whose schema it does not know', async () => {
    const client = await adminClient();
    const namespace = await freshNamespace(client);
    const group = freshGroup();
    await createCrd(client, { group, scope: 'Namespaced', versions: ['v1'] });
    const type = await eventually(async () => {
      client.refresh();
      return (await client.findType(`${group}/v1`, 'Thingy')) ?? expect.fail('not served yet');
    });
    const spec = { big: 9007199254740993n, deep: { list: [1, { x: null }, 'y'] }, text: '9007199254740993' };
    const object = { apiVersion: `${group}/v1`, kind: 'Thingy', metadata: { name: 'a', namespace }, spec };
    const applied = await eventually(() => client.apply(type, object, { fieldManager: 'x' }));
    expect(applied['spec']).toEqual(spec);
    const replaced = await client.replace(type, applied);
    expect(replaced['spec']).toEqual(spec);
  });
});
