/** @module The live view of each cluster and identity that objects are written with, and the drift that is looked for in it alone. */
import { objectKey } from '../../shared/resources/object-meta.ts';
import type { TargetCluster, TargetPlace } from '../clusters/target-cluster.ts';
import { WatchHub } from '../clusters/watch-hub.ts';
import type { Logger } from '../logging/logger.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';
import { DriftWatch } from './drift-watch.ts';
import type { SyncState } from './sync-state.ts';
import type { SyncStates } from './sync-states.ts';

/** What live views work with. */
export interface LiveViewsOptions {
  readonly states: () => SyncStates;
  /** Asks for a whole look. */
  readonly enqueue: (request: Request, delayMs?: number) => void;
  readonly nowMs: () => number;
  readonly logger: Logger;
}

/** Long enough for a definition that is being replaced. */
const AFTER_UNSERVED_MS = 1_000;
/** SealedSecrets of one commit are unsealed within milliseconds of each other. */
const AFTER_UNSEALED_MS = 10;

/** The live views that were opened. */
export class LiveViews {
  readonly #options: LiveViewsOptions;
  readonly #drifts = new WeakMap<WatchHub, DriftWatch>();

  constructor(options: LiveViewsOptions) {
    this.#options = options;
  }

  /** `place` with a live view of its own. Nothing is watched yet. */
  open(place: TargetPlace): TargetCluster {
    const { states, enqueue, nowMs, logger } = this.#options;
    const following = (): Iterable<SyncState> => states().following(hub);
    const hub = new WatchHub({
      client: place.client,
      isNamespaced: !place.isOwn,
      nowMs,
      onChange: (identity) => {
        const key = objectKey(identity);
        for (const state of following()) {
          state.health.onWatch(key);
          if (state.secrets.awaits(key)) enqueue(state.request, AFTER_UNSEALED_MS);
        }
        drift.onChange(identity);
      },
      onUnserved: (owners) => {
        for (const { request } of states().allOf(owners)) enqueue(request, AFTER_UNSERVED_MS);
      },
    });
    const drift = new DriftWatch({
      hub,
      states: following,
      enqueue: ({ request }, delayMs) => enqueue(request, delayMs),
      logger,
    });
    this.#drifts.set(hub, drift);
    return { ...place, hub };
  }

  /** Looks for drift of the objects of `state`; undefined while no cluster was reached. */
  driftOf({ target }: SyncState): DriftWatch | undefined {
    return target === null ? undefined : this.#drifts.get(target.hub);
  }
}
