/** @module A namespace of its own for each test, so that tests share one API server and nothing else. */
import { randomBytes } from 'node:crypto';
import { inject, onTestFinished } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/connect.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { NAMESPACES } from '../../shared/kube/resource-type.ts';

/** A client with the rights of the run's administrator, closed when the test ends. */
export async function adminClient(): Promise<KubeClient> {
  const client = createKubeClient(await loadKubeconfig({ path: inject('kubeconfig'), env: {} }));
  onTestFinished(() => client.close());
  return client;
}

/** Makes a namespace `prefix-<random>` and asks for its deletion when the test ends. */
export async function freshNamespace(client: KubeClient, prefix = 'test'): Promise<string> {
  const name = `${prefix}-${randomBytes(4).toString('hex')}`;
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  onTestFinished(async () => {
    await client.delete(NAMESPACES, { name });
  });
  return name;
}
