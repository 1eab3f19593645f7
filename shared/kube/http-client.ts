/** @module KubeClient over HTTP: verbs become requests, answers become objects. */
import { stringifyJson } from '../encoding/json.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import { type Call, callOn } from './call.ts';
import type {
  DeleteOptions,
  KubeClient,
  KubeRawRequest,
  KubeRawResponse,
  ListOptions,
  ObjectList,
  ObjectReference,
  ObjectWatch,
  WatchHandler,
  WriteOptions,
} from './client.ts';
import { deletionOutcome, toDeleteBody } from './delete-object.ts';
import type { Discovery } from './discovery.ts';
import { isKubeError } from './errors.ts';
import { listPages } from './list-pages.ts';
import { ACCEPT_JSON, ACCEPT_METADATA, decodeBody, decodeObject, typedItem } from './object-json.ts';
import { collectionPath, objectPath, type Query, referenceOf } from './paths.ts';
import type { ResourceType } from './resource-type.ts';
import type { Sender } from './sender.ts';
import type { TransportRequest } from './transport.ts';

/** The parts that an {@link HttpKubeClient} is put together from. */
export interface HttpKubeClientDependencies {
  readonly sender: Sender;
  readonly discovery: Discovery;
  readonly startWatch: (type: ResourceType, options: Omit<ListOptions, 'signal'>, handler: WatchHandler) => ObjectWatch;
}

const CONTENT_JSON = 'application/json';
const CONTENT_MERGE_PATCH = 'application/merge-patch+json';
/** JSON is YAML; the server knows no other name for server-side apply. */
const CONTENT_APPLY_PATCH = 'application/apply-patch+yaml';

/** One cluster as one identity. */
export class HttpKubeClient implements KubeClient {
  readonly #sender: Sender;
  readonly #discovery: Discovery;
  readonly #startWatch: HttpKubeClientDependencies['startWatch'];
  readonly #watches = new Set<ObjectWatch>();
  #isClosed = false;

  constructor(dependencies: HttpKubeClientDependencies) {
    this.#sender = dependencies.sender;
    this.#discovery = dependencies.discovery;
    this.#startWatch = dependencies.startWatch;
  }

  async get(
    type: ResourceType,
    reference: ObjectReference,
    options: { metadataOnly?: boolean } = {},
  ): Promise<KubeObject | null> {
    const metadataOnly = options.metadataOnly === true;
    const headers = { accept: metadataOnly ? ACCEPT_METADATA : ACCEPT_JSON };
    try {
      const request = { method: 'GET', path: objectPath(type, reference), headers, replay: 'read' } as const;
      const answer = await this.#sender.send(callOn('get', type, reference), request);
      return metadataOnly ? typedItem(decodeBody(answer.body), type, true) : decodeObject(answer.body);
    } catch (error) {
      if (isKubeError(error, 'KUBE_NOT_FOUND')) return null;
      throw error;
    }
  }

