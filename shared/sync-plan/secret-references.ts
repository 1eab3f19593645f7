/** @module The Secrets that the pods of an object refer to by name. */
import { fieldsOf, ownValue } from '../encoding/value-kind.ts';
import type { KubeObject } from '../resources/object-meta.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Names of Secrets of the object's namespace: of environments, volumes and image pulls. Read from the places in which a Pod, a
 * CronJob, and every other workload have their pods; empty for objects without any. Never throws.
 */
export function secretsOf(object: KubeObject): ReadonlySet<string> {
  const spec = fieldsOf(object['spec']);
  const podSpecs = [spec, at(spec, 'template', 'spec'), at(spec, 'jobTemplate', 'spec', 'template', 'spec')];
  const names = podSpecs.flatMap((pod) => [
    ...['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) =>
      listOf(pod, list).flatMap(ofContainer),
    ),
    ...listOf(pod, 'volumes').flatMap(ofVolume),
    ...listOf(pod, 'imagePullSecrets').map((reference) => ownValue(reference, 'name')),
  ]);
  return new Set(names.filter((name): name is string => typeof name === 'string' && name !== ''));
}

function ofContainer(container: Fields): readonly unknown[] {
  return [
    ...listOf(container, 'envFrom').map((source) => ownValue(at(source, 'secretRef'), 'name')),
    ...listOf(container, 'env').map((variable) => ownValue(at(variable, 'valueFrom', 'secretKeyRef'), 'name')),
  ];
}

function ofVolume(volume: Fields): readonly unknown[] {
  return [
    ownValue(at(volume, 'secret'), 'secretName'),
    ...listOf(at(volume, 'projected'), 'sources').map((source) => ownValue(at(source, 'secret'), 'name')),
  ];
}

function at(fields: Fields, ...path: readonly string[]): Fields {
  return path.reduce((found, key) => fieldsOf(ownValue(found, key)), fields);
}

function listOf(fields: Fields, key: string): readonly Fields[] {
  const list = ownValue(fields, key);
  return Array.isArray(list) ? list.map(fieldsOf) : [];
}
