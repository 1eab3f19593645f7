/**
 * @module The places of a YAML document's values, from js-yaml's node events. What the events leave open, such as
 * explicit keys, becomes a node of kind `other`: an edit refuses it rather than guess.
 */
import type { EventType, State } from 'js-yaml';
import { skipToContent, type TextEntry, type TextNode, textNode, trimEnd } from './text-tree.ts';
import { loadYaml } from './yaml-load.ts';

/** A node and what js-yaml made of it, which keys are named after. */
interface Read {
  readonly node: TextNode;
  readonly kind: string | null;
  readonly result: unknown;
}

interface Open {
  readonly start: number;
  readonly children: Read[];
}

/**
 * The tree of the single document in `text` from `start` to `end`, its directives and opening marker included.
 * @throws YamlFault
 */
export function readYamlTree(text: string, start: number, end: number): TextNode {
  const builder = new TreeBuilder(text.slice(start, end), start);
  loadYaml(builder.source, builder.listener);
  return builder.root;
}

class TreeBuilder {
  readonly source: string;
  /** The document's value, once it has been read. */
  root: TextNode = textNode('other', { start: 0, end: 0 });
  readonly #shift: number;
  readonly #open: Open[] = [];

  constructor(source: string, shift: number) {
    this.source = source;
    this.#shift = shift;
  }

  readonly listener = (event: EventType, state: State): void => {
    if (event === 'open') {
      this.#open.push({ start: state.position, children: [] });
      return;
    }
    const open = this.#open.pop();
    if (open === undefined) return;
    const read = { node: this.#nodeOf(open, state), kind: state.kind, result: state.result };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.root = shifted(read.node, this.#shift);
    else parent.children.push(read);
  };

  #nodeOf({ start: from, children }: Open, state: State): TextNode {
    const start = skipToContent(this.source, from);
    if (start >= state.position) return textNode('null', { start: from, end: from });
    const range = { start, end: trimEnd(this.source, start, state.position) };
    if (state.kind === 'scalar') return textNode(state.result === null ? 'null' : 'scalar', range);
    if (state.kind === null) return textNode('other', range);
    const [only, ...others] = children;
    // js-yaml reads a value in brackets as a possible key first, and then keeps it.
    if (only !== undefined && others.length === 0 && only.result === state.result && only.kind === state.kind) {
      return { ...only.node, start };
    }
    const isFlow = '[{'.includes(this.source.charAt(skipProperties(this.source, start)));
    return state.kind === 'mapping' ? this.#mapOf(children, range, isFlow) : this.#listOf(children, range, isFlow);
  }

  #mapOf(children: readonly Read[], range: { start: number; end: number }, isFlow: boolean): TextNode {
    const entries: TextEntry[] = [];
    for (let at = 0; at < children.length; at += 2) {
      const [key, value] = children.slice(at, at + 2);
      const entry = key === undefined || value === undefined ? null : this.#entryOf(key, value);
      if (entry === null) return textNode('other', range);
      entries.push(entry);
    }
    const last = entries.at(-1);
    const end = isFlow || last === undefined ? range.end : Math.max(last.colon + 1, last.value.end);
    return textNode('map', { start: range.start, end }, { isFlow, entries });
  }

  /** The entry, or null when the key is not followed by its colon on the same line, or preceded by a question mark. */
  #entryOf(key: Read, value: Read): TextEntry | null {
    const { start, end } = key.node;
    const colon = end + (/^[ \t]*/.exec(this.source.slice(end, end + 200))?.[0].length ?? 0);
    if (this.source[colon] !== ':' || this.#isExplicit(start) || value.node.start <= colon) return null;
    return { key: String(key.result), keyStart: start, keyEnd: end, colon, value: value.node };
  }

  #isExplicit(keyStart: number): boolean {
    let before = keyStart - 1;
    while (this.source[before] === ' ' || this.source[before] === '\t') before--;
    return this.source[before] === '?';
  }

  #listOf(children: readonly Read[], range: { start: number; end: number }, isFlow: boolean): TextNode {
    const items = children.map(({ node }) => node);
    const end = isFlow ? range.end : (items.at(-1)?.end ?? range.end);
    return textNode('list', { start: range.start, end }, { isFlow, items });
  }
}

/** The offset behind tag and anchor. */
function skipProperties(text: string, start: number): number {
  let offset = start;
  while (text[offset] === '&' || text[offset] === '!') {
    while (offset < text.length && !' \t\r\n'.includes(text.charAt(offset))) offset++;
    offset = skipToContent(text, offset);
  }
  return offset;
}

function shifted(node: TextNode, by: number): TextNode {
  return {
    ...node,
    start: node.start + by,
    end: node.end + by,
    items: node.items.map((item) => shifted(item, by)),
    entries: node.entries.map(({ key, keyStart, keyEnd, colon, value }) => {
      return { key, keyStart: keyStart + by, keyEnd: keyEnd + by, colon: colon + by, value: shifted(value, by) };
    }),
  };
}
