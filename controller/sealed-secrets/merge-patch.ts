/** @module A JSON merge patch done here, for clusters where the controller may update objects and not patch them. */
import { isMap } from '../../shared/encoding/value-kind.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';

/** `object` after `patch`, by RFC 7386. Neither is changed. */
export function applyMergePatch(object: KubeObject, patch: Readonly<Record<string, unknown>>): KubeObject {
  return merged(object, patch) as KubeObject;
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const entries = new Map(isMap(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) entries.delete(key);
    else entries.set(key, merged(entries.get(key), value));
  }
  return Object.fromEntries(entries);
}
