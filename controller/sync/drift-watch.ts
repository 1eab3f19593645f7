/** @module Undoes foreign changes the moment that the watch tells of them, without waiting for a reconcile. */
import type { ObjectIdentity, ObjectKey } from '../../shared/resources/object-meta.ts';
import { describeIdentity, objectKey } from '../../shared/resources/object-meta.ts';
import { describeWaiting } from '../../shared/sync/prune-plan.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import { withVersionOf } from '../../shared/sync-plan/inventory.ts';
import { DEFINITION_STAGE, stageOf } from '../../shared/sync-plan/order.ts';
import type { WatchHub } from '../clusters/watch-hub.ts';
import type { Logger } from '../logging/logger.ts';
import type { SyncState } from './sync-state.ts';
import { failuresOf } from './sync-summary.ts';

/** What the drift watch works with. */
export interface DriftWatchOptions {
  readonly hub: Pick<WatchHub, 'find'>;
  readonly states: () => Iterable<SyncState>;
  /** Asks for a reconcile; a delay keeps what backoff there is. */
  readonly enqueue: (state: SyncState, delayMs?: number) => void;
  readonly logger: Logger;
}

/** For what the reconcile goes on with at its own pace; a delay, however short, keeps its backoff. */
const SOON_MS = 500;

/** Looks at changes of live objects on behalf of every GitSync that wants them. */
export class DriftWatch {
  readonly #options: DriftWatchOptions;

  constructor(options: DriftWatchOptions) {
    this.#options = options;
  }

  /** Something about the live object is different. Returns at once. */
  onChange(identity: ObjectIdentity): void {
    const key = objectKey(identity);
    for (const state of this.#options.states()) {
      const desired = state.findDesired(key);
      if (this.#isNewsOfHands(state, identity)) this.#options.enqueue(state, SOON_MS);
      if (state.look === null && isOurs(state, key)) state.changedMeanwhile.set(key, identity);
      if (desired) this.look(state, desired);
      else if (state.book.entries.has(key)) this.#followLeaving(state, identity);
    }
  }

  /** A look came to its end; what changed while it was under way may be other than it says. Returns at once. */
  onLooked(state: SyncState): void {
    const changed = [...state.changedMeanwhile.values()];
    state.changedMeanwhile.clear();
    if (changed.some((identity) => this.#isNewsOfHands(state, identity))) this.#options.enqueue(state, SOON_MS);
  }

  /** Looks at one object that `state` wants, and repairs it where needed. Returns at once. */
  look(state: SyncState, desired: DesiredObject): void {
    if (state.keeper.isBusy(desired.key)) return;
    const decision = state.keeper.decide(desired);
    if (decision.kind === 'unchanged') this.#followVersion(state, desired);
    if (decision.kind === 'unchanged' || decision.kind === 'drifted') this.#keepTold(state, desired, decision.kind);
    // A conflict is reported once it is new; its owner may go on writing as often as it likes.
    const isLost = decision.kind === 'conflict' && state.book.entries.has(desired.key);
    const isStuck = decision.kind === 'terminating' && !isToldToFail(state, desired, decision.how);
    if (isLost || isStuck) this.#options.enqueue(state, SOON_MS);
    if (decision.kind !== 'apply') return;
    if (decision.cause === 'drifted') this.#repair(state, desired);
    // Whatever stood in the way is gone. Other causes are for the reconcile that is under way or comes back.
    else if (this.#options.hub.find(desired.identity) === 'absent') this.#options.enqueue(state, SOON_MS);
  }

  /** An object that left Git: the reconcile goes on when it is gone, and says what holds it until then. */
  #followLeaving(state: SyncState, identity: ObjectIdentity): void {
    const live = this.#options.hub.find(identity);
    if (live === 'absent') this.#options.enqueue(state);
    if (typeof live !== 'object' || live.termination === undefined) return;
    const { waiting = [] } = state.look?.summary.enforced?.pruned ?? {};
    if (!waiting.includes(describeWaiting(identity, live.termination))) this.#options.enqueue(state, SOON_MS);
  }

  /** Whether the object was left alone on request until now and is not any more, or the other way round. */
  #isNewsOfHands(state: SyncState, identity: ObjectIdentity): boolean {
    const { look } = state;
    if (look === null || !isOurs(state, objectKey(identity))) return false;
    const live = this.#options.hub.find(identity);
    const isLeft = look.summary.enforced?.leftAlone?.includes(describeIdentity(identity)) === true;
    return typeof live === 'object' && (live.isHandsOff === true) !== isLeft;
  }

  /** Has it looked at where somebody has to be told that it differs, or does not any more. */
  #keepTold(state: SyncState, { key }: DesiredObject, kind: 'unchanged' | 'drifted'): void {
    if (kind === 'drifted' || state.keeper.drifts.find(key)?.state === 'Reported') void state.keeper.ensure(key);
  }

  #repair(state: SyncState, desired: DesiredObject): void {
    const wasToldToFail = isToldToFail(state, desired);
    void state.keeper.ensure(desired.key).then((result) => {
      if (result.kind === 'applied' && wasToldToFail) this.#options.enqueue(state, SOON_MS);
      // Its objects could not be brought back before it was there.
      if (result.kind === 'applied' && stageOf(desired.identity) <= DEFINITION_STAGE) this.#options.enqueue(state);
      if (result.kind !== 'failed' && result.kind !== 'blocked') return;
      const problem = result.kind === 'failed' ? result.message : result.reason;
      const fields = { gitSync: state.owner, object: describeIdentity(desired.identity), problem };
      this.#options.logger.debug(fields, 'cannot repair a drifted object');
      this.#options.enqueue(state, SOON_MS);
    });
  }

  /** A write of others that touched nothing of ours is no drift: the new version counts as proven. */
  #followVersion(state: SyncState, { key, identity }: DesiredObject): void {
    const entry = state.book.entries.get(key);
    const live = this.#options.hub.find(identity);
    if (entry === undefined || typeof live !== 'object' || entry.resourceVersion === live.resourceVersion) return;
    state.book.set(key, withVersionOf(entry, live));
  }
}

function isOurs({ book, enforced }: SyncState, key: ObjectKey): boolean {
  return book.entries.has(key) || enforced?.wanted.has(key) === true;
}

/** True when the status says that the object is not in place, and says `why` among other things. */
function isToldToFail({ look }: SyncState, { identity }: DesiredObject, why = ''): boolean {
  if (look === null) return false;
  const { kind, namespace, name } = identity;
  return failuresOf(look.summary).some(
    (failure) =>
      failure.kind === kind &&
      (failure.namespace ?? '') === namespace &&
      failure.name === name &&
      failure.message.includes(why),
  );
}
