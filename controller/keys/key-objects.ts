/** @module Follows the objects that sealing keys are made of: key Secrets, and the two public ConfigMaps. */
import type { KubeWatcher, ObjectWatch, WatchEvent } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { CONFIG_MAPS, type ResourceType, SECRETS } from '../../shared/kube/resource-type.ts';
import { KEY_LABEL, KEYS_CONFIG_MAP, REQUESTS_CONFIG_MAP } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { isNewerVersion } from '../../shared/resources/resource-version.ts';

/** What {@link KeyObjects} is made of. */
export interface KeyObjectsOptions {
  readonly client: KubeWatcher;
  readonly namespace: string;
  readonly prefix: string;
  /** Something changed, or the first look is complete. */
  onChange(): void;
  /** A list or watch failed; it goes on by itself. */
  onProblem(error: unknown): void;
  /** The right to read ConfigMaps is missing, as in roles made for sealed-secrets; told once, until it comes. */
  onConfigMapsRefused(error: unknown): void;
}

/** The watched objects by name, as last seen. */
export class KeyObjects {
  readonly #options: KeyObjectsOptions;
  /** With the key label, whatever its value: a Secret that is relabelled stays in sight. */
  readonly #labelled = new Map<string, KubeObject>();
  /** The Secret that has the bare prefix as its name and may lack the label. */
  readonly #legacy = new Map<string, KubeObject>();
  readonly #configMaps = new Map<string, KubeObject>();
  /** The uid of the object of each kind and name that was removed last. */
  readonly #removed = new Map<string, string | undefined>();
  #watches: readonly ObjectWatch[] = [];
  #configMapWatches: readonly ObjectWatch[] = [];
  #areConfigMapsRefused = false;

  constructor(options: KeyObjectsOptions) {
    this.#options = options;
  }

  /** Starts watching. */
  start(): void {
    const { prefix } = this.#options;
    this.#watches = [
      this.#watch(SECRETS, { labelSelector: KEY_LABEL }, this.#labelled),
      this.#watch(SECRETS, { fieldSelector: `metadata.name=${prefix}` }, this.#legacy),
    ];
    this.#configMapWatches = [KEYS_CONFIG_MAP, REQUESTS_CONFIG_MAP].map((name) =>
      this.#watch(CONFIG_MAPS, { fieldSelector: `metadata.name=${name}` }, this.#configMaps),
    );
  }

  /** Ends all watches. */
  stop(): void {
    for (const watch of [...this.#watches, ...this.#configMapWatches]) watch.stop();
  }

  /** True after the first complete look at everything that may be read: keys open Secrets also where they cannot be published. */
  isSynced(): boolean {
    const areSecretsKnown = this.#watches.length > 0 && this.#watches.every((watch) => watch.isSynced());
    return areSecretsKnown && (this.#areConfigMapsRefused || this.#areConfigMapsKnown());
  }

  /** False while the right to read ConfigMaps is missing: then there is nothing to publish into. */
  mayPublish(): boolean {
    return this.#areConfigMapsKnown();
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
    this.#note(this.#labelled, object);
  }

  /** Takes note of a ConfigMap that was just written, ahead of its watch event. */
  noteConfigMap(object: KubeObject): void {
    this.#note(this.#configMaps, object);
  }

  /** The answer to a write may come after the events that followed it: what was removed since would stay for ever. */
  #note(into: Map<string, KubeObject>, object: KubeObject): void {
    const { name = '', uid, resourceVersion } = object.metadata;
    if (uid !== undefined && this.#removed.get(`${object.kind}/${name}`) === uid) return;
    const known = into.get(name);
    if (known === undefined || isNewerVersion(resourceVersion, known.metadata.resourceVersion)) into.set(name, object);
  }

  #watch(
    type: ResourceType,
    selector: { labelSelector?: string; fieldSelector?: string },
    into: Map<string, KubeObject>,
  ): ObjectWatch {
    const { client, namespace, onChange, onProblem } = this.#options;
    const onEvent = ({ kind, object }: WatchEvent) => {
      const { name = '', uid } = object.metadata;
      if (kind === 'removed') {
        into.delete(name);
        this.#removed.set(`${object.kind}/${name}`, uid);
      } else into.set(name, object);
      onChange();
    };
    const onTrouble = (error: unknown): void => {
      if (type === CONFIG_MAPS && isKubeError(error, 'KUBE_FORBIDDEN')) this.#onConfigMapsRefused(error);
      else onProblem(error);
    };
    return client.watch(type, { namespace, ...selector }, { onEvent, onSynced: onChange, onProblem: onTrouble });
  }

  #areConfigMapsKnown(): boolean {
    return this.#configMapWatches.length > 0 && this.#configMapWatches.every((watch) => watch.isSynced());
  }

  #onConfigMapsRefused(error: unknown): void {
    if (this.#areConfigMapsRefused) return;
    this.#areConfigMapsRefused = true;
    this.#options.onConfigMapsRefused(error);
    this.#options.onChange();
  }
}
