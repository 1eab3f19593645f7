import { expect, test } from 'vitest';
import type { KubeDiscovery } from '../../../../shared/kube/client.ts';
import { apiVersionOf, type ResourceType } from '../../../../shared/kube/resource-type.ts';
import { createServedKinds } from '../../../../shared/sync/served-kinds.ts';

const widget: ResourceType = {
  group: 'example.com',
  version: 'v2',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
};

function discoveryOf(types: ResourceType[]): KubeDiscovery & { asked: number } {
  const discovery = {
    asked: 0,
    findType: async (apiVersion: string, kind: string) => {
      discovery.asked += 1;
      return types.find((type) => apiVersionOf(type) === apiVersion && type.kind === kind) ?? null;
    },
    findTypeOfGroup: async (group: string, kind: string) => {
      discovery.asked += 1;
      return types.find((type) => type.group === group && type.kind === kind) ?? null;
    },
    refresh: () => undefined,
  };
  return discovery;
}

test('find asks once per kind, absences included, until it is told to forget', async () => {
  const types: ResourceType[] = [];
  const discovery = discoveryOf(types);
  const kinds = createServedKinds(discovery);
  expect(await Promise.all([1, 2, 3].map(() => kinds.find('example.com/v2', 'Widget')))).toEqual([null, null, null]);
  expect(discovery.asked).toBe(1);
  types.push(widget);
  expect(await kinds.find('example.com/v2', 'Widget')).toBeNull();
  kinds.forget();
  expect(await kinds.find('example.com/v2', 'Widget')).toBe(widget);
});

test('get throws for a kind that is not served, and names it', async () => {
  await expect(createServedKinds(discoveryOf([])).get('example.com/v1', 'Widget')).rejects.toMatchObject({
    code: 'SYNC_KIND_NOT_SERVED',
    message: 'no kind "Widget" in version "example.com/v1" is served by the cluster',
  });
});

test('findForEntry takes another version where the entry’s is no longer served', async () => {
  const kinds = createServedKinds(discoveryOf([widget]));
  expect(await kinds.findForEntry({ group: 'example.com', version: 'v1', kind: 'Widget' })).toBe(widget);
  expect(await kinds.findForEntry({ group: 'other.com', version: 'v1', kind: 'Widget' })).toBeNull();
});

test('a failure is not remembered', async () => {
  let isDown = true;
  const discovery = discoveryOf([widget]);
  const kinds = createServedKinds({
    ...discovery,
    findType: async (apiVersion, kind) => {
      if (isDown) throw new Error('down');
      return discovery.findType(apiVersion, kind);
    },
  });
  await expect(kinds.find('example.com/v2', 'Widget')).rejects.toThrow('down');
  isDown = false;
  expect(await kinds.find('example.com/v2', 'Widget')).toBe(widget);
});
