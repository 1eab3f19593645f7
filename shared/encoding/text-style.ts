/** @module How keys, values and maps are written next to those that stand in a text already: quotes, blanks, line breaks. */
import { stringifyJson } from './json.ts';
import { linePrefix, type TextEntry } from './text-tree.ts';
import { NEEDS_ESCAPE, quotedText, scalarText, stringifyYaml } from './yaml-output.ts';

/** A text, or maps around it: what an addition consists of. */
export type Addition = string | { readonly [key: string]: Addition };

/** A text and how its documents are written. */
export interface StyledText {
  readonly text: string;
  readonly isJson: boolean;
  /** True when the document stands on several lines. */
  readonly isIndented: boolean;
  /** That of the line where the document begins. */
  readonly lineBreak: string;
}

/** Inside of brackets these end a plain scalar. */
const FLOW_MARK = /[,[\]{}]/;

/** `value` on one line, in the quotes that begin with `sample`, the character that stands where it will stand. */
export function likeSample(value: string, sample: string, style: { isJson: boolean; isFlow: boolean }): string {
  if (style.isJson) return JSON.stringify(value);
  if (sample === '"') return quotedText(value);
  if (sample === "'" && !NEEDS_ESCAPE.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return style.isFlow && FLOW_MARK.test(value) ? quotedText(value) : scalarText(value);
}

/** Lines of a new entry of a block map, each ending in a line break, at `indent`; in the quotes of `sibling`. */
export function blockEntry(
  { text, lineBreak }: StyledText,
  { key, value, indent }: { readonly key: string; readonly value: Addition; readonly indent: string },
  sibling: TextEntry | null,
): string {
  if (typeof value === 'string' && sibling !== null && !value.includes('\n')) {
    const style = { isJson: false, isFlow: false };
    const keyText = likeSample(key, text.charAt(sibling.keyStart), style);
    return `${indent}${keyText}: ${likeSample(value, text.charAt(sibling.value.start), style)}${lineBreak}`;
  }
  const lines = stringifyYaml({ [key]: value })
    .split('\n')
    .slice(0, -1);
  return lines.map((line) => (line === '' ? '' : indent + line) + lineBreak).join('');
}

/** A new entry of a map in brackets, without comma. `indent` is that of the line it begins on. */
export function flowEntry(
  style: StyledText,
  { key, value, indent }: { readonly key: string; readonly value: Addition; readonly indent: string },
  sibling: TextEntry | null,
): string {
  const { text, isJson } = style;
  const sample = (offset: number | undefined): string => (offset === undefined ? '' : text.charAt(offset));
  const own = { isJson, isFlow: true };
  const between = sibling === null ? '' : text.slice(sibling.keyEnd, sibling.value.start);
  const colon = isJson && between === ':' ? ':' : ': ';
  const written =
    typeof value === 'string' ? likeSample(value, sample(sibling?.value.start), own) : flowMap(style, value, indent);
  return likeSample(key, sample(sibling?.keyStart), own) + colon + written;
}

/** A new map in brackets; over several lines in JSON that is written so. */
export function flowMap({ isJson, isIndented, lineBreak }: StyledText, map: Addition, indent: string): string {
  if (!isJson) return yamlFlow(map);
  return stringifyJson(map, isIndented ? 2 : 0).replaceAll('\n', lineBreak + indent);
}

function yamlFlow(value: Addition): string {
  const style = { isJson: false, isFlow: true };
  if (typeof value === 'string') return likeSample(value, '', style);
  const entries = Object.entries(value).map(([key, inner]) => `${likeSample(key, '', style)}: ${yamlFlow(inner)}`);
  return `{${entries.join(', ')}}`;
}

/** The blanks that indent the line of `offset`. */
export function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(linePrefix(text, offset))?.[0] ?? '';
}
