/** @module The paths that one entry of a kustomization file, or one set of built-in settings, names. */
import { ownValue } from '../encoding/value-kind.ts';

/** A path, and the field that it stands in. */
export interface NamedPath {
  readonly name: string;
  readonly text: string;
}

/** The paths in `entry`; those of `files` may be written `key=path`. */
export function pathsOf(entry: Readonly<Record<string, unknown>>): readonly NamedPath[] {
  const single = ['path', 'env'].flatMap((name): NamedPath[] => {
    const text = ownValue(entry, name);
    return typeof text === 'string' && text !== '' ? [{ name, text }] : [];
  });
  const lists = ['files', 'envs', 'paths'].flatMap((name): NamedPath[] => {
    const list: unknown = ownValue(entry, name);
    const texts: readonly unknown[] = Array.isArray(list) ? list : [];
    return texts
      .filter((text) => typeof text === 'string')
      .map((text) => ({ name, text: name === 'files' ? text.slice(text.indexOf('=') + 1) : text }));
  });
  return [...single, ...lists];
}
