/** @module The objects that the benchmarks seal, unseal and sync: made by number, the same in every run. */
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { Secret } from '../../shared/resources/secret.ts';

/** Secrets of two items each. */
export function sampleSecrets(count: number, namespace: string): readonly Secret[] {
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `bench-${index}`, namespace },
    stringData: { username: `user-${index}`, password: `not-a-secret-${index}-${'x'.repeat(24)}` },
  }));
}

/** Half ConfigMaps, a quarter Secrets, a quarter Deployments without replicas, and their namespace first. */
export function sampleMixedObjects(count: number, namespace: string): readonly KubeObject[] {
  const objects = Array.from({ length: count }, (_, index) => mixedObject(index, namespace));
  return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, ...objects];
}

function mixedObject(index: number, namespace: string): KubeObject {
  const metadata = { name: `bench-${index}`, namespace, labels: { app: 'bench' } };
  if (index % 2 === 0) return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { key: `value-${index}` } };
  if (index % 4 === 1) {
    const data = { key: Buffer.from(`value-${index}`).toString('base64') };
    return { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data };
  }
  const labels = { app: `bench-${index}` };
  const containers = [{ name: 'main', image: 'example.com/bench:1' }];
  const spec = {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec };
}
