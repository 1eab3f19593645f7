/** @module The shortest way from one list of lines to another. */

/** What becomes of a line; kept lines are in both lists. */
export interface LineEdit {
  readonly kind: 'keep' | 'remove' | 'add';
  readonly line: string;
}

/** Lists that need more edits than this are shown as replaced: looking on would take time and memory with its square. */
const MAX_EDITS = 500;

/** Edits that turn `before` into `after`, the fewest that there are unless those are too many; removed lines stand before added ones. */
export function diffLines(before: readonly string[], after: readonly string[]): readonly LineEdit[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return [
    ...toEdits('keep', before.slice(0, start)),
    ...diffMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...toEdits('keep', before.slice(before.length - end)),
  ];
}

function toEdits(kind: LineEdit['kind'], lines: readonly string[]): LineEdit[] {
  return lines.map((line) => ({ kind, line }));
}

function diffMiddle(before: readonly string[], after: readonly string[]): readonly LineEdit[] {
  const trace = before.length === 0 || after.length === 0 ? null : searchShortest({ before, after });
  if (trace === null) return [...toEdits('remove', before), ...toEdits('add', after)];
  return removalsFirst(walkBack(trace, { before, after }));
}

/** Furthest reach in `before` by diagonal (place in `before` minus place in `after`). */
type Reach = ReadonlyMap<number, number>;

interface Lists {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Myers' greedy search: the reach with one edit less, for each number of edits; null when there would be too many. */
function searchShortest(lists: Lists): readonly Reach[] | null {
  const { before, after } = lists;
  const last = before.length - after.length;
  const trace: Reach[] = [];
  let reach: Reach = new Map([[1, 0]]);
  for (let edits = 0; edits <= MAX_EDITS; edits += 1) {
    trace.push(reach);
    reach = extend(reach, edits, lists);
    if (reachOf(reach, last) >= before.length) return trace;
  }
  return null;
}

function extend(reach: Reach, edits: number, { before, after }: Lists): Reach {
  const next = new Map<number, number>();
  for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
    let x = isDownward(reach, diagonal, edits) ? reachOf(reach, diagonal + 1) : reachOf(reach, diagonal - 1) + 1;
    while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x += 1;
    next.set(diagonal, x);
  }
  return next;
}

function isDownward(reach: Reach, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  return diagonal !== edits && reachOf(reach, diagonal - 1) < reachOf(reach, diagonal + 1);
}

function reachOf(reach: Reach, diagonal: number): number {
  return reach.get(diagonal) ?? 0;
}

/** From the end of both lists to their start, one edit and the kept lines behind it at a time. */
function walkBack(trace: readonly Reach[], { before, after }: Lists): LineEdit[] {
  const edits: LineEdit[] = [];
  let x = before.length;
  let y = after.length;
  const keepDownTo = (endX: number): void => {
    for (; x > endX; y -= 1) {
      x -= 1;
      edits.push({ kind: 'keep', line: before[x] ?? '' });
    }
  };
  for (let number = trace.length - 1; number > 0; number -= 1) {
    const reach = trace[number] ?? new Map();
    const isDown = isDownward(reach, x - y, number);
    const fromX = reachOf(reach, x - y + (isDown ? 1 : -1));
    keepDownTo(isDown ? fromX : fromX + 1);
    if (isDown) y -= 1;
    else x -= 1;
    edits.push(isDown ? { kind: 'add', line: after[y] ?? '' } : { kind: 'remove', line: before[x] ?? '' });
  }
  keepDownTo(0);
  return edits.reverse();
}

function removalsFirst(edits: readonly LineEdit[]): LineEdit[] {
  const ordered: LineEdit[] = [];
  const added: LineEdit[] = [];
  for (const edit of edits) {
    if (edit.kind === 'add') added.push(edit);
    else {
      if (edit.kind === 'keep') ordered.push(...added.splice(0));
      ordered.push(edit);
    }
  }
  return [...ordered, ...added];
}
