/** @module The GitSync and Inventory resources as Signet reads and writes them. */
import type { Condition } from './conditions.ts';
import type { KubeObject, ObjectIdentity } from './object-meta.ts';

/** Which revision of a repository; at most one field is set, and none means the remote's HEAD. */
export interface GitReference {
  readonly branch?: string;
  readonly tag?: string;
  /** Range of versions, such as `>=1.2 <2`: the newest tag in it. */
  readonly semver?: string;
  /** 40 or 64 hex digits. */
  readonly commit?: string;
}

/** Where the objects come from. */
export interface GitSyncSource {
  readonly url: string;
  readonly ref?: GitReference;
  /** Folder inside the repository; default: its root. */
  readonly path?: string;
  /** Patterns as in a gitignore file, relative to the root of the repository; they count before those of `.signetignore` files. */
  readonly ignore?: readonly string[];
  /** Which signatures a revision needs, and the Secret of the same namespace with the signers. */
  readonly verify?: { readonly mode: 'Head' | 'Tag' | 'TagAndHead'; readonly secretRef: { readonly name: string } };
  /** Secret of the same namespace: username and password, bearerToken, or identity and known_hosts; ca.crt, tls.crt and tls.key beside them. */
  readonly secretRef?: { readonly name: string };
}

/** A commit to hold in the place of what the reference names. */
export interface GitSyncPin {
  /** 40 or 64 hex digits. */
  readonly commit: string;
  /** What the reference named when the pin was set; it is let go at a newer commit. Absent: it holds until it is taken away. */
  readonly until?: string;
}

/** Who delivers, and so how deliveries are signed and what they look like. */
export type WebhookProvider = 'GitHub' | 'GitLab' | 'Gitea' | 'Bitbucket' | 'Generic';

/** Deliveries at `/hooks/<namespace>/<name>` that ask for a look at the source. */
export interface GitSyncWebhook {
  readonly provider: WebhookProvider;
  /** Secret of the same namespace whose key `token` deliveries are signed with. */
  readonly secretRef: { readonly name: string };
}

/** Fields of some objects that others may set. A part of the target that is left out fits everything. */
export interface IgnoreDifference {
  readonly target: {
    readonly kind: string;
    readonly group?: string;
    readonly name?: string;
    readonly namespace?: string;
  };
  /** JSON pointers (RFC 6901), such as `/spec/replicas`. */
  readonly paths: readonly string[];
}

/** Where the values of `${name}` come from; entries of `vars` win, and of `from` the last one. */
export interface GitSyncSubstitute {
  readonly vars?: Readonly<Record<string, string>>;
  /** Objects of the same namespace; each key of theirs is a variable. */
  readonly from?: readonly SubstituteSource[];
}

/** An object whose keys are variables. */
export interface SubstituteSource {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** Whether it may be missing; default false. */
  readonly optional?: boolean;
}

/** Put on every object. */
export interface CommonMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Another name, tag or digest for images of containers, as in a kustomization. */
export interface ImageChange {
  /** Without tag and digest. */
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  /** `sha256:…`. */
  readonly digest?: string;
}

