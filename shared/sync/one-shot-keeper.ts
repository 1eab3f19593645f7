/** @module Brings the single objects of one run into place, each decided on what lives at the time of the plan. */
import { describeError } from '../errors/describe-error.ts';
import type { KubeReader, KubeWriter } from '../kube/client.ts';
import type { ObjectKey } from '../resources/object-meta.ts';
import { decideApply, type OwnerContext } from '../sync-plan/decide-apply.ts';
import type { DesiredObject } from '../sync-plan/desired-object.ts';
import { provenEntry } from '../sync-plan/inventory.ts';
import { liveVersionOf } from '../sync-plan/live-object.ts';
import { describeBlock } from '../sync-plan/plan.ts';
import type { ProtectionContext } from '../sync-plan/protection.ts';
import { applyOrRecreate } from './apply-or-recreate.ts';
import type { InventoryBook } from './inventory-book.ts';
import type { KeepResult } from './keep-result.ts';
import { readLiveObject } from './live-object.ts';
import type { LiveSnapshot } from './live-snapshot.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What a keeper works with. */
export interface OneShotKeeperOptions extends OwnerContext, ProtectionContext {
  readonly client: KubeReader & KubeWriter;
  readonly kinds: ServedKinds;
  readonly wanted: ReadonlyMap<ObjectKey, DesiredObject>;
  readonly book: InventoryBook;
  readonly live: LiveSnapshot;
}

/** Keeps nothing: each object is written once where it has to be. */
export class OneShotKeeper {
  readonly #options: OneShotKeeperOptions;
  /** What became of each object that was written in this run. */
  readonly written = new Map<ObjectKey, 'created' | 'changed'>();

  constructor(options: OneShotKeeperOptions) {
    this.#options = options;
  }

  /** Applies the object that Git wants under `key`, if it is not in place. Never throws. */
  async ensure(key: ObjectKey): Promise<KeepResult> {
    const { client, kinds, wanted, book, live } = this.#options;
    const desired = wanted.get(key);
    if (desired === undefined) return { kind: 'dropped' };
    const before = live.find(desired.identity);
    const decision = decideApply(desired, book.entries.get(key), before, this.#options);
    if (decision.kind === 'conflict' || decision.kind === 'terminating' || decision.kind === 'unreadable')
      return { kind: 'blocked', reason: describeBlock(decision) };
    if (decision.kind !== 'apply') return { kind: 'unchanged' };
    try {
      const after = readLiveObject(
        await applyOrRecreate({ client, kinds, live, book, context: this.#options }, desired),
      );
      live.learn(desired.identity, after);
      book.set(key, provenEntry(desired, after));
      const isSame = liveVersionOf(before) === liveVersionOf(after);
      if (!isSame) this.written.set(key, typeof before === 'object' ? 'changed' : 'created');
      return { kind: 'applied', cause: decision.cause, wasWritten: !isSame };
    } catch (error) {
      return { kind: 'failed', message: describeError(error) };
    }
  }
}
