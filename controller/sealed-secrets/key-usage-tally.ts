/** @module Counts which sealing keys the SealedSecrets of the cluster need, kept up object by object. */
import type { Fingerprint } from '../../shared/certificate/fingerprint.ts';
import { placeKey } from '../../shared/resources/object-meta.ts';
import type { KeyUsage, KeyUsageSource } from '../keys/key-usage.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';

/** What the unsealer tells of one object: the keys that opened it, or null when it does not open or nobody knows. */
export interface KeyUsageNotes {
  note(request: Request, keys: readonly string[] | null): void;
  forget(request: Request): void;
}

/** The counts. They say nothing until each object of {@link begin} was noted or forgotten, and while not all are known. */
export class KeyUsageTally implements KeyUsageSource, KeyUsageNotes {
  readonly #keysOf = new Map<string, readonly string[] | null>();
  readonly #objects = new Map<string, number>();
  readonly #listeners: (() => void)[] = [];
  /** Objects that were there at the start and have not been looked at; null before the start. */
  #pending: Set<string> | null = null;
  #unknown = 0;
  #hasTold = false;
  readonly #isComplete: () => boolean;

  /** `isComplete`: whether all objects that there are have been heard of. */
  constructor(isComplete: () => boolean = () => true) {
    this.#isComplete = isComplete;
  }

  usage(): KeyUsage | null {
    if (this.#pending === null || this.#pending.size > 0 || !this.#isComplete()) return null;
    return { objects: new Map([...this.#objects] as [Fingerprint, number][]), unknown: this.#unknown };
  }

  onUsageChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Names the objects that there are; the counts are complete when all of them were looked at. */
  begin(requests: readonly Request[]): void {
    this.#pending = new Set(requests.map(placeKey).filter((key) => !this.#keysOf.has(key)));
    this.#tell(false);
  }

  note(request: Request, keys: readonly string[] | null): void {
    const key = placeKey(request);
    const before = this.#keysOf.get(key);
    const isSame = before !== undefined && JSON.stringify(before) === JSON.stringify(keys);
    if (!isSame) {
      this.#count(before, -1);
      this.#count(keys, 1);
      this.#keysOf.set(key, keys);
    }
    this.#looked(key, !isSame);
  }

  forget(request: Request): void {
    const key = placeKey(request);
    const before = this.#keysOf.get(key);
    this.#count(before, -1);
    this.#looked(key, this.#keysOf.delete(key));
  }

  #count(keys: readonly string[] | null | undefined, step: 1 | -1): void {
    if (keys === undefined) return;
    if (keys === null) this.#unknown += step;
    for (const key of keys ?? []) {
      const count = (this.#objects.get(key) ?? 0) + step;
      if (count === 0) this.#objects.delete(key);
      else this.#objects.set(key, count);
    }
  }

  #looked(key: string, isChanged: boolean): void {
    this.#pending?.delete(key);
    this.#tell(isChanged);
  }

  #tell(isChanged: boolean): void {
    if (this.usage() === null || (!isChanged && this.#hasTold)) return;
    this.#hasTold = true;
    for (const listener of this.#listeners) listener();
  }
}
