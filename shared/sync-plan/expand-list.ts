/** @module Lists of objects in one document become the objects, as kubectl applies them. */
import { isMap, ownValue } from '../encoding/value-kind.ts';
import { describeValue, type Finding, finding } from './finding.ts';

/** One value of a document that is no list, or what is wrong with a list. */
export type ListItem =
  | { readonly value: unknown; readonly finding?: never }
  | { readonly finding: Finding; readonly value?: never };

const MAX_DEPTH = 8;

/** The values that `value` stands for: itself, or the items of a list, and of lists in it. Yields at its own pace: items are not copied. */
export function* expandList(value: unknown, depth = 0): Generator<ListItem> {
  const items = listItemsOf(value);
  if (items === null) {
    yield { value };
    return;
  }
  if (!Array.isArray(items)) {
    yield { finding: finding('RENDER_LIST_INVALID', `items is ${describeValue(items)}, and has to be a list`) };
    return;
  }
  if (depth >= MAX_DEPTH) {
    yield { finding: finding('RENDER_LIST_INVALID', `lists are nested more than ${MAX_DEPTH} deep`) };
    return;
  }
  for (const item of items) if (item !== null) yield* expandList(withItemType(value, item), depth + 1);
}

/**
 * The items when `value` is a list, and null when it is an object. `kind: List` always is one; other kinds whose name ends so are
 * one only with a list of items, or with empty items and nothing else: a kind may well be called AllowList.
 */
function listItemsOf(value: unknown): unknown {
  if (!isMap(value) || !Object.hasOwn(value, 'items')) return null;
  const [apiVersion, kind, items] = [ownValue(value, 'apiVersion'), ownValue(value, 'kind'), value['items']];
  if (typeof kind !== 'string' || !kind.endsWith('List')) return null;
  if (Array.isArray(items)) return items;
  const isList = (kind === 'List' && apiVersion === 'v1') || (items === null && Object.keys(value).every(isListField));
  return isList ? (items ?? []) : null;
}

function isListField(field: string): boolean {
  return ['apiVersion', 'kind', 'metadata', 'items'].includes(field);
}

/** An API server leaves apiVersion and kind out of the items of a typed list. */
function withItemType(list: unknown, item: unknown): unknown {
  if (!isMap(list) || !isMap(item) || Object.hasOwn(item, 'kind')) return item;
  const kind = String(list['kind']).slice(0, -'List'.length);
  return kind === '' ? item : { apiVersion: list['apiVersion'], kind, ...item };
}
