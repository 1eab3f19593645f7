/**
 * @module One kustomization file: what it refers to, and what of it is refused before any program sees it. Only fields and forms that are known are
 * let through, by their exact names: kustomize itself also takes them in other letter cases.
 */
import { decodeUtf8 } from '../encoding/bytes.ts';
import { stringifyJson } from '../encoding/json.ts';
import { isMap, ownValue } from '../encoding/value-kind.ts';
import { parseDocuments } from '../encoding/yaml-documents.ts';
import { CodedError } from '../errors/coded-error.ts';
import { EntryLines } from './entry-lines.ts';
import type { KustomizationProblem } from './kustomization-tree.ts';
import { checkPluginConfig } from './plugin-config.ts';
import { pathsOf } from './plugin-paths.ts';
import type { ReadingBudget } from './reading-budget.ts';
import { isInline, type KustomizationReference, type ReferenceTarget, toReference } from './reference.ts';

/** What a kustomization file says, as far as it matters before it is built. */
export interface ReadKustomization {
  readonly references: readonly KustomizationReference[];
  readonly problems: readonly KustomizationProblem[];
  /** The file as the program gets it: JSON of exactly what was checked. */
  readonly rewritten: string;
  readonly keepsOrigins: boolean;
}

/** How a file is rewritten. */
export interface ReadOptions {
  /** True for the kustomization that is built: only there origins can be asked for. */
  readonly isRoot: boolean;
  /** Once it is exceeded, nothing that is returned is whole. */
  readonly budget: ReadingBudget;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields without any path. */
const PLAIN_FIELDS: ReadonlySet<string> = new Set([
  ...['apiVersion', 'kind', 'metadata', 'namePrefix', 'nameSuffix', 'namespace', 'commonLabels', 'labels'],
  ...[
    'commonAnnotations',
    'images',
    'imageTags',
    'replicas',
    'vars',
    'sortOptions',
    'generatorOptions',
    'buildMetadata',
  ],
]);
/** Lists of paths. */
const PATH_FIELDS: ReadonlyMap<string, ReferenceTarget> = new Map([
  ['resources', 'either'],
  ['bases', 'folder'],
  ['components', 'folder'],
  ['crds', 'file'],
  ['configurations', 'file'],
]);
/** Lists of paths and of settings that stand in the file itself. */
const CONFIG_FIELDS: ReadonlySet<string> = new Set(['generators', 'transformers', 'validators']);
/** Lists of maps that may name files, and the keys that such a map may have. */
const MAP_FIELDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    patches: ['path', 'patch', 'target', 'options'],
    patchesJson6902: ['path', 'patch', 'target', 'options'],
    replacements: ['path', 'source', 'targets'],
    configMapGenerator: ['name', 'namespace', 'behavior', 'files', 'literals', 'envs', 'env', 'options'],
    secretGenerator: ['name', 'namespace', 'behavior', 'files', 'literals', 'envs', 'env', 'options', 'type'],
  }).map(([field, keys]) => [field, new Set(keys)]),
);
const HELM_FIELDS: ReadonlySet<string> = new Set(['helmCharts', 'helmGlobals', 'helmChartInflationGenerator']);
const ORIGINS = 'originAnnotations';

/** How Helm charts get into a GitSync. */
export const HELM_HINT = 'render the chart with `helm template` in CI, and commit its output';

/** Reads the kustomization file at `file`. */
export function readKustomization(file: string, bytes: Uint8Array, { isRoot, budget }: ReadOptions): ReadKustomization {
  const nothing = { references: [], problems: [], rewritten: '', keepsOrigins: false };
  if (!budget.takeText(bytes.length)) return nothing;
  const parsed = parseOne(file, bytes);
  if (parsed.problem !== undefined) return { ...nothing, problems: [parsed.problem] };
  const { value, text } = parsed;
  if (!budget.takeExpansion(value, text.length)) return nothing;
  const reader = new Reader(file, text, budget);
  for (const [field, part] of Object.entries(value))
    if (part !== null && part !== undefined && budget.takeEntry()) reader.readField(field, part);
  const metadata: unknown = ownValue(value, 'buildMetadata');
  const wanted = Array.isArray(metadata) ? metadata : [];
  const keepsOrigins = wanted.includes(ORIGINS);
  const rewritten = isRoot && !keepsOrigins ? { ...value, buildMetadata: [...wanted, ORIGINS] } : value;
  return { ...reader.result(), rewritten: stringifyJson(rewritten), keepsOrigins };
}

type ParsedFile =
  | { readonly value: Fields; readonly text: string; readonly problem?: never }
  | { readonly problem: KustomizationProblem };

