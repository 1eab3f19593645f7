/** @module What the controller remembers of one GitSync between reconciles. All of it can be made anew from Git and the cluster. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { KubeObject, ObjectIdentity, ObjectKey } from '../../shared/resources/object-meta.ts';
import type { ObjectDrift } from '../../shared/sync/find-drift.ts';
import { InventoryBook } from '../../shared/sync/inventory-book.ts';
import type { UnplacedObject } from '../../shared/sync/place-objects.ts';
import type { ServedKinds } from '../../shared/sync/served-kinds.ts';
import { Approvals } from '../../shared/sync-plan/approvals.ts';
import type { OwnerContext } from '../../shared/sync-plan/decide-apply.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import type { SkippedFile } from '../../shared/sync-plan/file-tree.ts';
import type { RenderedObject } from '../../shared/sync-plan/rendered-object.ts';
import type { TargetCluster } from '../clusters/target-cluster.ts';
import type { WatchHub } from '../clusters/watch-hub.ts';
import type { SyncRefusal } from '../git-syncs/sync-refusal.ts';
import type { DriftRecord } from '../keeping/drift-book.ts';
import { HealthKeeper } from '../keeping/health-keeper.ts';
import { type HealthReport, type HealthRound, HealthWait } from '../keeping/health-wait.ts';
import { ObjectKeeper, type ObjectKeeperOptions, type Repair } from '../keeping/object-keeper.ts';
import { SecretsWait } from '../keeping/secrets-wait.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';
import { KnownLosses } from './known-losses.ts';
import type { SyncAttempt } from './sync-history.ts';
import type { SyncSummary } from './sync-summary.ts';

/** The revision that the cluster is kept at. */
export interface EnforcedRevision {
  /** As the status says it: `main@sha1:<commit>`. */
  readonly revision: string;
  readonly commit: string;
  /** Generation of the GitSync for which it was rendered. */
  readonly generation: number;
  /** Of what was read from the cluster to render it; absent where that is nothing. */
  readonly stamp?: string;
  /** The files follow from their folder alone: a commit with the same folder wants the same. */
  readonly isOfFolderAlone?: true;
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
  readonly apply: (state: SyncState, desired: DesiredObject, onUnchanged: () => void) => Promise<KubeObject>;
  /** Asked before each write: false from the moment that the GitSync is suspended or deleted. */
  readonly isEnforcing: () => boolean;
  /** How an object differs from Git; nothing is written. */
  readonly findDrift: (state: SyncState, desired: DesiredObject) => Promise<ObjectDrift>;
  readonly now: () => Date;
  readonly nowMs: () => number;
  readonly onDrifted: (state: SyncState, ...drift: Parameters<ObjectKeeperOptions['onDrifted']>) => void;
  readonly onSettled: (state: SyncState, record: DriftRecord) => void;
  readonly onTaken: (state: SyncState, ...taken: Parameters<ObjectKeeperOptions['onTaken']>) => void;
  readonly onRepaired: (state: SyncState, repair: Repair) => void;
  readonly onDeferred: (state: SyncState, ...deferral: Parameters<ObjectKeeperOptions['onDeferred']>) => void;
  readonly onUnsettled: (state: SyncState, desired: DesiredObject) => void;
  /** Reads an object in full; null when it does not exist. */
  readonly read: (state: SyncState, desired: DesiredObject) => Promise<KubeObject | null>;
  /** The health of an object that is waited for is another one now. */
  readonly onHealth: (state: SyncState) => void;
}

/** A look at a GitSync that came to an end, for those that only look at health after it. */
export interface WholeLook {
  /** What the GitSync asked for, as {@link askOf} has it. */
  readonly ask: string;
  readonly summary: SyncSummary;
}

/** A revision that was refused for what it says. */
export interface RefusedRevision {
  readonly commit: string;
  readonly generation: number;
  readonly refusal: SyncRefusal;
  /** The keys that its SealedSecrets were tried with; absent when they have no part in the refusal. */
  readonly keys?: string;
  /** Of what was read from the cluster to render it. */
  readonly stamp?: string;
}

