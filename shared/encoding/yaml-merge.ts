/**
 * @module Merge keys (`<<`) in kubectl's order: entries count as they are written, so a merge overrides the keys
 * before it. js-yaml lets written keys win wherever they stand.
 */
import { setOwn } from './own-property.ts';
import { isMap } from './value-kind.ts';
import { YamlFault } from './yaml-fault.ts';

/** A key of a map, or the maps that were merged in at that place. */
export type MapEntry = { readonly key: string } | { readonly sources: readonly Readonly<Record<string, unknown>>[] };

/**
 * The maps that the value of a merge key brings in, the strongest first.
 * @param offset names the place in the error
 * @throws YamlFault YAML_INVALID for anything but a map, an alias of a map, or a list of maps
 */
export function mergeSources(
  value: unknown,
  isAlias: boolean,
  offset: number,
): readonly Readonly<Record<string, unknown>>[] {
  const sources: readonly unknown[] = Array.isArray(value) && !isAlias ? value : [value];
  if (sources.every(isMap)) return sources;
  throw new YamlFault('YAML_INVALID', 'a merge key whose value is not a map or a list of maps', offset);
}

/** Gives `mapping`, as js-yaml built it from `entries`, the values that kubectl gives it. */
export function replayMerges(mapping: Record<string, unknown>, entries: readonly MapEntry[]): void {
  if (!entries.some((entry) => 'sources' in entry)) return;
  const written = new Map(Object.entries(mapping));
  for (const entry of entries) {
    if ('key' in entry) setOwn(mapping, entry.key, written.get(entry.key));
    else for (const source of entry.sources.toReversed()) copyInto(mapping, source);
  }
}

function copyInto(mapping: Record<string, unknown>, source: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(source)) setOwn(mapping, key, value);
}