  async list(type: ResourceType, options: ListOptions = {}): Promise<ObjectList> {
    const items: KubeObject[] = [];
    let resourceVersion = '';
    for await (const page of listPages(this.#sender, type, options)) {
      if (page === null) {
        items.length = 0;
        continue;
      }
      for (const item of page.items) items.push(item);
      resourceVersion = page.resourceVersion;
    }
    return { items, resourceVersion };
  }

  async create(
    type: ResourceType,
    object: KubeObject,
    options: Omit<WriteOptions, 'subresource'> = {},
  ): Promise<KubeObject> {
    const reference = referenceOf(object);
    const namespace = type.namespaced ? (reference.namespace ?? '') : undefined;
    return this.#write(callWith(options, callOn('create', type, reference, object)), {
      method: 'POST',
      path: collectionPath(type, namespace, writeQuery(options)),
      headers: { 'content-type': CONTENT_JSON },
      replay: 'once',
    });
  }

  async replace(type: ResourceType, object: KubeObject, options: WriteOptions = {}): Promise<KubeObject> {
    const reference = referenceOf(object);
    return this.#write(callWith(options, callOn('replace', type, reference, object)), {
      method: 'PUT',
      path: objectPath(type, reference, { subresource: options.subresource, query: writeQuery(options) }),
      headers: { 'content-type': CONTENT_JSON },
      replay: 'idempotent',
    });
  }

  async mergePatch(
    type: ResourceType,
    reference: ObjectReference,
    patch: Readonly<Record<string, unknown>>,
    options: WriteOptions = {},
  ): Promise<KubeObject> {
    return this.#write(callWith(options, callOn('patch', type, reference, patch)), {
      method: 'PATCH',
      path: objectPath(type, reference, { subresource: options.subresource, query: writeQuery(options) }),
      headers: { 'content-type': CONTENT_MERGE_PATCH },
      replay: 'idempotent',
    });
  }

  async apply(
    type: ResourceType,
    object: KubeObject,
    options: WriteOptions & { fieldManager: string },
  ): Promise<KubeObject> {
    const reference = referenceOf(object);
    const query = { ...writeQuery(options), force: true, fieldValidation: 'Strict' };
    return this.#write(callWith(options, callOn('apply', type, reference, object)), {
      method: 'PATCH',
      path: objectPath(type, reference, { subresource: options.subresource, query }),
      headers: { 'content-type': CONTENT_APPLY_PATCH },
      replay: 'idempotent',
    });
  }

  async delete(
    type: ResourceType,
    reference: ObjectReference,
    options: DeleteOptions = {},
  ): Promise<'deleted' | 'terminating' | 'absent'> {
    const body = toDeleteBody(options);
    try {
      const answer = await this.#sender.send(callOn('delete', type, reference), {
        method: 'DELETE',
        path: objectPath(type, reference),
        headers: { accept: ACCEPT_JSON, ...(body === undefined ? {} : { 'content-type': CONTENT_JSON }) },
        body,
        replay: 'idempotent',
      });
      return deletionOutcome(decodeBody(answer.body));
    } catch (error) {
      if (isKubeError(error, 'KUBE_NOT_FOUND')) return 'absent';
      throw error;
    }
  }

  watch(type: ResourceType, options: Omit<ListOptions, 'signal'>, handler: WatchHandler): ObjectWatch {
    const running = this.#startWatch(type, options, handler);
    const watch: ObjectWatch = {
      synced: running.synced,
      isSynced: () => running.isSynced(),
      stop: () => {
        this.#watches.delete(watch);
        running.stop();
      },
    };
    this.#watches.add(watch);
    if (this.#isClosed) watch.stop();
    return watch;
  }

  findType(apiVersion: string, kind: string): Promise<ResourceType | null> {
    return this.#discovery.findType(apiVersion, kind);
  }

  findTypeOfGroup(group: string, kind: string): Promise<ResourceType | null> {
    return this.#discovery.findTypeOfGroup(group, kind);
  }

  listNamespacedTypes(): Promise<readonly ResourceType[]> {
    return this.#discovery.listNamespacedTypes();
  }

  refresh(): void {
    this.#discovery.refresh();
  }

  async raw(request: KubeRawRequest): Promise<KubeRawResponse> {
    const replay = request.method === 'GET' ? 'read' : 'once';
    return this.#sender.transport.send({ ...request, replay, takesRefusals: true });
  }

  requestCount(): number {
    return this.#sender.transport.requestCount;
  }

  close(): void {
    this.#isClosed = true;
    for (const watch of this.#watches) watch.stop();
    this.#sender.transport.close();
  }

  async #write(call: Call, request: Omit<TransportRequest, 'body'>): Promise<KubeObject> {
    const headers = { accept: ACCEPT_JSON, ...request.headers };
    const answer = await this.#sender.send(call, { ...request, headers, body: stringifyJson(call.sent) });
    return decodeObject(answer.body);
  }
}

function callWith({ holdsSecrets }: WriteOptions, call: Call): Call {
  return holdsSecrets === true ? { ...call, holdsSecrets } : call;
}

function writeQuery(options: WriteOptions): Query {
  const { fieldManager, dryRun, fieldValidation } = options;
  return { fieldManager, dryRun: dryRun === true ? 'All' : undefined, fieldValidation };
}
