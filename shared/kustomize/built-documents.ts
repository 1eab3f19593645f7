/** @module What kustomize printed becomes documents with the places of their sources; the annotations that told these are taken away again. */
import { decodeUtf8 } from '../encoding/bytes.ts';
import { fieldsOf, isMap, ownValue } from '../encoding/value-kind.ts';
import { type ParsedDocument, parseDocuments } from '../encoding/yaml-documents.ts';
import { CodedError } from '../errors/coded-error.ts';
import type { KustomizationFile, KustomizationTree } from '../kustomization/kustomization-tree.ts';
import { joinPath } from '../kustomization/reference.ts';
import type { OriginDocument } from '../sync-plan/render-documents.ts';
import type { ObjectOrigin } from '../sync-plan/rendered-object.ts';

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

/** Where objects stand in the files of a build. */
class SourcePlaces {
  readonly #tree: KustomizationTree;
  readonly #files: ReadonlyMap<string, KustomizationFile>;
  readonly #parsed = new Map<string, readonly ParsedDocument[]>();

  constructor(tree: KustomizationTree) {
    this.#tree = tree;
    this.#files = new Map(tree.files.map((file) => [file.path, file]));
  }

  find(value: unknown): ObjectOrigin {
    const told = readOrigin(annotationsOf(value)[ORIGIN_ANNOTATION]);
    const root = this.#tree.files.find(
      ({ rewritten, path }) => rewritten !== undefined && isIn(path, this.#tree.folder),
    );
    const relative = told.path ?? told.configuredIn;
    const file = relative === undefined ? null : joinPath(this.#tree.folder, relative);
    if (file === null || !this.#files.has(file)) return { file: root?.path ?? this.#tree.folder, line: 1, document: 1 };
    return told.path === undefined ? this.#findGenerated(file, value) : this.#findWritten(file, value);
  }

  /** The document of the same kind whose name is in the built name, which may have got a prefix and a suffix. */
  #findWritten(file: string, value: unknown): ObjectOrigin {
    const documents = this.#documentsOf(file);
    const same = documents.filter(
      ({ value: source }) => ownValue(fieldsOf(source), 'kind') === ownValue(fieldsOf(value), 'kind'),
    );
    const name = nameOf(value);
    const named = same.filter(({ value: source }) => name.includes(nameOf(source)));
    const [best] = named.toSorted((a, b) => nameOf(b.value).length - nameOf(a.value).length);
    const found = best ?? same[0] ?? documents[0];
    return { file, line: found?.line ?? 1, document: found?.index ?? 1 };
  }

  /** The line that gives the generator its name. */
  #findGenerated(file: string, value: unknown): ObjectOrigin {
    const name = nameOf(value);
    const lines = (decodeUtf8(this.#files.get(file)?.bytes ?? new Uint8Array()) ?? '').split('\n');
    const named = lines.map((line, index) => ({ index, name: /\bname:\s*["']?([\w.-]+)/.exec(line)?.[1] ?? '' }));
    const [best] = named
      .filter((line) => line.name !== '' && name.includes(line.name))
      .sort((a, b) => b.name.length - a.name.length || a.index - b.index);
    return { file, line: (best?.index ?? 0) + 1, document: 1 };
  }

  #documentsOf(file: string): readonly ParsedDocument[] {
    const known = this.#parsed.get(file);
    if (known !== undefined) return known;
    const parsed = parseQuietly(decodeUtf8(this.#files.get(file)?.bytes ?? new Uint8Array()) ?? '');
    this.#parsed.set(file, parsed);
    return parsed;
  }
}

function isIn(file: string, folder: string): boolean {
  return file.slice(0, Math.max(0, file.lastIndexOf('/'))) === folder;
}

function nameOf(value: unknown): string {
  const name = ownValue(fieldsOf(ownValue(fieldsOf(value), 'metadata')), 'name');
  return typeof name === 'string' ? name : '';
}

/** The annotation is YAML of its own. */
function readOrigin(text: unknown): { readonly path?: string; readonly configuredIn?: string } {
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
