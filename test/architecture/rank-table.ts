/** @module The rank of every folder, read from the table in ARCHITECTURE.md, so that the document cannot go stale. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './source-files.ts';

/** A place that has a rank: a folder, or one of the few root files that count as a folder of their own. */
export interface Place {
  readonly path: string;
  readonly rank: number;
}

/** All rows of the table, one entry for each path that a row names. */
export function readRankTable(): readonly Place[] {
  const text = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8');
  const rows = [...text.matchAll(/^\|\s*(\d+)\s*\|([^|]+)\|/gm)];
  return rows.flatMap((row) =>
    [...(row[2] ?? '').matchAll(/`([^`]+)`/g)].map((place) => ({ path: place[1] ?? '', rank: Number(row[1]) })),
  );
}

/** The place that `file` belongs to, or undefined when the table has none for it. */
export function placeOf(table: readonly Place[], file: string): Place | undefined {
  const matches = table.filter((place) => file === place.path || file.startsWith(`${place.path}/`));
  return matches.toSorted((a, b) => b.path.length - a.path.length)[0];
}
