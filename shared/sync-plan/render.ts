/**
 * @module The files of a revision become the objects that Git wants. Pure: same files and settings, same result. Which kinds exist, and which
 * namespace an object without one gets, is decided later.
 */
import { decodeUtf8 } from '../encoding/bytes.ts';
import { compareText } from '../encoding/compare-text.ts';
import { isKustomizationFile } from '../kustomization/kustomization-tree.ts';
import type { FileTree, SkippedFile, TreeFile } from './file-tree.ts';
import { findDuplicates } from './find-duplicates.ts';
import { findCharts } from './helm-charts.ts';
import { DEFAULT_WEIGHT_LIMITS, type WeightLimits } from './object-weight.ts';
import { readFileDocuments } from './read-file-documents.ts';
import { RenderCollector } from './render-collector.ts';
import { type DocumentSettings, type OriginDocument, renderDocument } from './render-documents.ts';
import type { RenderProblem } from './render-problem.ts';
import { PLAIN_SETTINGS, type RenderSettings } from './render-settings.ts';
import type { RenderedObject } from './rendered-object.ts';

/** Everything that a revision says, and everything that is wrong with it. */
export interface RenderResult {
  /** Sorted by file, then in the order written there; in the order of kustomize where it built them. Objects with a problem are not among them. */
  readonly objects: readonly RenderedObject[];
  /** All findings, sorted by file and line; while it is not empty, absence from `objects` proves nothing. */
  readonly problems: readonly RenderProblem[];
  /** Files that are left out on purpose, such as kustomization files, sorted by name. */
  readonly skipped: readonly SkippedFile[];
}

/** How rendering may be bounded, and what it changes. */
export interface RenderOptions {
  /** Most objects of one revision; default 20,000. Reading stops there with `RENDER_TOO_MANY_OBJECTS`. */
  readonly maxObjects?: number;
  /** Default: {@link DEFAULT_WEIGHT_LIMITS}. Beyond them: `RENDER_TOO_LARGE`. */
  readonly weight?: WeightLimits;
  /** Default: nothing is changed. */
  readonly settings?: RenderSettings;
}

const DEFAULT_MAX_OBJECTS = 20_000;
const SKIPPED_KUSTOMIZATION =
  'a kustomization file; only one in the folder of spec.source.path itself is built, and then it decides alone';

/** So much text is read between two steps of {@link renderInSteps}; a file is read in one go. */
const STEP_BYTES = 1024 * 1024;

/**
 * Objects, problems and skipped files of `tree`, in steps of some tenths of a second, between which others may have the processor. Never throws for
 * what the files contain, and does not change it.
 */
export function* renderInSteps(tree: FileTree, options: RenderOptions): Generator<void, RenderResult> {
  const settings: DocumentSettings = { ...(options.settings ?? PLAIN_SETTINGS), styles: 'marked' };
  const collector = collectorFor(tree.files, options);
  const skipped: SkippedFile[] = [];
  const charts = findCharts(tree.files);
  collector.problems.push(...charts.problems);
  let bytes = 0;
  for (const file of tree.files.toSorted((a, b) => compareText(a.path, b.path))) {
    if (charts.holds(file.path)) continue;
    if (isKustomizationFile(file.path)) skipped.push({ file: file.path, reason: SKIPPED_KUSTOMIZATION });
    else renderFile(file, settings, collector);
    if (collector.isFull) break;
    bytes += file.bytes.length;
    if (bytes < STEP_BYTES) continue;
    bytes = 0;
    yield;
  }
  return resultOf(tree, collector, skipped);
}

/** The same of what a kustomization was built to; `files` are those of the kustomization. */
export function renderBuilt(
  tree: FileTree,
  documents: readonly OriginDocument[],
  options: RenderOptions,
): RenderResult {
  const settings: DocumentSettings = { ...(options.settings ?? PLAIN_SETTINGS), styles: 'lost' };
  const collector = collectorFor(tree.kustomization?.files ?? [], options);
  for (const document of documents) {
    renderDocument(document, settings, collector);
    if (collector.isFull) break;
  }
  return resultOf(tree, collector, []);
}

function resultOf(tree: FileTree, collector: RenderCollector, skipped: readonly SkippedFile[]): RenderResult {
  const { unique, problems } = findDuplicates(collector.objects);
  return {
    objects: unique,
    problems: [...tree.problems, ...collector.problems, ...problems].sort(compareProblems),
    skipped: [...tree.skipped, ...skipped].sort((a, b) => compareText(a.file, b.file)),
  };
}

function renderFile(file: TreeFile, settings: DocumentSettings, collector: RenderCollector): void {
  const reading = readFileDocuments(file, { marksReferences: settings.variables !== null });
  if (reading.problem !== undefined) {
    if (reading.isCostly) collector.endWith(reading.problem);
    else collector.problems.push(reading.problem);
    return;
  }
  for (const { value, line, index } of reading.documents) {
    if (collector.isFull) return;
    renderDocument({ value, origin: { file: file.path, line, document: index } }, settings, collector);
  }
}

function collectorFor(files: readonly TreeFile[], { maxObjects, weight }: RenderOptions): RenderCollector {
  const limits = { maxObjects: maxObjects ?? DEFAULT_MAX_OBJECTS, weight: weight ?? DEFAULT_WEIGHT_LIMITS };
  // One file is split at a time: findings come file by file.
  let split: { readonly path: string; readonly lines: readonly string[] } | undefined;
  return new RenderCollector(limits, ({ file: path, line }, written) => {
    if (split?.path !== path) {
      const file = files.find((one) => one.path === path);
      split = { path, lines: file === undefined ? [] : (decodeUtf8(file.bytes) ?? '').split('\n') };
    }
    return findLine(split.lines, line, written);
  });
}

/** Not further than this behind the begin of an object. */
const MAX_LINES_SEARCHED = 10_000;

function findLine(lines: readonly string[], line: number, written: string): number {
  const end = Math.min(lines.length, line - 1 + MAX_LINES_SEARCHED);
  for (let index = line - 1; index < end; index++) if (lines[index]?.includes(written)) return index + 1;
  return line;
}

function compareProblems(a: RenderProblem, b: RenderProblem): number {
  return (
    compareText(a.file, b.file) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}
