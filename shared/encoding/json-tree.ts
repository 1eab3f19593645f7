/** @module The places of a JSON document's values. The text has been read before, so only its structure is walked here. */
import { readJsonValue, STRICT_JSON, skipJsonBlanks } from './json-reader.ts';
import { type TextEntry, type TextNode, textNode } from './text-tree.ts';

/** The tree of the JSON value at `start`. Its depth is bounded by whoever parsed it. @throws JsonFault */
export function readJsonTree(text: string, start: number): TextNode {
  const at = skipJsonBlanks(text, start);
  if (text[at] === '{') return readMap(text, at);
  if (text[at] === '[') return readList(text, at);
  const { value, end } = readJsonValue(text, at, STRICT_JSON);
  return textNode(value === null ? 'null' : 'scalar', { start: at, end });
}

function readMap(text: string, start: number): TextNode {
  const entries: TextEntry[] = [];
  let offset = skipJsonBlanks(text, start + 1);
  while (offset < text.length && text[offset] !== '}') {
    const key = readJsonValue(text, offset, STRICT_JSON);
    const colon = skipJsonBlanks(text, key.end);
    const value = readJsonTree(text, colon + 1);
    entries.push({ key: String(key.value), keyStart: offset, keyEnd: key.end, colon, value });
    offset = skipComma(text, value.end);
  }
  return textNode('map', { start, end: offset + 1 }, { isFlow: true, entries });
}

function readList(text: string, start: number): TextNode {
  const items: TextNode[] = [];
  let offset = skipJsonBlanks(text, start + 1);
  while (offset < text.length && text[offset] !== ']') {
    const item = readJsonTree(text, offset);
    items.push(item);
    offset = skipComma(text, item.end);
  }
  return textNode('list', { start, end: offset + 1 }, { isFlow: true, items });
}

function skipComma(text: string, offset: number): number {
  const at = skipJsonBlanks(text, offset);
  return text[at] === ',' ? skipJsonBlanks(text, at + 1) : at;
}
