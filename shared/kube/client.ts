/**
 * @module What Signet asks of a Kubernetes API server, split into narrow parts so that a caller takes only what it
 * uses. Objects are raw JSON both ways: no field is dropped, added or renamed.
 */
import type { KubeObject } from '../resources/object-meta.ts';
import type { ResourceType } from './resource-type.ts';

/** Name of one object of a type; `namespace` is left out for cluster-scoped types. */
export interface ObjectReference {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Which objects of a type. */
export interface ListOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Fetch only apiVersion, kind and metadata (PartialObjectMetadata). */
  readonly metadataOnly?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A whole list: pages have been followed to the end. */
export interface ObjectList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
}

/** Reads single objects and lists. Throws KubeError. */
export interface KubeReader {
  /** The object, or null when the server says that it, or its kind, does not exist. */
  get(type: ResourceType, reference: ObjectReference, options?: { metadataOnly?: boolean }): Promise<KubeObject | null>;
  /** All matching objects; `apiVersion` and `kind` are filled in on every item. */
  list(type: ResourceType, options?: ListOptions): Promise<ObjectList>;
}

/** How a write is recorded. */
export interface WriteOptions {
  readonly fieldManager?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly subresource?: 'status' | undefined;
  /** `Strict` has fields that the kind does not know refused; without it they are dropped. An apply is always strict. */
  readonly fieldValidation?: 'Strict' | undefined;
  /** The object holds values of Secrets and is none: errors say as little as they do of a Secret. */
  readonly holdsSecrets?: boolean | undefined;
}

/** How an object is deleted. A precondition that does not hold is KubeError `KUBE_CONFLICT`. */
export interface DeleteOptions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan' | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Writes single objects. Throws KubeError; a refused write of any kind carries no value of the object in its message. */
export interface KubeWriter {
  /** POST. `KUBE_ALREADY_EXISTS` when the name is taken. */
  create(type: ResourceType, object: KubeObject, options?: Omit<WriteOptions, 'subresource'>): Promise<KubeObject>;
  /** PUT; with `metadata.resourceVersion` set a stale one is `KUBE_CONFLICT`. */
  replace(type: ResourceType, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /** JSON merge patch (RFC 7386). */
  mergePatch(
    type: ResourceType,
    reference: ObjectReference,
    patch: Readonly<Record<string, unknown>>,
    options?: WriteOptions,
  ): Promise<KubeObject>;
  /** Server-side apply, forced, with strict field validation. */
  apply(type: ResourceType, object: KubeObject, options: WriteOptions & { fieldManager: string }): Promise<KubeObject>;
  /** `absent` when it was gone already, `terminating` when finalizers or foreground deletion keep it for now. */
  delete(
    type: ResourceType,
    reference: ObjectReference,
    options?: DeleteOptions,
  ): Promise<'deleted' | 'terminating' | 'absent'>;
}

/** One change in a watched set. For `removed` the object is its last known state, of which metadata is certain. */
export interface WatchEvent {
  readonly kind: 'added' | 'changed' | 'removed';
  readonly object: KubeObject;
}

/** Receives a watched set. None of the functions may throw; they enqueue and return. */
export interface WatchHandler {
  /** Every object of the first list arrives as `added`; a relist is turned into differences. */
  onEvent(event: WatchEvent): void;
  /** Once, after the first complete list was delivered. */
  onSynced(): void;
  /** Each time that a list or a watch failed; the watch goes on by itself, for ever, with backoff. */
  onProblem(error: unknown): void;
  /** The server was away, or refused to work, and answers again. */
  onRecovered?(): void;
}

/** A watch that is under way. */
export interface ObjectWatch {
  /** Resolves after the first complete list, and also when the watch is stopped before it. */
  readonly synced: Promise<void>;
  isSynced(): boolean;
  /** No handler is called after it returns. */
  stop(): void;
}

/** Follows sets of objects. */
export interface KubeWatcher {
  watch(type: ResourceType, options: Omit<ListOptions, 'signal'>, handler: WatchHandler): ObjectWatch;
}

/** Finds the path and scope of kinds. */
export interface KubeDiscovery {
  /** The served type, asking the server again when the answer is not known or more than some minutes old; null when it is not served. */
  findType(apiVersion: string, kind: string): Promise<ResourceType | null>;
  /** The type under the group's preferred version that is served for this group and kind; null when none is. */
  findTypeOfGroup(group: string, kind: string): Promise<ResourceType | null>;
  /** Forgets everything, as after a CRD was applied. */
  refresh(): void;
}

/** Tells which kinds there are. */
export interface KubeKindList {
  /**
   * Every kind that lives in namespaces, each in the version that its group prefers, as the server says now.
   * @throws KubeError `KUBE_SERVER_ERROR` while a server behind one of the groups does not answer, since kinds may be missing
   */
  listNamespacedTypes(): Promise<readonly ResourceType[]>;
}

/** A plain request to a path of the API server, such as its service proxy; any status is an answer, not an error. */
export interface KubeRawRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Answers longer than this are refused with KubeError `KUBE_TOO_LARGE`. */
  readonly maxBytes: number;
  /** Deadline, from the moment that it is sent; default: the client's. */
  readonly timeoutMs?: number;
}

/** Answer to a {@link KubeRawRequest}. */
export interface KubeRawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** All of it, on one set of connections. */
export interface KubeClient extends KubeReader, KubeWriter, KubeWatcher, KubeDiscovery, KubeKindList {
  raw(request: KubeRawRequest): Promise<KubeRawResponse>;
  /** Number of requests sent since the start, watches included; for metrics and benchmarks. */
  requestCount(): number;
  /** Ends all watches and connections. */
  close(): void;
}
