/** @module Work that goes on in other threads while its results are taken up. */

/** How far work is ahead of its results. */
export interface Ahead {
  /** So many items are started together: each that is started by itself has to wake a thread. */
  readonly size: number;
  /** So many groups are under way while the results of an earlier one are taken up. */
  readonly groups: number;
}

/**
 * The results of `start` for each of `items`, in their order. A failure of `items` is thrown at once, and one of `start` when the turn of its group comes.
 * `items` is left as it is then, and when no more results are wanted: whoever gave it may look at the rest.
 */
export async function* startAhead<Item, Result>(
  items: AsyncIterator<Item>,
  { size, groups }: Ahead,
  start: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<readonly Result[]>[] = [];
  let next: Item[] = [];
  const startNext = (): void => {
    const group = Promise.all(next.map(start));
    // Whose turn never comes fails unseen.
    group.catch(() => undefined);
    underWay.push(group);
    next = [];
  };
  for (let item = await items.next(); item.done !== true; item = await items.next()) {
    next.push(item.value);
    if (next.length < size) continue;
    startNext();
    for (const group of underWay.splice(0, underWay.length - groups)) yield* await group;
  }
  startNext();
  for (const group of underWay) yield* await group;
}
