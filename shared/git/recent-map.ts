/** @module A memory that forgets: of what was written, the newest entries are kept. */

const REMEMBERED = 32;

/** Texts to values, the 32 that were set last. */
export class RecentMap<T> {
  readonly #entries = new Map<string, T>();

  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  /** Adds an entry as the newest. */
  set(key: string, value: T): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > REMEMBERED && oldest !== undefined) this.#entries.delete(oldest);
  }
}
