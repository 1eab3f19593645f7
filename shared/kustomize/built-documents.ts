/** @module What kustomize printed becomes documents with the places of their sources; the annotations that told these are taken away again. */
import { decodeUtf8 } from '../encoding/bytes.ts';
import { fieldsOf, isMap, ownValue, textOf } from '../encoding/value-kind.ts';
import { type ParsedDocument, parseDocuments } from '../encoding/yaml-documents.ts';
import { CodedError } from '../errors/coded-error.ts';
import { type KustomizationFile, type KustomizationTree, rootFileOf } from '../kustomization/kustomization-tree.ts';
import { joinPath } from '../kustomization/reference.ts';
import type { OriginDocument } from '../sync-plan/render-documents.ts';
import type { ObjectOrigin } from '../sync-plan/rendered-object.ts';
import { type ComparisonBudget, NamedPlaces } from './named-places.ts';

const ORIGIN_ANNOTATION = 'config.kubernetes.io/origin';

/** The documents of `output`, the result of building `tree`. @throws EncodingError when it is no YAML */
export function readBuiltDocuments(output: string, tree: KustomizationTree): readonly OriginDocument[] {
  const options = { where: 'what kustomize wrote', maxBytes: output.length * 3 + 1 };
  const places = new SourcePlaces(tree);
  return parseDocuments(output, options).map(({ value }) => {
    const origin = places.find(value);
    return { value: tree.keepsOrigins ? value : withoutOrigin(value), origin };
  });
}

function annotationsOf(value: unknown): Readonly<Record<string, unknown>> {
  return fieldsOf(ownValue(fieldsOf(ownValue(fieldsOf(value), 'metadata')), 'annotations'));
}

function withoutOrigin(value: unknown): unknown {
  const annotations = annotationsOf(value);
  if (!isMap(value) || !Object.hasOwn(annotations, ORIGIN_ANNOTATION)) return value;
  const { annotations: _, ...metadata } = fieldsOf(value['metadata']);
  const kept = Object.entries(annotations).filter(([name]) => name !== ORIGIN_ANNOTATION);
  return {
    ...value,
    metadata: kept.length === 0 ? metadata : { ...metadata, annotations: Object.fromEntries(kept) },
  };
}

/** Of names, for one build: places are worth less than the time that thousands of prefixed names in one file would take. */
const MAX_COMPARISONS = 5_000_000;

/** The documents of one kind in one file. */
interface KindPlaces {
  readonly first: ParsedDocument;
  readonly named: NamedPlaces<ParsedDocument>;
}

/** Where objects stand in the files of a build. */
class SourcePlaces {
  readonly #folder: string;
  readonly #nowhere: ObjectOrigin;
  readonly #files: ReadonlyMap<string, KustomizationFile>;
  readonly #written = new Map<string, ReadonlyMap<unknown, KindPlaces>>();
  readonly #generated = new Map<string, NamedPlaces<number>>();
  readonly #told = new Map<unknown, ToldOrigin>();
  readonly #budget: ComparisonBudget = { comparisons: MAX_COMPARISONS };

  constructor(tree: KustomizationTree) {
    this.#folder = tree.folder;
    this.#nowhere = { file: rootFileOf(tree), line: 1, document: 1 };
    this.#files = new Map(tree.files.map((file) => [file.path, file]));
  }

  find(value: unknown): ObjectOrigin {
    const told = this.#readOrigin(annotationsOf(value)[ORIGIN_ANNOTATION]);
    const relative = told.path ?? told.configuredIn;
    const file = relative === undefined ? null : joinPath(this.#folder, relative);
    if (file === null || !this.#files.has(file)) return this.#nowhere;
    return told.path === undefined ? this.#findGenerated(file, value) : this.#findWritten(file, value);
  }

  /** The document of the same kind whose name is in the built name, which may have got a prefix and a suffix. */
  #findWritten(file: string, value: unknown): ObjectOrigin {
    const places = this.#written.get(file) ?? this.#learnWritten(file);
    const kind = places.get(ownValue(fieldsOf(value), 'kind')) ?? places.values().next().value;
    const found = kind?.named.find(nameOf(value), this.#budget) ?? kind?.first;
    return { file, line: found?.line ?? 1, document: found?.index ?? 1 };
  }

  /** The line that gives the generator its name. */
  #findGenerated(file: string, value: unknown): ObjectOrigin {
    const places = this.#generated.get(file) ?? this.#learnGenerated(file);
    return { file, line: places.find(nameOf(value), this.#budget) ?? 1, document: 1 };
  }

  #learnWritten(file: string): ReadonlyMap<unknown, KindPlaces> {
    const places = new Map<unknown, KindPlaces>();
    for (const document of parseQuietly(this.#textOf(file))) {
      const kind = ownValue(fieldsOf(document.value), 'kind');
      const known = places.get(kind) ?? { first: document, named: new NamedPlaces() };
      known.named.add(nameOf(document.value), document);
      places.set(kind, known);
    }
    this.#written.set(file, places);
    return places;
  }

  #learnGenerated(file: string): NamedPlaces<number> {
    const places = new NamedPlaces<number>();
    for (const [index, line] of this.#textOf(file).split('\n').entries())
      places.add(/\bname:\s*["']?([\w.-]+)/.exec(line)?.[1] ?? '', index + 1);
    this.#generated.set(file, places);
    return places;
  }

  #textOf(file: string): string {
    return decodeUtf8(this.#files.get(file)?.bytes ?? new Uint8Array()) ?? '';
  }

  /** The annotation is YAML of its own, and most objects of a file have the same. */
  #readOrigin(text: unknown): ToldOrigin {
    const known = this.#told.get(text) ?? readOrigin(text);
    this.#told.set(text, known);
    return known;
  }
}

function nameOf(value: unknown): string {
  const name = ownValue(fieldsOf(ownValue(fieldsOf(value), 'metadata')), 'name');
  return textOf(name);
}

/** The file that an object was read from, or the one with its generator; relative to the folder that was built. */
interface ToldOrigin {
  readonly path?: string;
  readonly configuredIn?: string;
}

function readOrigin(text: unknown): ToldOrigin {
  const [document] = typeof text === 'string' ? parseQuietly(text) : [];
  const { path, configuredIn } = fieldsOf(document?.value);
  return {
    ...(typeof path === 'string' && { path }),
    ...(typeof configuredIn === 'string' && { configuredIn }),
  };
}

/** Files that kustomize read and we do not: then only the file is known. */
function parseQuietly(text: string): readonly ParsedDocument[] {
  try {
    return parseDocuments(text);
  } catch (error) {
    if (error instanceof CodedError) return [];
    throw error;
  }
}
