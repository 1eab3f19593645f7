/** @module How two states of one object differ, field by field, for people. Works on what may be shown and masks nothing itself. */

import { canonicalJson, isSameJson } from '../encoding/json.ts';
import { shortenText } from '../encoding/shorten-text.ts';
import { ownValue } from '../encoding/value-kind.ts';
import { formatFieldPath } from './field-path.ts';
import type { ShownPair } from './shown-object.ts';

/** One difference. `path` is a JSON pointer; a side that is absent has no text. */
export interface FieldChange {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

const MAX_VALUE = 200;
/** Deeper values are compared as a whole. */
const MAX_DEPTH = 40;

type Fields = Readonly<Record<string, unknown>>;

/** The differences from `before` to `after`, sorted by path. Empty for an object that is new or goes away: all of it differs. */
export function objectChanges({ before, after }: ShownPair): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  if (before !== null && after !== null) collect({ path: '', before, after }, changes);
  return changes;
}

interface Pair {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

function collect(pair: Pair, changes: FieldChange[], depth = 0): void {
  const { path, before, after } = pair;
  if (isSameJson(before ?? null, after ?? null)) return;
  const left = toFields(before);
  const right = toFields(after);
  if (!left || !right || depth > MAX_DEPTH) {
    changes.push({ path, ...showSide('before', before), ...showSide('after', after) });
    return;
  }
  for (const name of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()) {
    const next = {
      path: `${path}${formatFieldPath([name])}`,
      before: ownValue(left, name),
      after: ownValue(right, name),
    };
    collect(next, changes, depth + 1);
  }
}

/** Objects and lists by their fields or positions; an absent side counts as empty where the other has fields. */
function toFields(value: unknown): Fields | null {
  if (value === undefined) return {};
  return typeof value === 'object' && value !== null ? (value as Fields) : null;
}

function showSide(side: 'before' | 'after', value: unknown): Partial<FieldChange> {
  if (value === undefined) return {};
  return { [side]: shortenText(canonicalJson(value), MAX_VALUE) };
}
