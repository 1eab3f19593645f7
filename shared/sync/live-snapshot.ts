/** @module The live objects of one run, read when it begins and followed by its own writes: what watches are to a controller. */
import type { KubeReader } from '../kube/client.ts';
import { type ObjectIdentity, type ObjectKey, objectKey } from '../resources/object-meta.ts';
import type { LiveLookup, LiveObject } from '../sync-plan/live-object.ts';
import type { FollowedObjects } from './apply-plan.ts';
import { readLiveObject } from './live-object.ts';
import { readLive } from './read-live.ts';
import type { ServedKinds } from './served-kinds.ts';

/** An object to look at, in the version in which it is wanted or was applied. */
export interface SnapshotObject {
  readonly identity: ObjectIdentity;
  readonly version: string;
}

/** Metadata alone is read. Of an object that was not asked about nothing is known. */
export class LiveSnapshot implements FollowedObjects {
  readonly #client: KubeReader;
  readonly #kinds: ServedKinds;
  readonly #objects: readonly SnapshotObject[];
  readonly #lookups = new Map<ObjectKey, LiveLookup>();

  constructor(client: KubeReader, kinds: ServedKinds, objects: readonly SnapshotObject[]) {
    this.#client = client;
    this.#kinds = kinds;
    this.#objects = objects;
  }

  /** Reads all of it anew, or what `isAsked` picks. Single objects that cannot be read count as unreadable. @throws KubeError when discovery fails */
  async read(isAsked: (identity: ObjectIdentity) => boolean = () => true): Promise<void> {
    const asked = this.#objects.filter(({ identity }) => isAsked(identity));
    const wanted = await Promise.all(
      asked.map(async ({ identity, version }) => ({
        identity,
        type: await this.#kinds.findForEntry({ ...identity, version }),
      })),
    );
    const live = await readLive(this.#client, wanted, { metadataOnly: true });
    for (const { identity, type } of wanted) {
      const key = objectKey(identity);
      const object = live.find(key);
      if (type === null) this.#lookups.set(key, 'unserved');
      else if (object !== null) this.#lookups.set(key, readLiveObject(object));
      else this.#lookups.set(key, live.problemOf(key) === null ? 'absent' : 'unreadable');
    }
  }

  find(identity: ObjectIdentity): LiveLookup {
    return this.#lookups.get(objectKey(identity)) ?? 'unreadable';
  }

  /** Takes in what our own write came to. */
  learn(identity: ObjectIdentity, live: LiveObject): void {
    this.#lookups.set(objectKey(identity), live);
  }

  /** Reads what was of no served kind: a definition may have come. */
  async follow(): Promise<void> {
    await this.read((identity) => this.find(identity) === 'unserved');
  }
}