/** The single map that a kustomization file holds. */
function parseOne(file: string, bytes: Uint8Array): ParsedFile {
  const text = decodeUtf8(bytes);
  if (text === null) return { problem: { file, message: 'the kustomization file is no UTF-8 text' } };
  try {
    const documents = parseDocuments(text, { where: 'the kustomization file' });
    const [first] = documents;
    if (documents.length === 1 && isMap(first?.value)) return { value: first.value, text };
    return { problem: { file, message: 'the kustomization file has to hold one map, and nothing else' } };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { problem: { file, message: error.message } };
  }
}

/** Collects the references of one file. */
class Reader {
  readonly #file: string;
  readonly #lines: EntryLines;
  readonly #budget: ReadingBudget;
  readonly #references: KustomizationReference[] = [];
  readonly #problems: KustomizationProblem[] = [];

  constructor(file: string, text: string, budget: ReadingBudget) {
    this.#file = file;
    this.#lines = new EntryLines(text);
    this.#budget = budget;
  }

  result(): Pick<ReadKustomization, 'references' | 'problems'> {
    return { references: this.#references, problems: this.#problems };
  }

  readField(field: string, value: unknown): void {
    if (PLAIN_FIELDS.has(field)) return;
    const target = PATH_FIELDS.get(field);
    const keys = MAP_FIELDS.get(field);
    if (HELM_FIELDS.has(field)) this.#refuse(field, `${field} is refused: Helm charts are not rendered`, HELM_HINT);
    else if (target !== undefined) this.#readTexts(field, value, (text) => this.#refer(field, text, target));
    else if (CONFIG_FIELDS.has(field)) this.#readTexts(field, value, (text) => this.#readConfig(field, text));
    else if (keys !== undefined) this.#readMaps(field, value, keys);
    else if (field === 'patchesStrategicMerge') this.#readTexts(field, value, (text) => this.#readPatch(field, text));
    else if (field === 'openapi') this.#readMap(field, value, new Set(['path', 'version']));
    else this.#refuse(field, `field ${JSON.stringify(field.slice(0, 100))} of the kustomization is not known`);
  }

  #readTexts(field: string, value: unknown, read: (text: string) => void): void {
    for (const item of this.#itemsOf(field, value)) {
      if (!this.#budget.takeEntry()) return;
      if (typeof item === 'string') read(item);
      else this.#refuse(field, `an entry of ${field} is not text`);
    }
  }

  #readMaps(field: string, value: unknown, keys: ReadonlySet<string>): void {
    for (const item of this.#itemsOf(field, value)) {
      if (!this.#budget.takeEntry()) return;
      this.#readMap(field, item, keys);
    }
  }

  #itemsOf(field: string, value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value;
    this.#refuse(field, `${field} is not a list`);
    return [];
  }

  #readMap(field: string, value: unknown, keys: ReadonlySet<string>): void {
    if (!isMap(value)) {
      this.#refuse(field, `an entry of ${field} is not a map`);
      return;
    }
    const unknown = Object.keys(value).find((key) => !keys.has(key));
    if (unknown !== undefined) {
      this.#refuse(unknown, `field ${JSON.stringify(unknown.slice(0, 100))} of ${field} is not known`);
      return;
    }
    for (const { name, text } of pathsOf(value)) {
      if (!this.#budget.takeEntry()) return;
      this.#refer(`${field} ${name}`, text, 'file');
    }
    if (literalsOf(value).some((literal) => !literal.includes('=')))
      this.#refuse('literals', `an entry of literals in ${field} is not written KEY=VALUE`);
  }

  /** Settings in the file itself, or the name of a file that holds them. */
  #readConfig(field: string, text: string): void {
    if (!isInline(text)) {
      this.#refer(field, text, 'config');
      return;
    }
    const place = { file: this.#file, field, ...this.#lineOf(field) };
    const { references, problems } = checkPluginConfig(text, place, this.#budget);
    this.#references.push(...references);
    this.#problems.push(...problems);
  }

  #readPatch(field: string, text: string): void {
    if (!isInline(text)) this.#refer(field, text, 'file');
  }

  #refer(field: string, text: string, target: ReferenceTarget): void {
    const found = toReference(text, target, { file: this.#file, field, ...this.#lineOf(text) });
    if ('message' in found) this.#problems.push(found);
    else this.#references.push(found);
  }

  #refuse(needle: string, message: string, hint?: string): void {
    const at = { file: this.#file, ...this.#lineOf(needle) };
    this.#problems.push(hint === undefined ? { ...at, message } : { ...at, message, hint });
  }

  #lineOf(needle: string): { readonly line?: number } {
    const line = this.#lines.find(needle);
    return line === undefined ? {} : { line };
  }
}

function literalsOf(entry: Fields): readonly string[] {
  const literals = ownValue(entry, 'literals');
  return Array.isArray(literals) ? literals.filter((item) => typeof item === 'string') : [];
}
