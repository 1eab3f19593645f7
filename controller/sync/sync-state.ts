/** @module What the controller remembers of one GitSync between reconciles. All of it can be made anew from Git and the cluster. */
import type { KubeObject, ObjectKey } from '../../shared/resources/object-meta.ts';
import type { UnplacedObject } from '../../shared/sync/place-objects.ts';
import type { ServedKinds } from '../../shared/sync/served-kinds.ts';
import type { OwnerContext } from '../../shared/sync-plan/decide-apply.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import type { SkippedFile } from '../../shared/sync-plan/file-tree.ts';
import type { RenderedObject } from '../../shared/sync-plan/rendered-object.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';
import { InventoryBook } from './inventory-book.ts';
import { ObjectKeeper, type ObjectKeeperOptions, type Repair } from './object-keeper.ts';
import type { SyncRefusal } from './sync-refusal.ts';
import type { WatchHub } from './watch-hub.ts';

/** The revision that the cluster is kept at. */
export interface EnforcedRevision {
  /** As the status says it: `main@sha1:<commit>`. */
  readonly revision: string;
  readonly commit: string;
  /** Generation of the GitSync for which it was rendered. */
  readonly generation: number;
  readonly wanted: ReadonlyMap<ObjectKey, DesiredObject>;
  /** Objects that could not be placed; while there are any, `rendered` is kept to try again. */
  readonly unplaced: readonly UnplacedObject[];
  readonly rendered: readonly RenderedObject[];
  /** Manifests that were left out on purpose, such as kustomization files. */
  readonly skipped: readonly SkippedFile[];
}

/** What a state works with. */
export interface SyncStateOptions extends OwnerContext {
  readonly uid: string;
  readonly request: Request;
  readonly hub: Pick<WatchHub, 'find' | 'learn' | 'problemOf'>;
  readonly apply: (state: SyncState, desired: DesiredObject) => Promise<KubeObject>;
  /** Asked before each write: false from the moment that the GitSync is suspended or deleted. */
  readonly isEnforcing: () => boolean;
  readonly nowMs: () => number;
  readonly onRepaired: (state: SyncState, repair: Repair) => void;
  readonly onDeferred: (state: SyncState, ...deferral: Parameters<ObjectKeeperOptions['onDeferred']>) => void;
  readonly onUnsettled: (state: SyncState, desired: DesiredObject) => void;
}

/** One GitSync. */
export class SyncState {
  /** `namespace/name`, the value of the owner annotation. */
  readonly owner: string;
  readonly uid: string;
  readonly request: Request;
  readonly keeper: ObjectKeeper;
  /** Null until a revision was accepted. */
  enforced: EnforcedRevision | null = null;
  /** A revision that was refused for what it says, so that it is not rendered again; null when the last one was accepted. */
  refused: { readonly commit: string; readonly generation: number; readonly refusal: SyncRefusal } | null = null;
  /** False until the stored Inventory was read. */
  isLoaded = false;
  book = new InventoryBook();
  /** resourceVersion of the stored Inventory; null when there is none. */
  inventoryVersion: string | null = null;
  inventorySavedAtMs = 0;
  kinds: ServedKinds;
  readonly #isEnforcing: () => boolean;

  constructor(options: SyncStateOptions, kinds: ServedKinds) {
    this.owner = options.owner;
    this.uid = options.uid;
    this.request = options.request;
    this.kinds = kinds;
    this.#isEnforcing = options.isEnforcing;
    this.keeper = new ObjectKeeper({
      owner: options.owner,
      isOwnedBy: options.isOwnedBy,
      hub: options.hub,
      findDesired: (key) => this.findDesired(key),
      book: () => this.book,
      apply: (desired) => options.apply(this, desired),
      nowMs: options.nowMs,
      onDeferred: (...deferral) => options.onDeferred(this, ...deferral),
      onRepaired: (repair) => options.onRepaired(this, repair),
      onUnsettled: (desired) => options.onUnsettled(this, desired),
    });
  }

  /** What Git wants under `key`, or undefined when it wants nothing there or nothing may be written now. */
  findDesired(key: ObjectKey): DesiredObject | undefined {
    return this.#isEnforcing() ? this.enforced?.wanted.get(key) : undefined;
  }
}
