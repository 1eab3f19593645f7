/** @module What is known of the objects of one GitSync that differ from Git and are left so: on request, or because of another writer. */
import type { SyncDrift } from '../../shared/resources/git-sync.ts';
import type { ObjectKey } from '../../shared/resources/object-meta.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';

/** One such object. */
export interface DriftRecord {
  readonly desired: DesiredObject;
  readonly state: SyncDrift['state'];
  readonly since: Date;
  /** What differs and who did it, as the end of a sentence that starts with the object. Never a value. */
  readonly message: string;
  /** The live version that was looked at, so that it is not looked at again. */
  readonly seen: string;
}

/** Whom the book tells. Neither function may throw. */
export interface DriftListener {
  /** Of a record that says something else than before; `isFirst` when there was none in its state. */
  readonly onDrifted: (record: DriftRecord, news: { readonly isFirst: boolean }) => void;
  /** The object is as Git has it, or nobody wants to know any more. */
  readonly onSettled: (record: DriftRecord) => void;
}

/** The records of one GitSync. */
export class DriftBook {
  readonly #listener: DriftListener;
  readonly #records = new Map<ObjectKey, DriftRecord>();

  constructor(listener: DriftListener) {
    this.#listener = listener;
  }

  /** The records, in no certain order. */
  list(): readonly DriftRecord[] {
    return [...this.#records.values()];
  }

  /** The record of `key`, or undefined. */
  find(key: ObjectKey): DriftRecord | undefined {
    return this.#records.get(key);
  }

  /** Puts `next` down; what was known before keeps its time. */
  record(next: DriftRecord): void {
    const { key } = next.desired;
    const before = this.#records.get(key);
    const isFirst = before?.state !== next.state;
    this.#records.set(key, isFirst ? next : { ...next, since: before.since });
    if (isFirst || before.message !== next.message) this.#listener.onDrifted(next, { isFirst });
  }

  /** Takes the record of `key` out, if there is one. */
  settle(key: ObjectKey): void {
    const record = this.#records.get(key);
    if (record === undefined) return;
    this.#records.delete(key);
    this.#listener.onSettled(record);
  }

  /** Takes out what `isKept` does not hold true of. */
  keepOnly(isKept: (record: DriftRecord) => boolean): void {
    for (const record of this.list()) if (!isKept(record)) this.settle(record.desired.key);
  }
}
