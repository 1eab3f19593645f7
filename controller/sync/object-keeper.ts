/**
 * @module Keeps the single objects of one GitSync as Git wants them. Reconciles and the drift watch both go through it, so that one
 * object is never written twice at once, and each write is decided on what is live at that moment.
 */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeObject, ObjectKey } from '../../shared/resources/object-meta.ts';
import type { ObjectDrift } from '../../shared/sync/find-drift.ts';
import type { InventoryBook } from '../../shared/sync/inventory-book.ts';
import type { KeepResult } from '../../shared/sync/keep-result.ts';
import { readLiveObject } from '../../shared/sync/live-object.ts';
import {
  type ApplyCause,
  type ApplyDecision,
  type BlockDecision,
  decideApply,
  type OwnerContext,
} from '../../shared/sync-plan/decide-apply.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import { describeChanges } from '../../shared/sync-plan/drift-managers.ts';
import { isProven, provenEntry } from '../../shared/sync-plan/inventory.ts';
import type { LiveLookup, LiveObject } from '../../shared/sync-plan/live-object.ts';
import { lostAppliers } from '../../shared/sync-plan/lost-appliers.ts';
import { describeBlock } from '../../shared/sync-plan/plan.ts';
import { DriftBook, type DriftListener } from './drift-book.ts';
import { DriftDamper } from './drift-damper.ts';
import { Fights } from './fights.ts';
import type { WatchHub } from './watch-hub.ts';

/** Somebody else's change that was undone. */
export interface Repair {
  readonly desired: DesiredObject;
  readonly wasDeleted: boolean;
  /** Who made the change, as far as the object tells. */
  readonly manager: string | undefined;
}

/** What a keeper works with. */
export interface ObjectKeeperOptions extends OwnerContext, DriftListener {
  readonly hub: Pick<WatchHub, 'find' | 'learn' | 'problemOf'>;
  /** What Git wants under this key now; undefined while nothing is enforced. */
  readonly findDesired: (key: ObjectKey) => DesiredObject | undefined;
  readonly book: () => InventoryBook;
  /** Sends the object; `onUnchanged` is called when it is known that the server had nothing to do. */
  readonly apply: (desired: DesiredObject, onUnchanged: () => void) => Promise<KubeObject>;
  /** How the object differs from Git. */
  readonly findDrift: (desired: DesiredObject) => Promise<ObjectDrift>;
  readonly now: () => Date;
  readonly nowMs: () => number;
  readonly onRepaired: (repair: Repair) => void;
  /** Others that apply the object, too, lost fields to what Git wants. */
  readonly onTaken: (desired: DesiredObject, managers: readonly string[]) => void;
  /** A repair has to wait `afterMs`; `isFirst` when the ones before did not. */
  readonly onDeferred: (desired: DesiredObject, wait: { readonly afterMs: number; readonly isFirst: boolean }) => void;
  /** The object was changed again while it was being written. */
  readonly onUnsettled: (desired: DesiredObject) => void;
}

/** The objects of one GitSync, each worked on by at most one caller at a time. */
export class ObjectKeeper {
  readonly #options: ObjectKeeperOptions;
  readonly #running = new Map<ObjectKey, Promise<unknown>>();
  readonly #damper = new DriftDamper();
  readonly #fights = new Fights();
  /** The version that was looked at while an object is busy. */
  readonly #examined = new Map<ObjectKey, string>();
  /** What differs from Git and is left so. */
  readonly drifts: DriftBook;

  constructor(options: ObjectKeeperOptions) {
    this.#options = options;
    this.drifts = new DriftBook(options);
  }

  /** True while the object is being written. */
  isBusy(key: ObjectKey): boolean {
    return this.#running.has(key);
  }

