/** @module Objects of one kind in memory, with the API server's rules for names and versions, for races that a real server cannot be asked to have. */
import type { ObjectReference } from '../../shared/kube/client.ts';
import { KubeError } from '../../shared/kube/errors.ts';
import type { ResourceType } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';

/** Get, create and replace as a KubeClient does them; `calls` lists what was asked. */
export class MemoryObjects {
  readonly calls: string[] = [];
  readonly #objects = new Map<string, KubeObject>();
  /** Called before each request; what it throws is the answer, and what it writes happened just before. */
  before: (verb: string) => void = () => undefined;
  #version = 0;

  /** Puts an object there, as somebody else would. */
  put(object: KubeObject): KubeObject {
    this.#version += 1;
    const uid = object.metadata.uid ?? `uid-${this.#version}`;
    const stored = { ...object, metadata: { ...object.metadata, uid, resourceVersion: `${this.#version}` } };
    this.#objects.set(keyOf(object.metadata), stored);
    return stored;
  }

  /** Takes an object away, as somebody else would. */
  remove(reference: ObjectReference): void {
    this.#objects.delete(keyOf(reference));
  }

  async get(_type: ResourceType, reference: ObjectReference): Promise<KubeObject | null> {
    this.#ask('get');
    return this.#objects.get(keyOf(reference)) ?? null;
  }

  async create(_type: ResourceType, object: KubeObject): Promise<KubeObject> {
    this.#ask('create');
    if (this.#objects.has(keyOf(object.metadata))) throw new KubeError('KUBE_ALREADY_EXISTS', 'it already exists');
    return this.put(object);
  }

  async replace(_type: ResourceType, object: KubeObject): Promise<KubeObject> {
    this.#ask('replace');
    const current = this.#objects.get(keyOf(object.metadata));
    if (current?.metadata.resourceVersion !== object.metadata.resourceVersion)
      throw new KubeError('KUBE_CONFLICT', 'stale');
    return this.put(object);
  }

  async mergePatch(
    _type: ResourceType,
    reference: ObjectReference,
    patch: Readonly<Record<string, unknown>>,
  ): Promise<KubeObject> {
    this.#ask('patch');
    const current = this.#objects.get(keyOf(reference));
    if (current === undefined) throw new KubeError('KUBE_NOT_FOUND', 'it does not exist');
    const wanted = (patch['metadata'] as { resourceVersion?: string } | undefined)?.resourceVersion;
    if (wanted !== undefined && wanted !== current.metadata.resourceVersion)
      throw new KubeError('KUBE_CONFLICT', 'stale');
    return this.put(merge(current, patch) as KubeObject);
  }

  #ask(verb: string): void {
    this.calls.push(verb);
    this.before(verb);
  }
}

/** RFC 7386. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const base = new Map(
    Object.entries(typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {}),
  );
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) base.delete(key);
    else if (value !== undefined) base.set(key, merge(base.get(key), value));
  }
  return Object.fromEntries(base);
}

function keyOf(reference: { readonly namespace?: string | undefined; readonly name?: string | undefined }): string {
  return `${reference.namespace ?? ''}/${reference.name ?? ''}`;
}
