import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parseDocuments } from '../../../shared/encoding/yaml-documents.ts';
import { servicePath } from '../../../shared/kube/service-proxy.ts';

/** What the test reads of manifests; each object has a part of it. */
interface Manifest {
  readonly namespace: string;
  readonly metadata: { readonly name: string };
  readonly rules: readonly { readonly resourceNames: readonly string[] }[];
  readonly spec: {
    readonly selector: object;
    readonly ports: readonly { readonly name?: string; readonly targetPort: string }[];
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: { readonly containers: readonly { readonly ports: readonly { readonly name: string }[] }[] };
    };
  };
}

/** The objects of a file below manifests/. */
function objectsOf(file: string): readonly Manifest[] {
  const place = path.resolve(import.meta.dirname, '../../../manifests', file);
  return parseDocuments(readFileSync(place, 'utf8')).map(({ value }) => value as unknown as Manifest);
}

test('the Service for kubeseal leads to the Pods of our Deployment, under the name and rights that kubeseal expects', () => {
  const [service, role] = objectsOf('kubeseal/service.yaml');
  const [deployment] = objectsOf('controller/deployment.yaml');
  const [kustomization] = objectsOf('kubeseal/kustomization.yaml');
  expect([kustomization!.namespace, service!.metadata.name]).toEqual(['kube-system', 'sealed-secrets-controller']);
  const { template } = deployment!.spec;
  expect(template.metadata.labels).toMatchObject(service!.spec.selector);
  const port = service!.spec.ports[0]!;
  expect(template.spec.containers[0]!.ports.map(({ name }) => name)).toContain(port.targetPort);
  // What the API server asks the rights for is the part of the path that names the Service.
  const asked = servicePath('kube-system', service!.metadata.name, port.name ?? '', '/v1/verify').split('/')[6];
  expect(role!.rules[1]!.resourceNames).toContain(decodeURIComponent(asked!));
});
