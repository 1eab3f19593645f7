/**
 * @module Keeps the single objects of one GitSync as Git wants them. Reconciles and the drift watch both go through it, so that one
 * object is never written twice at once, and each write is decided on what is live at that moment.
 */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeObject, ObjectKey } from '../../shared/resources/object-meta.ts';
import { readLiveObject } from '../../shared/sync/live-object.ts';
import {
  type ApplyCause,
  type ApplyDecision,
  decideApply,
  type OwnerContext,
} from '../../shared/sync-plan/decide-apply.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import { isProven, provenEntry } from '../../shared/sync-plan/inventory.ts';
import type { LiveLookup, LiveObject } from '../../shared/sync-plan/live-object.ts';
import { describeBlock } from '../../shared/sync-plan/plan.ts';
import { DriftDamper } from './drift-damper.ts';
import type { InventoryBook } from './inventory-book.ts';
import type { WatchHub } from './watch-hub.ts';

/**
 * How an attempt to keep an object ended. `dropped`: by then nobody wanted it any more. `deferred`: somebody keeps changing it back,
 * and its next repair has to wait. `reason` and `message` start lower case.
 */
export type KeepResult =
  | { readonly kind: 'unchanged' | 'dropped' | 'deferred' }
  | { readonly kind: 'applied'; readonly cause: ApplyCause; readonly wasWritten: boolean }
  | { readonly kind: 'blocked'; readonly reason: string }
  | { readonly kind: 'failed'; readonly message: string };

/** Somebody else's change that was undone. */
export interface Repair {
  readonly desired: DesiredObject;
  readonly wasDeleted: boolean;
  /** Who made the change, as far as the object tells. */
  readonly manager: string | undefined;
}

/** What a keeper works with. */
export interface ObjectKeeperOptions extends OwnerContext {
  readonly hub: Pick<WatchHub, 'find' | 'learn' | 'problemOf'>;
  /** What Git wants under this key now; undefined while nothing is enforced. */
  readonly findDesired: (key: ObjectKey) => DesiredObject | undefined;
  readonly book: () => InventoryBook;
  readonly apply: (desired: DesiredObject) => Promise<KubeObject>;
  readonly nowMs: () => number;
  readonly onRepaired: (repair: Repair) => void;
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

  constructor(options: ObjectKeeperOptions) {
    this.#options = options;
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
    if (decision.kind === 'unchanged') return { kind: 'unchanged' };
    if (decision.kind !== 'apply') return { kind: 'blocked', reason: this.#describe(desired, decision) };
    if (decision.cause === 'drifted' && !this.#mayRepair(desired)) return { kind: 'deferred' };
    const work = this.#write(desired, decision.cause);
    this.#running.set(key, work);
    const result = await work;
    this.#running.delete(key);
    // What failed is not tried again at once: its caller comes back with backoff.
    if (result.kind === 'applied') this.#lookAgain(desired);
    return result;
  }

  /** Resolves when no object is being written. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
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
      const live = readLiveObject(await this.#options.apply(desired));
      this.#options.hub.learn(desired.identity, live);
      this.#options.book().set(desired.key, provenEntry(desired, live));
      const wasWritten = !isSameVersion(before, live);
      if (cause === 'drifted') this.#damper.repaired(desired.key, this.#options.nowMs());
      if (cause === 'drifted' && wasWritten) this.#options.onRepaired(describeRepair(desired, before));
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

  #describe(desired: DesiredObject, decision: Exclude<ApplyDecision, { kind: 'apply' | 'unchanged' }>): string {
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
