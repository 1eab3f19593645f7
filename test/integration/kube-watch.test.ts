import { randomBytes } from 'node:crypto';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import type { KubeClient, ListOptions, WatchHandler } from '../../shared/kube/client.ts';
import { createKubeClient, type KubeClientOptions } from '../../shared/kube/connect.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import {
  CONFIG_MAPS,
  CUSTOM_RESOURCE_DEFINITIONS,
  type ResourceType,
  SECRETS,
} from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { adminClient, freshNamespace } from '../support/namespace.ts';
import { startSwallowingProxy } from '../support/swallowing-proxy.ts';

const configMap = (namespace: string, name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  ...more,
});

interface Recorder extends WatchHandler {
  readonly log: string[];
  readonly problems: unknown[];
}

function recorder(): Recorder {
  const log: string[] = [];
  const problems: unknown[] = [];
  return {
    log,
    problems,
    onEvent: ({ kind, object }) => void log.push(`${kind} ${object.metadata.name}`),
    onSynced: () => void log.push('synced'),
    onProblem: (error) => void problems.push(error),
  };
}

const OWN = { fieldSelector: 'metadata.name!=kube-root-ca.crt' };

function record(client: KubeClient, type: ResourceType, options: Omit<ListOptions, 'signal'>) {
  const handler = recorder();
  const watch = client.watch(type, options, handler);
  onTestFinished(() => watch.stop());
  return { ...handler, watch };
}

/** The administrator by a path to the API server that can be cut and can fall silent. */
async function breakablePath(options: KubeClientOptions = {}) {
  const connection = await loadKubeconfig({ path: inject('kubeconfig'), env: {} });
  const proxy = await startSwallowingProxy(connection.server);
  const client = createKubeClient({ ...connection, server: proxy.server }, options);
  onTestFinished(async () => {
    client.close();
    await proxy.stop();
  });
  return { client, proxy };
}

