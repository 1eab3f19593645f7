/**
 * @module Objects as kubeseal prints them: JSON with the fields in the order of the API's types and `<`, `>`, `&` escaped, or YAML
 * with sorted keys and a marker in front of each document.
 */
import { stringifyJson } from '../../shared/encoding/json.ts';
import { flagError } from './errors.ts';
import type { Fields } from './read-input.ts';
import { compareKeys } from './yaml-key-order.ts';
import { yamlText } from './yaml-text.ts';

/** The forms that `-o` knows. */
export const FORMATS = ['json', 'yaml'] as const;

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];

/** Fields in the order of the API's types; maps of the user's own keys, which Go sorts, are not listed. */
interface FieldOrder {
  readonly [field: string]: FieldOrder | null;
}

const METADATA: FieldOrder = {
  name: null,
  generateName: null,
  namespace: null,
  selfLink: null,
  uid: null,
  resourceVersion: null,
  generation: null,
  creationTimestamp: null,
  deletionTimestamp: null,
  deletionGracePeriodSeconds: null,
  labels: {},
  annotations: {},
  ownerReferences: null,
  finalizers: null,
  managedFields: null,
};

const SEALED_SECRET: FieldOrder = {
  kind: null,
  apiVersion: null,
  metadata: METADATA,
  spec: {
    template: { metadata: METADATA, type: null, immutable: null, data: {} },
    data: null,
    encryptedData: {},
  },
  status: null,
};

const SECRET: FieldOrder = {
  kind: null,
  apiVersion: null,
  metadata: METADATA,
  immutable: null,
  data: {},
  stringData: {},
  type: null,
};

/** Ways of sorting the keys that the user chose. */
type KeyOrder = (a: string, b: string) => number;

const byCodeUnit: KeyOrder = (a, b) => (a < b ? -1 : 1);

const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** The form that `-o` and the name of the result's file ask for. @throws KubesealError `KUBESEAL_USAGE` */
export function formatOf(format: string | undefined, file: string): Format {
  if (/\.ya?ml$/.test(file)) return 'yaml';
  switch ((format ?? 'json').toLowerCase()) {
    case '':
    case 'json':
      return 'json';
    case 'yaml':
      return 'yaml';
    default:
      throw flagError(`unsupported output format: ${format}`);
  }
}

/** SealedSecrets or Secrets as one text. */
export function objectsText(objects: readonly Fields[], format: Format): string {
  return objects.map((object) => objectText(object, format)).join('');
}

function objectText(object: Fields, format: Format): string {
  if (format === 'yaml') return `---\n${yamlText(ordered(object, {}, compareKeys))}`;
  const order = object['kind'] === 'Secret' ? SECRET : SEALED_SECRET;
  const json = jsonText(ordered(object, order, byCodeUnit), '\n');
  return `${json.replace(/[<>&\u2028\u2029]/g, (character) => ESCAPES[character] ?? character)}\n`;
}

/** `value` with the fields that `order` names first, and the rest sorted; as maps, since objects put keys such as `10` first. */
function ordered(value: unknown, order: FieldOrder | null, byKey: KeyOrder): unknown {
  if (Array.isArray(value)) return value.map((item) => ordered(item, {}, byKey));
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.keys(order ?? {}).filter((key) => Object.hasOwn(value, key));
  const others = Object.keys(value).filter((key) => !known.includes(key));
  const entries = [...known, ...others.sort(byKey)].map((key) => {
    const inner = Object.hasOwn(order ?? {}, key) ? (order?.[key] ?? {}) : {};
    return [key, ordered((value as Fields)[key], inner, byKey)] as const;
  });
  return new Map(entries.filter(([, entry]) => entry !== undefined));
}

/** Two spaces for each level; `lineBreak` ends lines at the level of `value`. */
function jsonText(value: unknown, lineBreak: string): string {
  const inner = `${lineBreak}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[${inner}${value.map((item) => jsonText(item, inner)).join(`,${inner}`)}${lineBreak}]`;
  }
  if (!(value instanceof Map)) return stringifyJson(value);
  if (value.size === 0) return '{}';
  const members = [...value].map(([key, entry]) => `${JSON.stringify(key)}: ${jsonText(entry, inner)}`);
  return `{${inner}${members.join(`,${inner}`)}${lineBreak}}`;
}