/** One GitSync. */
export class SyncState {
  /** `namespace/name`, the value of the owner annotation. */
  readonly owner: string;
  readonly uid: string;
  readonly request: Request;
  readonly keeper: ObjectKeeper;
  readonly health: HealthKeeper;
  readonly secrets = new SecretsWait();
  /** Null while one is under way, and before the first. */
  look: WholeLook | null = null;
  /** What the watch told of while a look was under way. */
  readonly changedMeanwhile = new Map<ObjectKey, ObjectIdentity>();
  /** Null until a revision was accepted. */
  enforced: EnforcedRevision | null = null;
  /** A revision that was refused for what it says, so that it is not rendered again; null when the last one was accepted. */
  refused: RefusedRevision | null = null;
  /** The revision that was brought, or is on its way, into place, for the history; null until the first round after a start. */
  attempt: SyncAttempt | null = null;
  /** The revision that could not be brought into place; another one is tried again as if nothing had failed before. */
  failing: string | null = null;
  /** Its revision waits for other GitSyncs, or cannot go on because of them. */
  isHeldByOthers = false;
  /** False until the stored Inventory was read. */
  isLoaded = false;
  readonly approvals = new Approvals();
  readonly losses = new KnownLosses();
  book = new InventoryBook();
  /** resourceVersion of the stored Inventory; null when there is none. */
  inventoryVersion: string | null = null;
  inventorySavedAtMs = 0;
  kinds: ServedKinds;
  cluster = '';
  /** Where its objects are looked at and written; null before the first look, and while that is not clear. */
  target: TargetCluster | null = null;
  /** What the GitSync asked for when it was given `target`. */
  targetAsk = '';
  readonly #isEnforcing: () => boolean;
  readonly #wait: HealthWait;
  #round: Pick<HealthRound, 'id' | 'objects'> | null = null;

  constructor(options: SyncStateOptions, kinds: ServedKinds) {
    this.owner = options.owner;
    this.uid = options.uid;
    this.request = options.request;
    this.kinds = kinds;
    this.#isEnforcing = options.isEnforcing;
    this.health = new HealthKeeper({
      hub: options.hub,
      nowMs: options.nowMs,
      read: (desired) => options.read(this, desired),
      onChange: () => options.onHealth(this),
    });
    this.#wait = new HealthWait(this.health);
    this.keeper = new ObjectKeeper({
      owner: options.owner,
      isOwnedBy: options.isOwnedBy,
      hub: options.hub,
      findDesired: (key) => this.findDesired(key),
      book: () => this.book,
      apply: async (desired, onUnchanged) => {
        const object = await options.apply(this, desired, onUnchanged);
        this.health.learn(desired, object);
        return object;
      },
      findDrift: (desired) => options.findDrift(this, desired),
      now: options.now,
      nowMs: options.nowMs,
      onDrifted: (...drift) => options.onDrifted(this, ...drift),
      onSettled: (record) => options.onSettled(this, record),
      onDeferred: (...deferral) => options.onDeferred(this, ...deferral),
      onTaken: (...taken) => options.onTaken(this, ...taken),
      onRepaired: (repair) => options.onRepaired(this, repair),
      onUnsettled: (desired) => options.onUnsettled(this, desired),
    });
  }

  /** What Git wants under `key`, or undefined when it wants nothing there or nothing may be written now. */
  findDesired(key: ObjectKey): DesiredObject | undefined {
    return this.#isEnforcing() ? this.enforced?.wanted.get(key) : undefined;
  }

  /** Works in another cluster, or as somebody else, from now on; what is known of the one before does not count any more. */
  moveTo(target: TargetCluster | null): void {
    this.stopWaiting();
    this.target = target;
    this.enforced = null;
    this.refused = null;
    this.look = null;
  }

  /** Where its objects are. Only to be asked after a cluster was reached. */
  get reached(): TargetCluster {
    if (this.target === null) throw new TypeError(`no cluster was reached for ${this.owner}`);
    return this.target;
  }

  /** How the objects that `health` looks at are doing, as part of the wait that `round` is. */
  waitFor(round: Pick<HealthRound, 'id' | 'objects'>, gitSync: GitSync, nowMs: number): HealthReport {
    this.#round = round;
    return this.#wait.report({ ...round, gitSync, nowMs });
  }

  /** How they are doing now; null when nothing is waited for. */
  reportHealth(gitSync: GitSync, nowMs: number): HealthReport | null {
    return this.#round === null ? null : this.#wait.report({ ...this.#round, gitSync, nowMs });
  }

  /** Nobody waits for health any more. */
  stopWaiting(): void {
    this.health.release();
    this.#wait.end();
    this.#round = null;
  }
}
