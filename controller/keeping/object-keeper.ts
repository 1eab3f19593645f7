/**
 * @module Keeps the single objects of one GitSync as Git wants them. Reconciles and the drift watch both go through it, so that one
 * object is never written twice at once, and each write is decided on what is live at that moment.
 */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeObject, ObjectKey } from '../../shared/resources/object-meta.ts';
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
import { isProven, provenEntry } from '../../shared/sync-plan/inventory.ts';
import { type LiveLookup, liveVersionOf } from '../../shared/sync-plan/live-object.ts';
import { lostAppliers } from '../../shared/sync-plan/lost-appliers.ts';
import { describeBlock } from '../../shared/sync-plan/plan.ts';
import type { WatchHub } from '../clusters/watch-hub.ts';
import { ObjectDrifts, type ObjectDriftsOptions } from './object-drifts.ts';

/** Somebody else's change that was undone. */
export interface Repair {
  readonly desired: DesiredObject;
  readonly wasDeleted: boolean;
  /** Who made the change, as far as the object tells. */
  readonly manager: string | undefined;
}

/** What a keeper works with. */
export interface ObjectKeeperOptions extends OwnerContext, ObjectDriftsOptions {
  readonly hub: Pick<WatchHub, 'find' | 'learn' | 'problemOf'>;
  /** What Git wants under this key now; undefined while nothing is enforced. */
  readonly findDesired: (key: ObjectKey) => DesiredObject | undefined;
  readonly book: () => InventoryBook;
  /** Sends the object; `onUnchanged` is called when it is known that the server had nothing to do. */
  readonly apply: (desired: DesiredObject, onUnchanged: () => void) => Promise<KubeObject>;
  readonly onRepaired: (repair: Repair) => void;
  /** Others that apply the object, too, lost fields to what Git wants. */
  readonly onTaken: (desired: DesiredObject, managers: readonly string[]) => void;
  /** The object was changed again while it was being written. */
  readonly onUnsettled: (desired: DesiredObject) => void;
}

/** The objects of one GitSync, each worked on by at most one caller at a time. */
export class ObjectKeeper {
  readonly #options: ObjectKeeperOptions;
  readonly #running = new Map<ObjectKey, Promise<unknown>>();
  readonly #drifts: ObjectDrifts;

  constructor(options: ObjectKeeperOptions) {
    this.#options = options;
    this.#drifts = new ObjectDrifts(options);
  }

  /** What differs from Git and is left so. */
  get drifts(): ObjectDrifts['book'] {
    return this.#drifts.book;
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
        this.#drifts.settle(key);
        return { kind: 'unchanged' };
      case 'drifted':
        return this.#report(desired);
      case 'apply':
        if (decision.cause === 'drifted' && !this.#drifts.mayRepair(desired)) return this.#defer(desired);
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
    return this.#drifts.settleAll((key) => {
      const desired = this.#options.findDesired(key);
      return desired !== undefined && this.decide(desired).kind === 'drifted';
    });
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
    if (this.#drifts.isKnown(desired, before)) return { kind: 'drifted' };
    if (typeof before !== 'object') return this.#drifts.reportGone(desired, before);
    if (!this.#drifts.mayRepair(desired)) return { kind: 'deferred' };
    let seen: LiveLookup = before;
    const result = await this.#run(desired, async () => {
      const { result: found, live } = await this.#drifts.examine(desired);
      if (live !== null) seen = live;
      if (live !== null && found.kind === 'unchanged')
        this.#options.book().set(desired.key, provenEntry(desired, live));
      return found;
    });
    // What happened meanwhile was not looked at, as the object was busy.
    const after = this.#options.hub.find(desired.identity);
    const isSeen = isSameVersion(after, before) || isSameVersion(after, seen);
    if (result.kind !== 'failed' && !isSeen) this.#options.onUnsettled(desired);
    return result;
  }

  /** Somebody keeps changing it back: who, and what, is found out once for each fight. */
  async #defer(desired: DesiredObject): Promise<KeepResult> {
    if (!this.#drifts.beginFight(desired)) return { kind: 'deferred' };
    return this.#run(desired, async () => {
      await this.#drifts.examineFight(desired);
      return { kind: 'deferred' };
    });
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
      const isRepair = cause === 'drifted';
      if (isRepair && wasWritten) this.#options.onRepaired(describeRepair(desired, before));
      const lost = isRepair || typeof before !== 'object' ? [] : lostAppliers(before, live);
      if (lost.length > 0) this.#options.onTaken(desired, lost);
      this.#drifts.written(desired, isRepair);
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

function isSameVersion(before: LiveLookup, after: LiveLookup): boolean {
  return liveVersionOf(before) === liveVersionOf(after);
}

function describeRepair(desired: DesiredObject, before: LiveLookup): Repair {
  const wasDeleted = typeof before !== 'object';
  return { desired, wasDeleted, manager: wasDeleted ? undefined : before.lastForeignManager };
}
