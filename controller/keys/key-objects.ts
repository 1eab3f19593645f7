/** @module Follows the objects that sealing keys are made of: key Secrets, and the two public ConfigMaps. */
import type { KubeWatcher, ObjectWatch, WatchEvent } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, type ResourceType, SECRETS } from '../../shared/kube/resource-type.ts';
import { KEY_LABEL, KEYS_CONFIG_MAP, REQUESTS_CONFIG_MAP } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';

/** What {@link KeyObjects} is made of. */
export interface KeyObjectsOptions {
  readonly client: KubeWatcher;
  readonly namespace: string;
  readonly prefix: string;
  /** Something changed, or the first look is complete. */
  onChange(): void;
  /** A list or watch failed; it goes on by itself. */
  onProblem(error: unknown): void;
}

/** The watched objects by name, as last seen. */
export class KeyObjects {
  readonly #options: KeyObjectsOptions;
  /** With the key label, whatever its value: a Secret that is relabelled stays in sight. */
  readonly #labelled = new Map<string, KubeObject>();
  /** The Secret that has the bare prefix as its name and may lack the label. */
  readonly #legacy = new Map<string, KubeObject>();
  readonly #configMaps = new Map<string, KubeObject>();
  #watches: readonly ObjectWatch[] = [];

  constructor(options: KeyObjectsOptions) {
    this.#options = options;
  }

  /** Starts watching. */
  start(): void {
    const { prefix } = this.#options;
    this.#watches = [
      this.#watch(SECRETS, { labelSelector: KEY_LABEL }, this.#labelled),
      this.#watch(SECRETS, { fieldSelector: `metadata.name=${prefix}` }, this.#legacy),
      this.#watch(CONFIG_MAPS, { fieldSelector: `metadata.name=${KEYS_CONFIG_MAP}` }, this.#configMaps),
      this.#watch(CONFIG_MAPS, { fieldSelector: `metadata.name=${REQUESTS_CONFIG_MAP}` }, this.#configMaps),
    ];
  }

  /** Ends all watches. */
  stop(): void {
    for (const watch of this.#watches) watch.stop();
  }

  /** True after the first complete look at everything. */
  isSynced(): boolean {
    return this.#watches.length > 0 && this.#watches.every((watch) => watch.isSynced());
  }

  /** Every Secret that is, or was, a key. */
  secrets(): readonly KubeObject[] {
    return [...new Map([...this.#legacy, ...this.#labelled]).values()];
  }

  /** The ConfigMap as last seen, or null. */
  configMap(name: string): KubeObject | null {
    return this.#configMaps.get(name) ?? null;
  }

  /** Takes note of a key Secret that was just written, ahead of its watch event. */
  noteSecret(object: KubeObject): void {
    this.#labelled.set(object.metadata.name ?? '', object);
  }

  /** Takes note of a ConfigMap that was just written, ahead of its watch event. */
  noteConfigMap(object: KubeObject): void {
    this.#configMaps.set(object.metadata.name ?? '', object);
  }

  #watch(
    type: ResourceType,
    selector: { labelSelector?: string; fieldSelector?: string },
    into: Map<string, KubeObject>,
  ): ObjectWatch {
    const { client, namespace, onChange, onProblem } = this.#options;
    const onEvent = ({ kind, object }: WatchEvent) => {
      if (kind === 'removed') into.delete(object.metadata.name ?? '');
      else into.set(object.metadata.name ?? '', object);
      onChange();
    };
    return client.watch(type, { namespace, ...selector }, { onEvent, onSynced: onChange, onProblem });
  }
}
