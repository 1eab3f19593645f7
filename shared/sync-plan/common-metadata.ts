/** @module `spec.commonMetadata`: labels and annotations on every object of a GitSync, and on nothing inside of it. */
import type { CommonMetadata } from '../resources/git-sync.ts';
import type { KubeObject } from '../resources/object-meta.ts';

/** `object` with these labels and annotations; they win over its own. */
export function addCommonMetadata(object: KubeObject, { labels = {}, annotations = {} }: CommonMetadata): KubeObject {
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(Object.keys(labels).length === 0 ? {} : { labels: { ...metadata.labels, ...labels } }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations: { ...metadata.annotations, ...annotations } }),
    },
  };
}
