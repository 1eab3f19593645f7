/** @module Settings of generators, transformers and validators: only those that are built into kustomize, and that run nothing. */
import { isMap, ownValue } from '../encoding/value-kind.ts';
import { parseDocuments } from '../encoding/yaml-documents.ts';
import { CodedError } from '../errors/coded-error.ts';
import type { KustomizationProblem } from './kustomization-tree.ts';
import { pathsOf } from './plugin-paths.ts';
import type { ReadingBudget } from './reading-budget.ts';
import { type EntryPlace, isInline, type KustomizationReference, toReference } from './reference.ts';

/** What settings refer to, and what of them is refused. */
export interface CheckedConfig {
  readonly references: readonly KustomizationReference[];
  readonly problems: readonly KustomizationProblem[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Everything built in, but for the one that runs Helm. */
const BUILT_IN: ReadonlySet<string> = new Set([
  ...['AnnotationsTransformer', 'ConfigMapGenerator', 'HashTransformer', 'IAMPolicyGenerator', 'ImageTagTransformer'],
  ...['LabelTransformer', 'NamespaceTransformer', 'PatchJson6902Transformer', 'PatchStrategicMergeTransformer'],
  ...['PatchTransformer', 'PrefixTransformer', 'PrefixSuffixTransformer', 'ReplacementTransformer'],
  ...['ReplicaCountTransformer', 'SecretGenerator', 'SortOrderTransformer', 'SuffixTransformer', 'ValueAddTransformer'],
]);
/** Kustomize reads these keys in any case, so any other case is refused. */
const PATH_KEYS: ReadonlySet<string> = new Set(['path', 'paths', 'env', 'envs', 'files', 'replacements']);
/** Of ValueAddTransformer, which fetches what it names, and then uses nothing of it: refused in any case. */
const REFUSED_KEY = 'targetfilepath';
const FUNCTION_ANNOTATION = /^(?:internal\.)?config\.(?:kubernetes|k8s)\.io\//;

/**
 * Checks the settings in `text`, which stand at `place`; paths in them count from the folder of the kustomization. Once `budget` is exceeded, nothing
 * that is returned is whole.
 */
export function checkPluginConfig(text: string, place: EntryPlace, budget: ReadingBudget): CheckedConfig {
  const at = { file: place.file, ...(place.line !== undefined && { line: place.line }) };
  if (!budget.takeText(text.length)) return NOTHING;
  try {
    const documents = parseDocuments(text, { where: `an entry of ${place.field}` });
    const values = documents.map(({ value }) => value);
    if (!budget.takeExpansion(values, text.length)) return NOTHING;
    const checked = values.map((value) => check(value, place, budget));
    return {
      references: checked.flatMap(({ references }) => references),
      problems: checked.flatMap(({ problems }) => problems),
    };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { references: [], problems: [{ ...at, message: error.message }] };
  }
}

const NOTHING: CheckedConfig = { references: [], problems: [] };

function check(value: unknown, place: EntryPlace, budget: ReadingBudget): CheckedConfig {
  const { file, field } = place;
  const refuse = (message: string): CheckedConfig => ({
    references: [],
    problems: [{ file, ...(place.line !== undefined && { line: place.line }), message }],
  });
  if (!isMap(value)) return refuse(`an entry of ${field} is not a map`);
  const kind = ownValue(value, 'kind');
  const isBuiltIn = ownValue(value, 'apiVersion') === 'builtin' && typeof kind === 'string' && BUILT_IN.has(kind);
  if (!isBuiltIn)
    return refuse(`an entry of ${field} is none of the built-in ones; plugins, functions and containers are not run`);
  if (asksForFunction(value)) return refuse(`an entry of ${field} asks for a function, and functions are not run`);
  const unclear = withReplacements(value)
    .flatMap((entry) => Object.keys(entry))
    .find((key) => isUnclear(key, key.toLowerCase()));
  if (unclear !== undefined) return refuse(`field ${JSON.stringify(unclear)} in an entry of ${field} is not known`);
  const paths = pathsIn(value);
  if (!paths.every(() => budget.takeEntry())) return NOTHING;
  const found = paths.map((path) => toReference(path, 'file', place));
  return {
    references: found.filter((one) => 'entry' in one),
    problems: found.filter((one) => 'message' in one),
  };
}

function isUnclear(key: string, lower: string): boolean {
  return lower === REFUSED_KEY || (PATH_KEYS.has(lower) && !PATH_KEYS.has(key));
}

function asksForFunction(value: Fields): boolean {
  return Object.entries(value).some(([key, metadata]) => {
    if (key.toLowerCase() !== 'metadata' || !isMap(metadata)) return false;
    const annotations = Object.entries(metadata).filter(([name]) => name.toLowerCase() === 'annotations');
    return annotations.some(([, map]) => isMap(map) && Object.keys(map).some((name) => FUNCTION_ANNOTATION.test(name)));
  });
}

/** The settings, and the replacements in them. */
function withReplacements(value: Fields): readonly Fields[] {
  const replacements = ownValue(value, 'replacements');
  return [value, ...(Array.isArray(replacements) ? replacements.filter(isMap) : [])];
}

function pathsIn(value: Fields): readonly string[] {
  const texts = withReplacements(value).flatMap((entry) => pathsOf(entry).map(({ text }) => text));
  return texts.filter((text) => !isInline(text));
}
