/** @module Directories that bring the same objects cannot be in one cluster at once: they take turns. */
import { objectKey } from '../../shared/resources/object-meta.ts';
import type { CompleteDirectory, WantedObject } from './complete-directories.ts';

/** A directory, and the namespaces that its GitSync needs. */
export interface PlacedDirectory extends CompleteDirectory {
  /** Its own, which has its name, too: where the GitSync lives, and objects without a namespace. */
  readonly namespace: string;
  /** Those that its objects name, and that it does not bring itself. */
  readonly missingNamespaces: readonly string[];
  /** Every object by its key, with the namespace that it gets. */
  readonly keys: readonly string[];
}

/** `directory` with its places. */
export function placeDirectory(directory: CompleteDirectory): PlacedDirectory {
  const namespace = directory.directory.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();
  const named = directory.objects.map(({ identity }) => identity.namespace).filter((name) => name !== '');
  const brought = new Set(directory.objects.filter(isNamespace).map(({ identity }) => identity.name));
  return {
    ...directory,
    namespace,
    missingNamespaces: [...new Set(named)].filter((name) => !brought.has(name)),
    keys: directory.objects.map(({ identity, isNamespaced }) =>
      objectKey({ ...identity, namespace: isNamespaced ? identity.namespace || namespace : '' }),
    ),
  };
}

/** As few rounds as come of putting each directory into the first one where nothing stands in its way. */
export function planRounds(directories: readonly PlacedDirectory[]): readonly (readonly PlacedDirectory[])[] {
  const rounds: PlacedDirectory[][] = [];
  for (const directory of directories) {
    const round = rounds.find((others) => others.every((other) => !clash(directory, other)));
    if (round === undefined) rounds.push([directory]);
    else round.push(directory);
  }
  return rounds;
}

function clash(a: PlacedDirectory, b: PlacedDirectory): boolean {
  const keys = new Set(a.keys);
  return b.keys.some((key) => keys.has(key)) || brings(a, b.missingNamespaces) || brings(b, a.missingNamespaces);
}

function brings({ objects }: PlacedDirectory, namespaces: readonly string[]): boolean {
  return objects.some((object) => isNamespace(object) && namespaces.includes(object.identity.name));
}

function isNamespace({ identity }: WantedObject): boolean {
  return identity.group === '' && identity.kind === 'Namespace';
}
