/** @module Which of many named places a built name comes from: kustomize puts prefixes, suffixes and hashes around names. */

/** Comparisons that are left; names are compared one by one only while there are some. */
export interface ComparisonBudget {
  comparisons: number;
}

/** No server takes a longer name, and looking into one takes its time. */
const MAX_NAME = 253;
const HASH = /-[a-z0-9]{10}$/;

/** Places by their names. */
export class NamedPlaces<Place> {
  /** The first place of each name. */
  readonly #places = new Map<string, Place>();
  #longestFirst: readonly string[] | undefined;

  /** Adds a place; one without a name is never found. */
  add(name: string, place: Place): void {
    if (name !== '' && !this.#places.has(name)) this.#places.set(name, place);
  }

  /** The place whose name is the longest that is in `built`; undefined when there is none, or when finding it would take more than `budget` has. */
  find(built: string, budget: ComparisonBudget): Place | undefined {
    const known = this.#places.get(built) ?? this.#places.get(built.replace(HASH, ''));
    if (known !== undefined || built.length > MAX_NAME) return known;
    this.#longestFirst ??= [...this.#places.keys()].sort((a, b) => b.length - a.length);
    for (const name of this.#longestFirst) {
      budget.comparisons -= 1;
      if (budget.comparisons < 0) return undefined;
      if (built.includes(name)) return this.#places.get(name);
    }
    return undefined;
  }
}
