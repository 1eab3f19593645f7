/**
 * @module Where the documents of a YAML stream begin and end. A marker at the start of a line ends a document
 * whatever surrounds it, so this needs no parser; what the documents mean is left to yaml-documents.ts.
 */
import { YamlFault } from './yaml-fault.ts';

/** One document of a stream, empty ones included. All offsets are in UTF-16 units from 0. */
export interface DocumentRange {
  /** From the directives, comments and marker that open the document up to the next document's. */
  readonly outerStart: number;
  readonly outerEnd: number;
  /** The content: whole lines without the comments before and after them; both ends equal when there is none. */
  readonly start: number;
  readonly end: number;
  /** Line of `start`, from 1. */
  readonly line: number;
}

/** Empty ones included: a text of a few MiB could have millions, of which each takes memory. */
const MAX_DOCUMENTS = 50_000;
/** Of the whole text. Manifests of the largest size that anybody reads have a third as many; a text of nothing but lines takes seconds. */
const MAX_LINES = 1_000_000;

interface OpenDocument {
  readonly outerStart: number;
  /** True once a marker or content makes it a document; until then it is only what may come before one. */
  begun: boolean;
  hasDirectives: boolean;
  start: number;
  end: number;
  line: number;
}

const LINE_BREAK = /\r\n?|\n/g;
const BYTE_ORDER_MARK = '\ufeff';

/** The documents of `text` in order. Comments before the first marker belong to the first document. @throws YamlFault YAML_TOO_LARGE */
export function documentRanges(text: string): readonly DocumentRange[] {
  const scan = new StreamScan(text);
  const breaks = new RegExp(LINE_BREAK);
  let lineStart = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
  for (let match = breaks.exec(text); match !== null; match = breaks.exec(text)) {
    scan.addLine(lineStart, match.index);
    lineStart = breaks.lastIndex;
  }
  scan.addLine(lineStart, text.length);
  return scan.finish();
}

class StreamScan {
  readonly #text: string;
  readonly #ranges: DocumentRange[] = [];
  #line = 0;
  #open: OpenDocument;

  constructor(text: string) {
    this.#text = text;
    this.#open = openAt(text.startsWith(BYTE_ORDER_MARK) ? 1 : 0);
  }

  /** Takes in the line from `start` to `end`, its line break left out. */
  addLine(start: number, end: number): void {
    this.#line++;
    if (this.#line > MAX_LINES) throw new YamlFault('YAML_TOO_LARGE', `more than ${MAX_LINES} lines`, start);
    const marker = markerAt(this.#text, start, end);
    if (marker === '---') this.#begin(start, end);
    else if (marker === '...') this.#endAt(start, end);
    else this.#addText(start, end);
  }

  finish(): readonly DocumentRange[] {
    this.#close(this.#text.length);
    return this.#ranges;
  }

  #begin(start: number, end: number): void {
    if (this.#open.begun) {
      this.#close(start);
      this.#open = openAt(start);
    }
    this.#open.begun = true;
    const inline = skipBlanks(this.#text, start + 3, end);
    if (inline < end && this.#text[inline] !== '#') this.#addContent(inline, end);
  }

  #endAt(start: number, end: number): void {
    this.#close(start);
    this.#open = openAt(start + 3);
    // Text on the line of the end marker is a document of its own; a comment is not.
    this.#addText(start + 3, end);
  }

  #addText(start: number, end: number): void {
    const first = skipBlanks(this.#text, start, end);
    if (first === end) return;
    const hasContent = this.#open.end > this.#open.start;
    // An indented comment after content may be text of a block scalar. One in the first column never is.
    if (this.#text[first] === '#' && (first === start || !hasContent)) return;
    if (this.#text[first] === '%' && first === start && !this.#open.begun) {
      this.#open.hasDirectives = true;
      return;
    }
    this.#open.begun = true;
    this.#addContent(start, end);
  }

  #addContent(start: number, end: number): void {
    if (this.#open.end === this.#open.start) {
      this.#open.start = start;
      this.#open.line = this.#line;
    }
    this.#open.end = end;
  }

  #close(outerEnd: number): void {
    const { begun, hasDirectives, outerStart, start, end, line } = this.#open;
    if (begun) this.#ranges.push({ outerStart, outerEnd, start, end, line });
    // Directives without a document are a fault, which only the parser reports.
    else if (hasDirectives)
      this.#ranges.push({ outerStart, outerEnd, start: outerStart, end: outerEnd, line: this.#line });
    if (this.#ranges.length > MAX_DOCUMENTS)
      throw new YamlFault('YAML_TOO_LARGE', `more than ${MAX_DOCUMENTS} documents`, outerStart);
  }
}

function openAt(outerStart: number): OpenDocument {
  return { outerStart, begun: false, hasDirectives: false, start: outerStart, end: outerStart, line: 0 };
}

function markerAt(text: string, start: number, end: number): '---' | '...' | null {
  if (end - start < 3) return null;
  if (end - start > 3 && text[start + 3] !== ' ' && text[start + 3] !== '\t') return null;
  if (text.startsWith('---', start)) return '---';
  return text.startsWith('...', start) ? '...' : null;
}

function skipBlanks(text: string, start: number, end: number): number {
  let offset = start;
  while (offset < end && (text[offset] === ' ' || text[offset] === '\t')) offset++;
  return offset;
}
