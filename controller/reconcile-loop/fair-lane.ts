/** @module Entries that wait to be taken: namespaces take turns, so that one with a thousand objects holds up no other. */

/** What a lane holds. */
export interface LaneEntry {
  readonly key: string;
  readonly request: { readonly namespace: string };
}

/** Of one namespace the entry that came first is taken first. Every operation takes the same time, however many wait. */
export class FairLane<E extends LaneEntry> {
  readonly #entries = new Map<string, E>();
  /** In the order of their turns; those without entries have none. */
  readonly #turns = new Map<string, Map<string, E>>();

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): E | undefined {
    return this.#entries.get(key);
  }

  /** A new entry comes last of its namespace, and a new namespace last of all. */
  add(entry: E): void {
    const { key, request } = entry;
    const waiting = this.#turns.get(request.namespace) ?? new Map<string, E>();
    this.#entries.set(key, entry);
    this.#turns.set(request.namespace, waiting.set(key, entry));
  }

  /** True when `key` was there. */
  delete(key: string): boolean {
    const namespace = this.#entries.get(key)?.request.namespace;
    if (namespace === undefined) return false;
    this.#entries.delete(key);
    const waiting = this.#turns.get(namespace);
    waiting?.delete(key);
    if (waiting?.size === 0) this.#turns.delete(namespace);
    return true;
  }

  /** Takes the first entry of the namespace whose turn it is, which then comes last; null when nothing waits. */
  take(): E | null {
    for (const [namespace, waiting] of this.#turns) {
      for (const entry of waiting.values()) {
        this.delete(entry.key);
        if (this.#turns.delete(namespace)) this.#turns.set(namespace, waiting);
        return entry;
      }
    }
    return null;
  }

  clear(): void {
    this.#entries.clear();
    this.#turns.clear();
  }
}
