/** @module How two states of one object differ, field by field, for people. Values of Secrets are masked here and nowhere else. */
import { canonicalJson, isSameJson } from '../encoding/json.ts';
import { ownValue } from '../encoding/value-kind.ts';
import type { KubeObject } from '../resources/object-meta.ts';

/** One difference. `path` is a JSON pointer; a side that is absent has no text. */
export interface FieldChange {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

/** Stands for every value of a Secret: not even its length is shown. */
const MASK = '***';

const MAX_VALUE = 200;
/** Deeper values are compared as a whole. */
const MAX_DEPTH = 40;
/** Copies of whole objects, which may be Secrets; no one edits them by hand. */
const UNSHOWN_ANNOTATIONS: readonly string[] = ['kubectl.kubernetes.io/last-applied-configuration'];

type Fields = Readonly<Record<string, unknown>>;

/** The differences from `before` to `after`, sorted by path. Of the metadata only labels and annotations count; the status does not. */
export function objectChanges(before: KubeObject, after: KubeObject): readonly FieldChange[] {
  const isSecret = after.kind === 'Secret' && after.apiVersion === 'v1';
  const changes: FieldChange[] = [];
  collect({ path: '', before: comparable(before), after: comparable(after) }, changes);
  return isSecret ? changes.map(maskSecretValue) : changes;
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
    const next = { path: `${path}/${escapePointer(name)}`, before: ownValue(left, name), after: ownValue(right, name) };
    collect(next, changes, depth + 1);
  }
}

/** Objects and lists by their fields or positions; an absent side counts as empty where the other has fields. */
function toFields(value: unknown): Fields | null {
  if (value === undefined) return {};
  return typeof value === 'object' && value !== null ? (value as Fields) : null;
}

function comparable(object: KubeObject): Fields {
  const { metadata, status: _status, ...rest } = object;
  const annotations = Object.entries(metadata.annotations ?? {}).filter(
    ([name]) => !UNSHOWN_ANNOTATIONS.includes(name),
  );
  return { ...rest, metadata: { labels: metadata.labels ?? {}, annotations: Object.fromEntries(annotations) } };
}

function maskSecretValue(change: FieldChange): FieldChange {
  if (!/^\/(data|stringData)(\/|$)/.test(change.path)) return change;
  return {
    path: change.path,
    ...(change.before === undefined ? {} : { before: MASK }),
    ...(change.after === undefined ? {} : { after: MASK }),
  };
}

function showSide(side: 'before' | 'after', value: unknown): Partial<FieldChange> {
  if (value === undefined) return {};
  const text = canonicalJson(value);
  return { [side]: text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE)}…` };
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