/** `spec` of a GitSync. Durations are Go's text form, such as `90s` or `1m30s`. */
export interface GitSyncSpec {
  readonly source: GitSyncSource;
  /** Default `1m`. */
  readonly interval?: string;
  readonly webhook?: GitSyncWebhook;
  /** Longest time between two tries of what failed; default `5m`. */
  readonly retryInterval?: string;
  /** Whether objects that left Git are deleted; default false. */
  readonly prune?: boolean;
  readonly suspend?: boolean;
  readonly pin?: GitSyncPin;
  /** Namespace for namespaced objects that name none; default: the GitSync's own. */
  readonly targetNamespace?: string;
  /** Values for `${name}` in the files; without it, nothing is replaced. */
  readonly substitute?: GitSyncSubstitute;
  readonly commonMetadata?: CommonMetadata;
  readonly images?: readonly ImageChange[];
  /** Service account of the GitSync's namespace in whose name everything is done about its objects; default: as the controller is told. */
  readonly serviceAccountName?: string;
  /** Secret of the same namespace with a kubeconfig of the cluster to write to; default key: `value`, else `value.yaml`. */
  readonly kubeConfig?: { readonly secretRef: { readonly name: string; readonly key?: string } };
  /** Whether a revision is Ready only when its objects are healthy; default false. */
  readonly wait?: boolean;
  /** How long SealedSecrets, and with `wait` health, are waited for; default `5m`. */
  readonly timeout?: string;
  /** GitSyncs of the same namespace that have to be Ready before a new revision is applied. */
  readonly dependsOn?: readonly { readonly name: string; readonly namespace?: string }[];
  /** What becomes of changes that others make; default `Repair`. An object's own annotation wins. */
  readonly drift?: 'Repair' | 'Report' | 'Ignore';
  readonly ignoreDifferences?: readonly IgnoreDifference[];
  /** `maxDeletions`: count, or share such as `50%`; default `50%`, and only above ten objects. */
  readonly guard?: { readonly allowEmpty?: boolean; readonly maxDeletions?: number | string };
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

/** One object of what wants approval. `uid` is of the live object. */
export interface ApprovalEntry extends ObjectIdentity {
  readonly action: 'Delete' | 'Recreate';
  readonly uid: string;
  readonly reason?: string;
}

/** What wants approval, and the digest that approves just that. The digest is of all items, with those that are not listed. */
export interface ApprovalStatus {
  readonly digest: string;
  readonly commit: string;
  readonly items: readonly ApprovalEntry[];
  /** How many more items there are than are listed. */
  readonly more: number;
}

/** One object that is not as Git has it, and is left so: as it was asked for, or because of another writer. */
export interface SyncDrift {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** `Reported`: it is left as it is. `Contested`: another writer changes it back again and again. */
  readonly state: 'Reported' | 'Contested';
  /** RFC 3339, whole seconds. */
  readonly since: string;
  /** Which fields, and who changed them, as far as it is known. Never a value. */
  readonly message: string;
}

/**
 * One sync that changed something or could not: how one revision came, or did not come, into place under one version of the
 * specification. Texts of the commit are without control characters, and cut to a length.
 */
export interface SyncHistoryEntry {
  readonly revision: string;
  /** Of the GitSync. */
  readonly generation: number;
  /** First lines of the commit's message; absent when it could not be read. */
  readonly subject?: string;
  readonly author?: string;
  /** RFC 3339, whole seconds. */
  readonly startedAt: string;
  /** From the start to the end of the last round that had news, such as `1.204s`. */
  readonly duration: string;
  readonly created: number;
  readonly changed: number;
  readonly pruned: number;
  /** Objects, or places in files, that failed in the last round. */
  readonly failed: number;
  /** The reason of the Ready condition at the end. */
  readonly result: string;
}

/** `status` of a GitSync. Revisions read `branch@sha1:<commit>`. */
export interface GitSyncStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  readonly lastAttemptedRevision?: string;
  readonly lastAppliedRevision?: string;
  /** Repository and reference that `lastAppliedRevision` is of. */
  readonly lastAppliedSource?: string;
  readonly lastHandledReconcileAt?: string;
  readonly inventory?: { readonly name: string; readonly objects: number };
  readonly failures?: readonly SyncFailure[] | null;
  /** What is held until somebody approves it. */
  readonly approval?: ApprovalStatus | null;
  /** What keeps the revision from being healthy, each object with why. */
  readonly unhealthy?: readonly SyncFailure[] | null;
  /** What differs from Git and is left so, at most fifty. */
  readonly drifted?: readonly SyncDrift[] | null;
  /** The newest first, at most twenty. */
  readonly history?: readonly SyncHistoryEntry[];
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
export interface InventoryEntry extends ObjectIdentity {
  readonly version: string;
  readonly state: 'pending' | 'applied' | 'terminating';
  readonly digest?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** The record of what a GitSync owns: same name and namespace as the GitSync. */
export interface Inventory extends KubeObject {
  readonly kind: 'Inventory';
  readonly spec: {
    readonly entries: readonly InventoryEntry[];
    /** Address of the API server that has the objects; absent: the one that has the Inventory. */
    readonly cluster?: string;
  };
}
