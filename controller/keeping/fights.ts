/** @module Other writers that keep changing objects of one GitSync back: who, what, and how often they were put right. */
import type { ObjectKey } from '../../shared/resources/object-meta.ts';
import type { ObjectDrift } from '../../shared/sync/find-drift.ts';
import { describeChanges, type ManagerChange } from '../../shared/sync-plan/drift-managers.ts';
import { MAX_REPAIRS } from './drift-damper.ts';

interface Fight {
  readonly changes: readonly ManagerChange[];
  readonly wasDeleted: boolean;
  readonly repairs: number;
}

/** The fights of one GitSync. */
export class Fights {
  readonly #fights = new Map<ObjectKey, Fight>();

  /** True while somebody fights over the object. */
  has(key: ObjectKey): boolean {
    return this.#fights.has(key);
  }

  /** A repair had to wait for the first time: as many as go ahead at once were made. */
  begin(key: ObjectKey): void {
    this.#fights.set(key, { changes: [], wasDeleted: false, repairs: MAX_REPAIRS });
  }

  /** What the other one does. */
  learn(key: ObjectKey, { live, changes }: ObjectDrift): void {
    const fight = this.#fights.get(key);
    if (fight !== undefined) this.#fights.set(key, { ...fight, changes, wasDeleted: live === null });
  }

  /** The object was put right once more. */
  repaired(key: ObjectKey): void {
    const fight = this.#fights.get(key);
    if (fight !== undefined) this.#fights.set(key, { ...fight, repairs: fight.repairs + 1 });
  }

  /** Forgets the fights that are over by `calmInMs`. Milliseconds until the next one may be; null when there is none. */
  settle(calmInMs: (key: ObjectKey) => number): number | null {
    for (const key of this.#fights.keys()) if (calmInMs(key) === 0) this.#fights.delete(key);
    const waits = Array.from(this.#fights.keys(), calmInMs);
    return waits.length === 0 ? null : Math.min(...waits);
  }

  /** What is known of the fight, as the end of a sentence that starts with the object; null when there is none. Never a value. */
  describe(key: ObjectKey): string | null {
    const fight = this.#fights.get(key);
    if (fight === undefined) return null;
    const { changes, wasDeleted, repairs } = fight;
    const times = `it was put right ${repairs} times, and is looked after once in ten seconds at most`;
    if (wasDeleted) return `is deleted again and again: ${times}`;
    return `is changed back again and again${changes.length === 0 ? '' : `: ${describeChanges(changes)}`}: ${times}`;
  }
}