  /** What would be done about the object now. */
  decide(desired: DesiredObject): ApplyDecision {
    const { hub, book } = this.#options;
    return decideApply(desired, book().entries.get(desired.key), hub.find(desired.identity), this.#options);
  }

  /** Applies the object that Git wants under `key`, if it is not in place. Never throws. */
  async ensure(key: ObjectKey): Promise<KeepResult> {
    // Whoever waited looks again: the write before may have been all that was needed.
    for (let running = this.#running.get(key); running !== undefined; running = this.#running.get(key)) await running;
    const desired = this.#options.findDesired(key);
    if (desired === undefined) return { kind: 'dropped' };
    const decision = this.decide(desired);
    switch (decision.kind) {
      case 'unchanged':
      case 'kept':
      case 'hands-off':
        if (!this.#fights.has(key)) this.drifts.settle(key);
        return { kind: 'unchanged' };
      case 'drifted':
        return this.#report(desired);
      case 'apply':
        if (decision.cause === 'drifted' && !this.#mayRepair(desired)) return this.#defer(desired);
        return this.#run(desired, () => this.#write(desired, decision.cause));
      default:
        return { kind: 'blocked', reason: this.#describe(desired, decision) };
    }
  }

  /**
   * Takes out of {@link drifts} what nobody fights over any more, and what is not only told of any more. Milliseconds until the next fight may have
   * ended; null when there is none.
   */
  settleDrifts(): number | null {
    const nowMs = this.#options.nowMs();
    const fightEndsInMs = this.#fights.settle((key) => this.#damper.calmInMs(key, nowMs));
    this.drifts.keepOnly(({ desired: { key }, state }) => {
      if (state === 'Contested') return this.#fights.has(key);
      const desired = this.#options.findDesired(key);
      return desired !== undefined && this.decide(desired).kind === 'drifted';
    });
    return fightEndsInMs;
  }

  /** Resolves when no object is being written. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async #run(desired: DesiredObject, work: () => Promise<KeepResult>): Promise<KeepResult> {
    const running = work();
    this.#running.set(desired.key, running);
    const result = await running;
    this.#running.delete(desired.key);
    // What failed is not tried again at once: its caller comes back with backoff.
    if (result.kind === 'applied') this.#lookAgain(desired);
    return result;
  }

  /** The same version is looked at once, and one that changes all the time as seldom as it would be repaired. */
  async #report(desired: DesiredObject): Promise<KeepResult> {
    const before = this.#options.hub.find(desired.identity);
    if (this.drifts.find(desired.key)?.seen === versionOf(before)) return { kind: 'drifted' };
    if (typeof before !== 'object') return this.#recordDrift(desired, before, 'was deleted');
    if (!this.#mayRepair(desired)) return { kind: 'deferred' };
    const result = await this.#run(desired, () => this.#examine(desired));
    // What happened meanwhile was not looked at, as the object was busy.
    const after = versionOf(this.#options.hub.find(desired.identity));
    const isSeen = after === versionOf(before) || after === this.#examined.get(desired.key);
    this.#examined.delete(desired.key);
    if (result.kind !== 'failed' && !isSeen) this.#options.onUnsettled(desired);
    return result;
  }

  async #examine(desired: DesiredObject): Promise<KeepResult> {
    try {
      const { live, changes } = await this.#options.findDrift(desired);
      this.#damper.repaired(desired.key, this.#options.nowMs());
      if (live === null) return this.#recordDrift(desired, 'absent', 'was deleted');
      const seen = readLiveObject(live);
      this.#examined.set(desired.key, versionOf(seen));
      if (changes.length > 0) return this.#recordDrift(desired, seen, `was changed: ${describeChanges(changes)}`);
      this.#options.book().set(desired.key, provenEntry(desired, seen));
      this.drifts.settle(desired.key);
      return { kind: 'unchanged' };
    } catch (error) {
      return { kind: 'failed', message: describeError(error) };
    }
  }

  #recordDrift(desired: DesiredObject, live: LiveLookup, message: string): KeepResult {
    const record = { desired, state: 'Reported', since: this.#options.now(), message, seen: versionOf(live) } as const;
    this.drifts.record(record);
    return { kind: 'drifted' };
  }

  /** Somebody keeps changing it back: who, and what, is found out once for each fight. */
  async #defer(desired: DesiredObject): Promise<KeepResult> {
    if (this.#fights.has(desired.key)) return { kind: 'deferred' };
    this.#fights.begin(desired.key);
    return this.#run(desired, async () => {
      // That there is a fight is said all the same where it cannot be read.
      const drift = await this.#options.findDrift(desired).catch(() => null);
      if (drift !== null) this.#fights.learn(desired.key, drift);
      this.#tellFight(desired);
      return { kind: 'deferred' };
    });
  }

  #tellFight(desired: DesiredObject): void {
    const message = this.#fights.describe(desired.key);
    if (message === null) {
      this.drifts.settle(desired.key);
      return;
    }
    const { now, hub } = this.#options;
    this.drifts.record({
      desired,
      state: 'Contested',
      since: now(),
      message,
      seen: versionOf(hub.find(desired.identity)),
    });
  }

  #mayRepair(desired: DesiredObject): boolean {
    const nowMs = this.#options.nowMs();
    this.#damper.sweep(nowMs);
    const admission = this.#damper.admit(desired.key, nowMs);
    if (admission.kind === 'later') this.#options.onDeferred(desired, admission);
    return admission.kind === 'now';
  }

  async #write(desired: DesiredObject, cause: ApplyCause): Promise<KeepResult> {
    const before = this.#options.hub.find(desired.identity);
    try {
      let isKnownUnchanged = false;
      const onUnchanged = (): void => {
        isKnownUnchanged = true;
      };
      const live = readLiveObject(await this.#options.apply(desired, onUnchanged));
      this.#options.hub.learn(desired.identity, live);
      this.#options.book().set(desired.key, provenEntry(desired, live));
      const wasWritten = !isKnownUnchanged && !isSameVersion(before, live);
      if (cause === 'drifted') this.#damper.repaired(desired.key, this.#options.nowMs());
      if (cause === 'drifted' && wasWritten) this.#options.onRepaired(describeRepair(desired, before));
      const lost = cause === 'drifted' || typeof before !== 'object' ? [] : lostAppliers(before, live);
      if (lost.length > 0) this.#options.onTaken(desired, lost);
      this.#fights.repaired(desired.key);
      this.#tellFight(desired);
      return { kind: 'applied', cause, wasWritten };
    } catch (error) {
      return { kind: 'failed', message: describeError(error) };
    }
  }

  #lookAgain(desired: DesiredObject): void {
    const entry = this.#options.book().entries.get(desired.key);
    const lookup = this.#options.hub.find(desired.identity);
    if (entry?.state !== 'applied' || entry.digest !== desired.digest) return;
    const isSettled = typeof lookup === 'object' ? isProven(entry, desired, lookup) : lookup !== 'absent';
    if (!isSettled) this.#options.onUnsettled(desired);
  }

  #describe(desired: DesiredObject, decision: BlockDecision): string {
    const problem = decision.kind === 'unreadable' ? this.#options.hub.problemOf(desired.identity) : undefined;
    return problem === undefined ? describeBlock(decision) : `${describeBlock(decision)}: ${problem}`;
  }
}

function isSameVersion(before: LiveLookup, after: LiveObject): boolean {
  return typeof before === 'object' && before.uid === after.uid && before.resourceVersion === after.resourceVersion;
}

function describeRepair(desired: DesiredObject, before: LiveLookup): Repair {
  const wasDeleted = typeof before !== 'object';
  return { desired, wasDeleted, manager: wasDeleted ? undefined : before.lastForeignManager };
}

function versionOf(lookup: LiveLookup): string {
  return typeof lookup === 'object' ? `${lookup.uid}/${lookup.resourceVersion}` : lookup;
}
