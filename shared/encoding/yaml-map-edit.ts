/**
 * @module Edits entries of maps in a YAML or JSON text by splices: only the lines of the entries concerned change, and
 * comments, order, quotes, indentation, line endings and byte-order mark stay. Whole documents are replaced in yaml-edit.ts.
 */
import { addToBlockMap, changeBlockMap, fillBlockMap } from './block-map-edit.ts';
import { documentRanges } from './document-ranges.ts';
import { EncodingError } from './errors.ts';
import { addToFlowMap, changeFlowMap, fillFlowMap } from './flow-map-edit.ts';
import { isSameJson } from './json.ts';
import { readJsonTree } from './json-tree.ts';
import { findMap, type MapTarget, withEdits } from './map-path.ts';
import { type MapChange, planEdits, refused, type Splice, type TextEdit } from './text-edit.ts';
import type { Addition, StyledText } from './text-style.ts';
import type { TextNode } from './text-tree.ts';
import { type ParsedDocument, parseDocuments, UNBOUNDED } from './yaml-documents.ts';
import { readYamlTree } from './yaml-tree.ts';

/** Edits of one map of one document. A number in `path` is an index when it leads into a list. */
export interface DocumentEdit {
  readonly document: ParsedDocument;
  readonly path: readonly string[];
  readonly edits: readonly TextEdit[];
}

/**
 * `text` with `edits` made, one after the other for each map; no map is named twice. The values of maps are texts. A missing
 * map is created; of maps that are sorted, a new key takes its place in the order. The result has been parsed again: it
 * reads as intended.
 * @param documents all documents of `text` as `parseDocuments` gave them, for callers that have them
 * @throws EncodingError YAML_EDIT_REFUSED when there is no such key, when the new name of one is taken, or when the text
 * is written in a way that allows no safe edit, such as through an alias
 */
export function editDocuments(
  text: string,
  edits: readonly DocumentEdit[],
  documents: readonly ParsedDocument[] = parseDocuments(text, UNBOUNDED),
): string {
  const plans: MapPlan[] = [];
  const changed = splice(
    text,
    targetsIn(text, documents, edits).flatMap((target) => {
      const change = planEdits(target.rest.length === 0 ? target.node.entries : [], target.edits);
      plans.push({ target, added: change.added });
      return changeSplices(target, change);
    }),
  );
  // New entries are placed among those that are left, so the others go first.
  const edited = plans.every(({ added }) => added.size === 0) ? changed : addAll(changed, changed === text, plans);
  const intended = new Map(documents.map(({ index, value }) => [index, value]));
  for (const { target, added } of plans) {
    const { document, path, edits: own, node, rest } = target;
    // Entries that come and go again make no map.
    if (added.size === 0 && (rest.length > 0 || node.kind !== 'map')) continue;
    intended.set(document.index, withEdits(intended.get(document.index), path, own));
  }
  assertReads(edited, intended);
  return edited;
}

/** A place in a text, and the edits that are meant for it. */
interface EditTarget extends MapTarget, DocumentEdit {
  readonly style: StyledText;
}

interface MapPlan {
  readonly target: EditTarget;
  readonly added: ReadonlyMap<string, string>;
}

function addAll(text: string, isUnchanged: boolean, plans: readonly MapPlan[]): string {
  const edits = plans.map(({ target }) => target);
  const targets = isUnchanged ? edits : targetsIn(text, reparse(text), edits);
  const splices = targets.flatMap((target, at) => addSplices(target, plans[at]?.added ?? new Map()));
  return splice(text, splices);
}

function targetsIn(
  text: string,
  documents: readonly ParsedDocument[],
  edits: readonly DocumentEdit[],
): readonly EditTarget[] {
  const ranges = new Map(documentRanges(text).map((range) => [range.start, range]));
  const byIndex = new Map(documents.map((document) => [document.index, document]));
  const trees = new Map<number, TextNode>();
  return edits.map(({ document: { index }, path, edits: own }) => {
    const document = byIndex.get(index);
    if (document === undefined) throw refused(`there is no document ${index}`);
    const { start, end, format } = document;
    const { outerStart, outerEnd } = ranges.get(start) ?? { outerStart: start, outerEnd: end };
    const tree =
      trees.get(index) ?? (format === 'json' ? readJsonTree(text, start) : readYamlTree(text, outerStart, outerEnd));
    trees.set(index, tree);
    return { document, path, edits: own, style: styleOf(text, document), ...findMap(text, tree, path) };
  });
}

function styleOf(text: string, { start, end, format }: ParsedDocument): StyledText {
  const lineBreak = /\r\n?|\n/.exec(text.slice(start))?.[0] ?? /\r\n?|\n/.exec(text)?.[0] ?? '\n';
  return { text, isJson: format === 'json', isIndented: /[\r\n]/.test(text.slice(start, end)), lineBreak };
}

function changeSplices({ style, node, rest, parent }: EditTarget, change: MapChange): readonly Splice[] {
  if (rest.length > 0 || node.kind !== 'map') return [];
  return node.isFlow ? changeFlowMap(style, node, change) : changeBlockMap(style, change, parent);
}

function addSplices(target: EditTarget, added: ReadonlyMap<string, string>): readonly Splice[] {
  if (added.size === 0) return [];
  const { style, node, rest, parent, isParentFlow, step } = target;
  const [key, ...deeper] = rest;
  const nest = (content: Addition): Addition => deeper.reduceRight((inner, name) => ({ [name]: inner }), content);
  const content = key === undefined ? added : new Map([[key, nest(Object.fromEntries(added))]]);
  if (node.entries.length > 0) return (node.isFlow ? addToFlowMap : addToBlockMap)(style, node, content);
  if (parent === null || isParentFlow) return [fillFlowMap(style, node, content)];
  return fillBlockMap(style, { parent, step }, content);
}

/** `text` with all of `splices` made. Those at one place keep their order. */
function splice(text: string, splices: readonly Splice[]): string {
  let edited = '';
  let from = 0;
  for (const { start, end, text: replacement } of splices.toSorted((a, b) => a.start - b.start)) {
    if (start < from) throw refused('two edits touch the same place');
    edited += text.slice(from, start) + replacement;
    from = end;
  }
  return edited + text.slice(from);
}

function assertReads(text: string, intended: ReadonlyMap<number, unknown>): void {
  const actual = reparse(text);
  const isIntended = ({ index, value }: ParsedDocument): boolean => isSameJson(intended.get(index), value);
  if (actual.length !== intended.size || !actual.every(isIntended)) throw refused('the result would read differently');
}

function reparse(text: string): readonly ParsedDocument[] {
  try {
    return parseDocuments(text, { ...UNBOUNDED, where: 'the edited text' });
  } catch (error) {
    if (error instanceof EncodingError) throw refused('the result could not be read');
    throw error;
  }
}
