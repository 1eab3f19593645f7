/** @module One line of the benchmark table, and the table as Markdown. */

/** A measurement of ours, of the peer's where one can be built, and of a bare loop where that is the floor. */
export interface BenchRow {
  readonly what: string;
  readonly ours: string;
  readonly peer: string;
  /** Peer divided by ours, or ours divided by a floor, said in words. */
  readonly ratio: string;
  /** What this stage asks for. */
  readonly goal: string;
}

/** The rows as a Markdown table. */
export function toMarkdown(rows: readonly BenchRow[]): string {
  const cells = rows.map((row) => [row.what, row.ours, row.peer, row.ratio, row.goal]);
  const head = ['what', 'Signet', 'beside it', 'ratio', 'goal'];
  const lines = [head, head.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

/** The middle of `values`; of an even number, the lower of the two. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The smallest of `values` that at least `share` of them do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Milliseconds for people: `12 ms`, `3.4 s`. */
export function showMs(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** `a` in units of `b`, such as `12.3 times`. */
export function showRatio(a: number, b: number): string {
  return `${(a / b).toFixed(1)} times`;
}

/** Bytes as megabytes. */
export function showMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
