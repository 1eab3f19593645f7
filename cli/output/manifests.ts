/** @module Kubernetes objects as the text of a manifest file. */
import { stringifyJson } from '../../shared/encoding/json.ts';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';

/** The forms that manifests are printed in. */
export const MANIFEST_FORMATS = ['yaml', 'json'] as const;

/** One of {@link MANIFEST_FORMATS}. */
export type ManifestFormat = (typeof MANIFEST_FORMATS)[number];

/** One object as one document without separators, ending in a newline. */
export function formatManifest(object: unknown, format: ManifestFormat): string {
  return format === 'json' ? `${stringifyJson(object, 2)}\n` : stringifyYaml(object);
}

/** Objects as one file: YAML documents with `---` between them, or JSON documents one after the other. Both are what kubectl reads. */
export function formatManifests(objects: readonly unknown[], format: ManifestFormat): string {
  return objects.map((object) => formatManifest(object, format)).join(format === 'json' ? '' : '---\n');
}
