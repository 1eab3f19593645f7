/** @module Which objects a watch has told its handler about, so that events and lists become true differences. */
import { type KubeObject, placeKey } from '../resources/object-meta.ts';
import type { WatchEvent } from './client.ts';
import { apiVersionOf, type ResourceType } from './resource-type.ts';

interface Known {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Remembers name, uid and resourceVersion of each object and nothing of its content. */
export class KnownObjects {
  readonly #type: ResourceType;
  readonly #known = new Map<string, Known>();

  constructor(type: ResourceType) {
    this.#type = type;
  }

  /**
   * The events that `object` as it stands now means: none when it is known as it is, and two when another object of its
   * name was known.
   */
  record(object: KubeObject): readonly WatchEvent[] {
    const key = placeKey(object.metadata);
    const before = this.#known.get(key);
    const now = { uid: object.metadata.uid ?? '', resourceVersion: object.metadata.resourceVersion ?? '' };
    if (before && before.uid === now.uid && before.resourceVersion === now.resourceVersion) return [];
    this.#known.set(key, now);
    if (!before) return [{ kind: 'added', object }];
    if (before.uid === now.uid) return [{ kind: 'changed', object }];
    return [
      { kind: 'removed', object: this.#lastKnown(key, before) },
      { kind: 'added', object },
    ];
  }

  /** The events that the end of `object` means: none when it was not known. */
  remove(object: KubeObject): readonly WatchEvent[] {
    return this.#known.delete(placeKey(object.metadata)) ? [{ kind: 'removed', object }] : [];
  }

  /** Forgets every object that `seen` does not name; the events say so. */
  keepOnly(seen: ReadonlySet<string>): readonly WatchEvent[] {
    const gone = [...this.#known].filter(([key]) => !seen.has(key));
    for (const [key] of gone) this.#known.delete(key);
    return gone.map(([key, known]) => ({ kind: 'removed', object: this.#lastKnown(key, known) }));
  }

  #lastKnown(key: string, known: Known): KubeObject {
    const slash = key.indexOf('/');
    const namespace = key.slice(0, slash);
    return {
      apiVersion: apiVersionOf(this.#type),
      kind: this.#type.kind,
      metadata: { name: key.slice(slash + 1), ...(namespace === '' ? {} : { namespace }), ...known },
    };
  }
}
