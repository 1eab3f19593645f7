/**
 * @module The files of a revision become the objects that Git wants. Pure: same files, same result. Which kinds exist, and which
 * namespace an object without one gets, is decided later.
 */
import { fieldsOf, isMap, ownValue } from '../encoding/value-kind.ts';
import type { ObjectIdentity } from '../resources/object-meta.ts';
import { groupOf } from '../resources/object-meta.ts';
import { checkObject } from './check-object.ts';
import { expandList } from './expand-list.ts';
import type { FileTree, SkippedFile, TreeFile } from './file-tree.ts';
import { findDuplicates } from './find-duplicates.ts';
import type { Finding } from './finding.ts';
import { comparePaths } from './manifest-path.ts';
import { isSecret, normalizeSecret } from './normalize-secret.ts';
import { readFileDocuments } from './read-file-documents.ts';
import type { RenderProblem } from './render-problem.ts';
import type { ObjectOrigin, RenderedObject } from './rendered-object.ts';
import { stripServerFields } from './strip-server-fields.ts';

/** Everything that a revision says, and everything that is wrong with it. */
export interface RenderResult {
  /** Sorted by file, then in the order written there. Objects with a problem are not among them. */
  readonly objects: readonly RenderedObject[];
  /** All findings, sorted by file and line; while it is not empty, absence from `objects` proves nothing. */
  readonly problems: readonly RenderProblem[];
  /** Files that are left out on purpose, such as kustomization files, sorted by name. */
  readonly skipped: readonly SkippedFile[];
}

/** How {@link render} may be bounded. */
export interface RenderOptions {
  /** Most objects of one revision; default 20,000. Reading stops there with `RENDER_TOO_MANY_OBJECTS`. */
  readonly maxObjects?: number;
}

const DEFAULT_MAX_OBJECTS = 20_000;
/** One object cannot fill a status with thousands of bad labels; whoever mends these sees the next ones. */
const MAX_FINDINGS_PER_OBJECT = 20;
const KUSTOMIZATION_NAMES: ReadonlySet<string> = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization']);

/** Objects, problems and skipped files of `tree`. Never throws for what the files contain, and does not change it. */
export function render(tree: FileTree, options: RenderOptions = {}): RenderResult {
  const collector = new Collector(options.maxObjects ?? DEFAULT_MAX_OBJECTS);
  for (const file of tree.files.toSorted((a, b) => comparePaths(a.path, b.path))) {
    if (isKustomization(file.path)) collector.skip(file.path);
    else renderFile(file, collector);
    if (collector.isFull) break;
  }
  const { unique, problems } = findDuplicates(collector.objects);
  return {
    objects: unique,
    problems: [...tree.problems, ...collector.problems, ...problems].sort(compareProblems),
    skipped: [...tree.skipped, ...collector.skipped].sort((a, b) => comparePaths(a.file, b.file)),
  };
}

function isKustomization(path: string): boolean {
  return KUSTOMIZATION_NAMES.has(path.slice(path.lastIndexOf('/') + 1));
}

function renderFile(file: TreeFile, collector: Collector): void {
  const { documents, problem } = readFileDocuments(file);
  if (problem !== undefined) {
    collector.problems.push(problem);
    return;
  }
  for (const { value, line, index } of documents) {
    const origin: ObjectOrigin = { file: file.path, line, document: index };
    for (const item of expandList(value)) {
      if (collector.isFull) return;
      if (item.finding === undefined) renderObject(item.value, origin, collector);
      else collector.report(value, origin, [item.finding]);
    }
  }
}

function renderObject(value: unknown, origin: ObjectOrigin, collector: Collector): void {
  const check = checkObject(value);
  if (check.object === undefined) {
    collector.report(value, origin, check.findings);
    return;
  }
  const stripped = stripServerFields(check.object);
  const kept = isSecret(stripped) ? normalizeSecret(stripped) : { object: stripped };
  if (kept.object === undefined) collector.report(value, origin, kept.findings);
  else collector.add({ object: kept.object, origin });
}

/** What has been found so far. */
class Collector {
  readonly objects: RenderedObject[] = [];
  readonly problems: RenderProblem[] = [];
  readonly skipped: SkippedFile[] = [];
  readonly #maxObjects: number;
  #seen = 0;

  constructor(maxObjects: number) {
    this.#maxObjects = maxObjects;
  }

  /** Whether the bound is exceeded; values with problems count as well, so that they are bounded, too. */
  get isFull(): boolean {
    return this.#seen > this.#maxObjects;
  }

  skip(file: string): void {
    this.skipped.push({ file, reason: 'a kustomization file; overlays are not rendered' });
  }

  add(rendered: RenderedObject): void {
    if (this.#count(rendered.origin)) this.objects.push(rendered);
  }

  report(value: unknown, origin: ObjectOrigin, findings: readonly Finding[]): void {
    if (!this.#count(origin)) return;
    const { file, line } = origin;
    const object = guessIdentity(value);
    for (const found of findings.slice(0, MAX_FINDINGS_PER_OBJECT)) {
      this.problems.push({ file, line, ...found, ...(object !== null && { object }) });
    }
  }

  #count({ file, line }: ObjectOrigin): boolean {
    this.#seen += 1;
    if (!this.isFull) return true;
    const message = `the revision has more than ${this.#maxObjects} objects`;
    this.problems.push({
      file,
      line,
      code: 'RENDER_TOO_MANY_OBJECTS',
      message,
      hint: 'split it into several GitSyncs',
    });
    return false;
  }
}

/** Identity of a value that is not fit to be an object, as far as it goes; null without a kind. */
function guessIdentity(value: unknown): ObjectIdentity | null {
  if (!isMap(value)) return null;
  const [apiVersion, kind, metadata] = [
    ownValue(value, 'apiVersion'),
    ownValue(value, 'kind'),
    ownValue(value, 'metadata'),
  ];
  const text = (part: unknown): string => (typeof part === 'string' ? part.slice(0, 253) : '');
  if (text(kind) === '') return null;
  const named = fieldsOf(metadata);
  return {
    group: groupOf(text(apiVersion)),
    kind: text(kind),
    namespace: text(ownValue(named, 'namespace')),
    name: text(ownValue(named, 'name')),
  };
}

function compareProblems(a: RenderProblem, b: RenderProblem): number {
  return (
    comparePaths(a.file, b.file) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    comparePaths(a.code, b.code) ||
    comparePaths(a.message, b.message)
  );
}
