import { expect, test } from 'vitest';
import { findTypeByName } from '../../../../cli/connect/find-type.ts';
import type { KubeRawRequest, KubeRawResponse } from '../../../../shared/kube/client.ts';

/** A server that answers with these documents, and with 404 elsewhere. */
function serverOf(documents: Readonly<Record<string, unknown>>) {
  const paths: string[] = [];
  const raw = async ({ path }: KubeRawRequest): Promise<KubeRawResponse> => {
    paths.push(path);
    const document = documents[path];
    const body = new TextEncoder().encode(JSON.stringify(document ?? {}));
    return { status: document === undefined ? 404 : 200, headers: {}, body };
  };
  return { client: { raw }, paths };
}

function aggregated(group: string, version: string, kinds: Readonly<Record<string, string>>) {
  const resources = Object.entries(kinds).map(([resource, kind]) => ({
    resource,
    responseKind: { kind },
    scope: 'Namespaced',
  }));
  return { metadata: { name: group }, versions: [{ version, resources }] };
}

const modern = {
  '/api': { kind: 'APIGroupDiscoveryList', items: [aggregated('', 'v1', { events: 'Event', services: 'Service' })] },
  '/apis': {
    kind: 'APIGroupDiscoveryList',
    items: [
      aggregated('apps', 'v1', { deployments: 'Deployment' }),
      aggregated('events.k8s.io', 'v1', { events: 'Event' }),
      aggregated('serving.knative.dev', 'v1', { services: 'Service' }),
    ],
  },
};

test.each([
  ['deploy', 'apps', 'Deployment'],
  ['Deployments', 'apps', 'Deployment'],
  ['deployment.apps', 'apps', 'Deployment'],
  ['event', '', 'Event'],
  ['event.events.k8s.io', 'events.k8s.io', 'Event'],
  ['svc', '', 'Service'],
  ['services.serving.knative.dev', 'serving.knative.dev', 'Service'],
])('%s is found in group "%s"', async (word, group, kind) => {
  expect(await findTypeByName(serverOf(modern).client, word)).toMatchObject({ group, kind, version: 'v1' });
});

test('a server with plain documents is asked version by version', async () => {
  const { client, paths } = serverOf({
    '/api': { versions: ['v1'] },
    '/api/v1': { resources: [{ name: 'configmaps', kind: 'ConfigMap', namespaced: true }] },
    '/apis': { groups: [{ name: 'apps', versions: [{ version: 'v1' }], preferredVersion: { version: 'v1' } }] },
    '/apis/apps/v1': {
      resources: [
        { name: 'deployments/scale', kind: 'Scale', namespaced: true },
        { name: 'deployments', kind: 'Deployment', namespaced: true },
      ],
    },
  });
  expect(await findTypeByName(client, 'deployment')).toMatchObject({ group: 'apps', plural: 'deployments' });
  expect(paths).toEqual(['/api', '/api/v1', '/apis', '/apis/apps/v1']);
});

test.each(['nothing', 'deployment.batch', '__proto__', 'constructor'])('%s is no kind of the cluster', async (word) => {
  await expect(findTypeByName(serverOf(modern).client, word)).rejects.toMatchObject({ code: 'CLI_OBJECT_NOT_FOUND' });
});
