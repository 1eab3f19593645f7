/** @module Every API group, label, annotation, finalizer and object name that Signet reads or writes, once. */

/** API version of SealedSecret, as the field knows it. */
export const SEALED_SECRET_API_VERSION = 'bitnami.com/v1alpha1';
/** Kind of a sealed Secret. */
export const SEALED_SECRET_KIND = 'SealedSecret';
/** API version of Signet's own kinds, `GitSync` and `Inventory`. */
export const SIGNET_API_VERSION = 'signet.dev/v1alpha1';
/** Kind of one repository path kept equal to the cluster. */
export const GIT_SYNC_KIND = 'GitSync';
/** Kind of the record of what a GitSync owns. */
export const INVENTORY_KIND = 'Inventory';

/** Scope annotation of a SealedSecret or Secret; only the exact text `"true"` counts. Wins over namespace-wide. */
export const CLUSTER_WIDE_ANNOTATION = 'sealedsecrets.bitnami.com/cluster-wide';
/** Scope annotation of a SealedSecret or Secret; only the exact text `"true"` counts. */
export const NAMESPACE_WIDE_ANNOTATION = 'sealedsecrets.bitnami.com/namespace-wide';
/** On an existing Secret: a SealedSecret of its name may take it over. Only `"true"` counts. */
export const MANAGED_ANNOTATION = 'sealedsecrets.bitnami.com/managed';
/** On an existing Secret: a SealedSecret of its name may add and change keys, and removes none. Only `"true"` counts. */
export const PATCH_ANNOTATION = 'sealedsecrets.bitnami.com/patch';
/** In a SealedSecret's template: the Secret gets no ownerReference. Only `"true"` counts. */
export const SKIP_OWNER_ANNOTATION = 'sealedsecrets.bitnami.com/skip-set-owner-references';
/** On a SealedSecret: what it was sealed with and for, as a public hint; shared/sealing/receipt.ts has its form. */
export const RECEIPT_ANNOTATION = 'signet.dev/receipt';
/** On a SealedSecret: what becomes of edits that others make to its Secret: `repair` (also without it), `report` or `ignore`. On any other synced object: the same of edits to itself. */
export const DRIFT_ANNOTATION = 'signet.dev/drift';
/** On a SealedSecret in Git: `disabled` has it neither tried before a sync nor waited for, since another controller looks after it. */
export const PREFLIGHT_ANNOTATION = 'signet.dev/preflight';
/** On a SealedSecret or in its template: `allow` has templates print `<no value>` for what is missing, as sealed-secrets does. */
export const TEMPLATE_MISSING_ANNOTATION = 'signet.dev/template-missing';
/** The one value of {@link TEMPLATE_MISSING_ANNOTATION} that counts. */
export const TEMPLATE_MISSING_ALLOW = 'allow';
/** Label of a key Secret; `active` keys are loaded by either controller. */
export const KEY_LABEL = 'sealedsecrets.bitnami.com/sealed-secrets-key';
/** Value of {@link KEY_LABEL} on a key that is in use. */
export const KEY_LABEL_ACTIVE = 'active';
/** Value of {@link KEY_LABEL} on a key that was taken out of use: neither controller loads it. */
export const KEY_LABEL_RETIRED = 'retired';
/** On a retired key Secret: the RFC 3339 instant of its retirement. */
export const RETIRED_AT_ANNOTATION = 'signet.dev/retired-at';
/** On a key Secret: the RFC 3339 instant at which a backup of it was confirmed. Counts only beside a right {@link BACKED_UP_FINGERPRINT_ANNOTATION}. */
export const BACKED_UP_AT_ANNOTATION = 'signet.dev/backed-up-at';
/** On a key Secret: fingerprint of the key that was backed up, so that the confirmation does not outlive a change of the key. */
export const BACKED_UP_FINGERPRINT_ANNOTATION = 'signet.dev/backed-up-fingerprint';
/** On a key Secret inside of a backup: fingerprint of its key. It has no meaning in a cluster. */
export const KEY_FINGERPRINT_ANNOTATION = 'signet.dev/fingerprint';
/** Default prefix of the names of key Secrets; a Secret of exactly this name is a key without a label, too. */
export const DEFAULT_KEY_PREFIX = 'sealed-secrets-key';

