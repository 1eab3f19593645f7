/** @module `spec.images`: other names, tags and digests for the images of containers, by the rules of kustomize. */
import { isMap, ownValue } from '../encoding/value-kind.ts';
import type { ImageChange } from '../resources/git-sync.ts';
import type { KubeObject } from '../resources/object-meta.ts';

const CONTAINER_LISTS: ReadonlySet<string> = new Set(['containers', 'initContainers']);
const MAX_DEPTH = 60;

/** `object` with the images of its containers, at whatever depth they stand, changed as `changes` say one after the other. */
export function changeImages(object: KubeObject, changes: readonly ImageChange[]): KubeObject {
  if (changes.length === 0 || object.kind === 'CustomResourceDefinition') return object;
  return changeMap(object, changes, 0) as KubeObject;
}

function changeValue(value: unknown, changes: readonly ImageChange[], depth: number): unknown {
  if (depth > MAX_DEPTH) return value;
  if (Array.isArray(value))
    return keepSame(
      value,
      value.map((item) => changeValue(item, changes, depth + 1)),
    );
  return isMap(value) ? changeMap(value, changes, depth) : value;
}

/** The same map when nothing in it changes, so that most of an object is never copied. */
function changeMap(
  map: Readonly<Record<string, unknown>>,
  changes: readonly ImageChange[],
  depth: number,
): Readonly<Record<string, unknown>> {
  let isChanged = false;
  const entries = Object.entries(map).map(([key, item]): [string, unknown] => {
    const isContainers = CONTAINER_LISTS.has(key) && Array.isArray(item);
    const next = isContainers
      ? keepSame(
          item,
          item.map((container) => changeContainer(container, changes)),
        )
      : changeValue(item, changes, depth + 1);
    isChanged ||= next !== item;
    return [key, next];
  });
  return isChanged ? Object.fromEntries(entries) : map;
}

function keepSame(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  return after.every((item, index) => item === before[index]) ? before : after;
}

function changeContainer(container: unknown, changes: readonly ImageChange[]): unknown {
  const image = isMap(container) ? ownValue(container, 'image') : undefined;
  if (!isMap(container) || typeof image !== 'string') return container;
  const changed = changes.reduce(changeImage, image);
  return changed === image ? container : { ...container, image: changed };
}

/** One image reference after one change; as it was when it has another name. */
function changeImage(image: string, change: ImageChange): string {
  const found = splitImage(image);
  if (found === null || found.name !== change.name) return image;
  const name = change.newName || found.name;
  if (!change.newTag && !change.digest) return joinImage(name, found.tag, found.digest);
  return joinImage(name, change.newTag ?? '', change.digest ?? '');
}

function joinImage(name: string, tag: string, digest: string): string {
  return `${name}${tag && `:${tag}`}${digest && `@${digest}`}`;
}

/** `registry:5000/app:1@sha256:…` in its parts; a colon before the last slash belongs to the registry. */
function splitImage(image: string): { readonly name: string; readonly tag: string; readonly digest: string } | null {
  const match = /^([^@]*?)(?::([A-Za-z0-9_.{}-]*))?(?:@(sha256:[A-Za-z0-9_.{}-]*))?$/.exec(image);
  return match === null ? null : { name: match[1] ?? '', tag: match[2] ?? '', digest: match[3] ?? '' };
}
