/** @module The GitSync and Inventory resources as Signet reads and writes them. */
import type { Condition } from './conditions.ts';
import type { KubeObject } from './object-meta.ts';

/** Which revision of a repository; at most one field is set, and none means the remote's HEAD. */
export interface GitReference {
  readonly branch?: string;
  readonly tag?: string;
  /** 40 or 64 hex digits. */
  readonly commit?: string;
}

/** Where the objects come from. */
export interface GitSyncSource {
  readonly url: string;
  readonly ref?: GitReference;
  /** Folder inside the repository; default: its root. */
  readonly path?: string;
  /** Secret of the same namespace: username and password, bearerToken, or identity and known_hosts; ca.crt beside them. */
  readonly secretRef?: { readonly name: string };
}

/** `spec` of a GitSync. Durations are Go's text form, such as `90s` or `1m30s`. */
export interface GitSyncSpec {
  readonly source: GitSyncSource;
  /** Default `1m`. */
  readonly interval?: string;
  /** Whether objects that left Git are deleted; default false. */
  readonly prune?: boolean;
  readonly suspend?: boolean;
  /** Namespace for namespaced objects that name none; default: the GitSync's own. */
  readonly targetNamespace?: string;
  readonly guard?: { readonly allowEmpty?: boolean };
}

/** One object that failed, and where in Git it stands. */
export interface SyncFailure {
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
  readonly message: string;
}

/** `status` of a GitSync. Revisions read `branch@sha1:<commit>`. */
export interface GitSyncStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  readonly lastAttemptedRevision?: string;
  readonly lastAppliedRevision?: string;
  readonly lastHandledReconcileAt?: string;
  readonly inventory?: { readonly name: string; readonly objects: number };
  readonly failures?: readonly SyncFailure[] | null;
}

/** A GitSync object, `signet.dev/v1alpha1`. */
export interface GitSync extends KubeObject {
  readonly kind: 'GitSync';
  readonly spec: GitSyncSpec;
  readonly status?: GitSyncStatus;
}

/**
 * One owned object. `digest` is of what Git wanted when it was last proven in place, `resourceVersion` the live
 * one at that moment: while both still hold, nothing needs to be sent.
 */
export interface InventoryEntry {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly state: 'pending' | 'applied' | 'terminating';
  readonly digest?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** The record of what a GitSync owns: same name and namespace as the GitSync. */
export interface Inventory extends KubeObject {
  readonly kind: 'Inventory';
  readonly spec: { readonly entries: readonly InventoryEntry[] };
}