describe('watch on a real API server', () => {
  it('tells what is there, then each change', async () => {
    const client = await adminClient();
    const namespace = await freshNamespace(client);
    await client.create(CONFIG_MAPS, configMap(namespace, 'a'));
    const { log, watch, problems } = record(client, CONFIG_MAPS, { namespace, ...OWN });
    await watch.synced;
    expect(log).toEqual(['added a', 'synced']);
    await client.create(CONFIG_MAPS, configMap(namespace, 'b'));
    await client.mergePatch(CONFIG_MAPS, { namespace, name: 'a' }, { data: { x: '1' } });
    await client.delete(CONFIG_MAPS, { namespace, name: 'b' });
    await eventually(() => expect(log).toEqual(['added a', 'synced', 'added b', 'changed a', 'removed b']));
    expect(problems).toEqual([]);
  });

  it('tells the removal of an object that leaves the selection', async () => {
    const client = await adminClient();
    const namespace = await freshNamespace(client);
    const labelled = configMap(namespace, 'a', { metadata: { name: 'a', namespace, labels: { tier: 'x' } } });
    await client.create(CONFIG_MAPS, labelled);
    const { log, watch } = record(client, CONFIG_MAPS, { namespace, labelSelector: 'tier=x' });
    await watch.synced;
    await client.mergePatch(CONFIG_MAPS, { namespace, name: 'a' }, { metadata: { labels: { tier: null } } });
    await eventually(() => expect(log).toEqual(['added a', 'synced', 'removed a']));
  });

  it('brings no content of Secrets when only metadata is watched', async () => {
    const client = await adminClient();
    const namespace = await freshNamespace(client);
    const keys: string[][] = [];
    const watch = client.watch(
      SECRETS,
      { namespace, metadataOnly: true },
      {
        onEvent: ({ object }) => void keys.push([object.kind, ...Object.keys(object)]),
        onSynced: () => undefined,
        onProblem: () => undefined,
      },
    );
    onTestFinished(() => watch.stop());
    await watch.synced;
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace },
      stringData: { a: 'canary' },
    };
    await client.create(SECRETS, secret);
    await client.mergePatch(SECRETS, { namespace, name: 's' }, { stringData: { a: 'other' } });
    await client.delete(SECRETS, { namespace, name: 's' });
    await eventually(() => expect(keys).toHaveLength(3));
    for (const seen of keys) expect(seen).toEqual(['Secret', 'apiVersion', 'kind', 'metadata']);
  });

  it('loses nothing when its connection is cut', async () => {
    const admin = await adminClient();
    const namespace = await freshNamespace(admin);
    await admin.create(CONFIG_MAPS, configMap(namespace, 'a'));
    const path = await breakablePath();
    const { log, watch, problems } = record(path.client, CONFIG_MAPS, { namespace, ...OWN });
    await watch.synced;
    await admin.mergePatch(CONFIG_MAPS, { namespace, name: 'a' }, { data: { x: '1' } });
    await eventually(() => expect(log).toEqual(['added a', 'synced', 'changed a']));
    path.proxy.cut();
    await admin.create(CONFIG_MAPS, configMap(namespace, 'b'));
    await admin.delete(CONFIG_MAPS, { namespace, name: 'a' });
    await eventually(() => expect(log.slice(3)).toEqual(['added b', 'removed a']));
    expect(problems.length).toBeGreaterThan(0);
  });

  it('goes on, and so do requests, after an API server that answered nobody and closed no connection', async () => {
    const admin = await adminClient();
    const namespace = await freshNamespace(admin);
    const { client, proxy } = await breakablePath({ watchTiming: { idleTimeoutMs: 10_000 }, requestTimeoutMs: 10_000 });
    const { log, watch, problems } = record(client, CONFIG_MAPS, { namespace, ...OWN });
    await watch.synced;
    // Leaves as many connections idle.
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => client.create(CONFIG_MAPS, configMap(namespace, name))));
    await eventually(() => expect(log).toHaveLength(5));
    proxy.swallow(true);
    await expect(client.get(CONFIG_MAPS, { namespace, name: 'a' })).rejects.toMatchObject({ code: 'KUBE_TIMEOUT' });
    await admin.create(CONFIG_MAPS, configMap(namespace, 'e'));
    await admin.delete(CONFIG_MAPS, { namespace, name: 'a' });
    proxy.swallow(false);
    expect(await client.get(CONFIG_MAPS, { namespace, name: 'a' })).toBeNull();
    await eventually(() => expect(log.slice(5).toSorted()).toEqual(['added e', 'removed a']), { timeoutMs: 120_000 });
    expect(problems.length).toBeGreaterThan(0);
  }, 180_000);

  it('is told once of a kind that is not served and follows it from the moment that it is', async () => {
    const client = await adminClient();
    const namespace = await freshNamespace(client);
    const group = `g${randomBytes(4).toString('hex')}.example`;
    const type = { group, version: 'v1', kind: 'Thingy', plural: 'thingies', namespaced: true };
    const { log, problems, watch } = record(client, type, { namespace });
    await eventually(() => expect(problems).toHaveLength(1));
    await client.create(CUSTOM_RESOURCE_DEFINITIONS, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `thingies.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'thingies', kind: 'Thingy' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    });
    await watch.synced;
    await client.create(type, { apiVersion: `${group}/v1`, kind: 'Thingy', metadata: { name: 'a', namespace } });
    await eventually(() => expect(log).toEqual(['synced', 'added a']));
    await client.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: `thingies.${group}` });
    await eventually(() => expect(log).toEqual(['synced', 'added a', 'removed a']));
  });

  it('follows a thousand changes in order', async () => {
    const client = await adminClient();
    const namespace = await freshNamespace(client);
    const { log, watch } = record(client, CONFIG_MAPS, { namespace, ...OWN });
    await watch.synced;
    const names = Array.from({ length: 1_000 }, (_, at) => `c${at}`);
    await Promise.all(names.map((name) => client.create(CONFIG_MAPS, configMap(namespace, name))));
    await eventually(() => expect(log).toHaveLength(1_001));
    expect(new Set(log.slice(1))).toEqual(new Set(names.map((name) => `added ${name}`)));
  });
});