/** ConfigMap in the controller's namespace with its certificates and the state of each key; written by the controller only. */
export const KEYS_CONFIG_MAP = 'signet-keys';
/** Empty ConfigMap in the controller's namespace on which a person asks for a rotation. */
export const REQUESTS_CONFIG_MAP = 'signet-requests';
/** Secret in the controller's namespace with the HMAC key of content digests. */
export const DIGEST_KEY_SECRET = 'signet-digest-key';
/** On {@link REQUESTS_CONFIG_MAP}: an RFC 3339 instant; each later value asks for one new sealing key. Recorded on the key Secret that answers it. */
export const ROTATE_REQUESTED_ANNOTATION = 'signet.dev/rotate-requested-at';
/** On a GitSync: any new text asks for a reconcile now; acknowledged in `status.lastHandledReconcileAt`. */
export const RECONCILE_REQUESTED_ANNOTATION = 'signet.dev/reconcile-requested-at';
/** On a GitSync: the full id of a commit that may follow although the history was rewritten. Any other text is ignored. */
export const ACCEPT_REWRITE_ANNOTATION = 'signet.dev/accept-rewrite';
/** On a GitSync whose cluster changed: the address of the one before, where its objects may stay. Any other text is ignored. */
export const LEAVE_CLUSTER_ANNOTATION = 'signet.dev/leave-cluster';
/** On an applied object: `namespace/name` of the GitSync that owns it. */
export const OWNER_ANNOTATION = 'signet.dev/git-sync';
/** On an applied object: `disabled` keeps it in the cluster when it leaves Git. */
export const PRUNE_ANNOTATION = 'signet.dev/prune';
/** On an applied object, as Git has it: `allowed` lets it be deleted and made anew where it cannot be changed in place. */
export const RECREATE_ANNOTATION = 'signet.dev/recreate';
/** On a GitSync: the digest of the one plan whose deletions are approved. Any other text is ignored. */
export const APPROVE_ANNOTATION = 'signet.dev/approve';
/** On a synced object: `if-absent` makes it when it is missing and never changes it; `merge` leaves people the fields that they applied before. */
export const APPLY_ANNOTATION = 'signet.dev/apply';
/** On a synced object, in Git or live: `disabled` has it left alone, neither changed nor pruned. */
export const RECONCILE_ANNOTATION = 'signet.dev/reconcile';
/** On an applied object: the wave in which it is applied, a whole number; lower ones first, none is 0. */
export const WAVE_ANNOTATION = 'signet.dev/wave';
/** On a ConfigMap in Git: `signet check opengitops --probe` may edit this annotation, and no other, to see it undone. */
export const PROBE_ANNOTATION = 'signet.dev/probe';
/** Finalizer of a GitSync: its inventory is pruned, or let go, before it disappears. */
export const GIT_SYNC_FINALIZER = 'signet.dev/prune';

/** Field manager of Secrets that the unsealer writes. */
export const UNSEAL_FIELD_MANAGER = 'signet-unseal';
/** Field manager of objects that the sync engine applies. */
export const SYNC_FIELD_MANAGER = 'signet-sync';
/** Field manager of what a person changes with `signet`. */
export const CLI_FIELD_MANAGER = 'signet-cli';
/** Field manager of status, inventories, events and other records of the controller. */
export const CONTROLLER_FIELD_MANAGER = 'signet-controller';

/** Namespace that Signet's manifests put the controller into. */
export const DEFAULT_SIGNET_NAMESPACE = 'signet-system';
/** Namespaces in which the CLI looks for a controller when none is named, in this order. */
export const DEFAULT_CONTROLLER_NAMESPACES: readonly string[] = [DEFAULT_SIGNET_NAMESPACE, 'kube-system'];
