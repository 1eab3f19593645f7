/**
 * @module How the objects of one GitSync differ from Git: told of where that is all that is asked for, repaired as often as two writers can bear, and
 * named as a fight where somebody keeps changing them back.
 */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { ObjectKey } from '../../shared/resources/object-meta.ts';
import type { ObjectDrift } from '../../shared/sync/find-drift.ts';
import type { KeepResult } from '../../shared/sync/keep-result.ts';
import { readLiveObject } from '../../shared/sync/live-object.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import { describeChanges } from '../../shared/sync-plan/drift-managers.ts';
import { type LiveLookup, type LiveObject, liveVersionOf } from '../../shared/sync-plan/live-object.ts';
import type { WatchHub } from '../clusters/watch-hub.ts';
import { DriftBook, type DriftListener, type DriftRecord } from './drift-book.ts';
import { DriftDamper } from './drift-damper.ts';
import { Fights } from './fights.ts';

/** What it works with. */
export interface ObjectDriftsOptions extends DriftListener {
  readonly hub: Pick<WatchHub, 'find'>;
  /** How the object differs from Git. */
  readonly findDrift: (desired: DesiredObject) => Promise<ObjectDrift>;
  readonly now: () => Date;
  readonly nowMs: () => number;
  /** A repair has to wait `afterMs`; `isFirst` when the ones before did not. */
  readonly onDeferred: (desired: DesiredObject, wait: { readonly afterMs: number; readonly isFirst: boolean }) => void;
}

/** How a look at one object ended. */
export interface Examination {
  readonly result: KeepResult;
  /** What was looked at; null when there was nothing, or it could not be read. */
  readonly live: LiveObject | null;
}

/** Nothing is written through it, and its caller sees to it that an object is looked at by one at a time. */
export class ObjectDrifts {
  readonly #options: ObjectDriftsOptions;
  readonly #damper = new DriftDamper();
  readonly #fights = new Fights();
  /** What differs from Git and is left so. */
  readonly book: DriftBook;

  constructor(options: ObjectDriftsOptions) {
    this.#options = options;
    this.book = new DriftBook(options);
  }

  /** The object is in place. A fight is over only when the other one has given up. */
  settle(key: ObjectKey): void {
    if (!this.#fights.has(key)) this.book.settle(key);
  }

  /**
   * Takes out of {@link book} what nobody fights over any more, and what `isReported` does not hold true of any more. Milliseconds until the next
   * fight may have ended; null when there is none.
   */
  settleAll(isReported: (key: ObjectKey) => boolean): number | null {
    const nowMs = this.#options.nowMs();
    const fightEndsInMs = this.#fights.settle((key) => this.#damper.calmInMs(key, nowMs));
    this.book.keepOnly(({ desired: { key }, state }) =>
      state === 'Contested' ? this.#fights.has(key) : isReported(key),
    );
    return fightEndsInMs;
  }

  /** Whether the object may be repaired, or looked at, now; says so where it may not. */
  mayRepair(desired: DesiredObject): boolean {
    const nowMs = this.#options.nowMs();
    this.#damper.sweep(nowMs);
    const admission = this.#damper.admit(desired.key, nowMs);
    if (admission.kind === 'later') this.#options.onDeferred(desired, admission);
    return admission.kind === 'now';
  }

  /** Whether this version is in {@link book}. */
  isKnown({ key }: DesiredObject, live: LiveLookup): boolean {
    return this.book.find(key)?.seen === liveVersionOf(live);
  }

  /** Puts down that the object is not there. */
  reportGone(desired: DesiredObject, live: LiveLookup): KeepResult {
    return this.#report(desired, live, 'was deleted');
  }

  /** Looks at the object, and puts down how it differs. Never throws. */
  async examine(desired: DesiredObject): Promise<Examination> {
    try {
      const { live, changes } = await this.#options.findDrift(desired);
      this.#damper.repaired(desired.key, this.#options.nowMs());
      if (live === null) return { result: this.reportGone(desired, 'absent'), live: null };
      const seen = readLiveObject(live);
      if (changes.length > 0)
        return { result: this.#report(desired, seen, `was changed: ${describeChanges(changes)}`), live: seen };
      this.book.settle(desired.key);
      return { result: { kind: 'unchanged' }, live: seen };
    } catch (error) {
      return { result: { kind: 'failed', message: describeError(error) }, live: null };
    }
  }

  /** Begins a fight over the object; false while there is one. */
  beginFight({ key }: DesiredObject): boolean {
    if (this.#fights.has(key)) return false;
    this.#fights.begin(key);
    return true;
  }

  /** Finds out who fights over the object, and what for. Never throws: that there is a fight is said all the same where it cannot be read. */
  async examineFight(desired: DesiredObject): Promise<void> {
    const drift = await this.#options.findDrift(desired).catch(() => null);
    if (drift !== null) this.#fights.learn(desired.key, drift);
    this.#tellFight(desired);
  }

  /** The object was written, which undid the change of somebody else where `isRepair`. */
  written(desired: DesiredObject, isRepair: boolean): void {
    if (isRepair) this.#damper.repaired(desired.key, this.#options.nowMs());
    this.#fights.repaired(desired.key);
    this.#tellFight(desired);
  }

  #tellFight(desired: DesiredObject): void {
    const message = this.#fights.describe(desired.key);
    if (message === null) this.book.settle(desired.key);
    else this.#record(desired, 'Contested', { message, live: this.#options.hub.find(desired.identity) });
  }

  #report(desired: DesiredObject, live: LiveLookup, message: string): KeepResult {
    this.#record(desired, 'Reported', { message, live });
    return { kind: 'drifted' };
  }

  #record(
    desired: DesiredObject,
    state: DriftRecord['state'],
    { message, live }: { readonly message: string; readonly live: LiveLookup },
  ): void {
    this.book.record({ desired, state, since: this.#options.now(), message, seen: liveVersionOf(live) });
  }
}
