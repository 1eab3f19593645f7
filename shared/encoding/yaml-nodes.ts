/**
 * @module What js-yaml's node events add to the schema: map keys as kubectl prints or refuses them, merges in
 * kubectl's order, a count of aliases, and the refusal of texts that js-yaml reads differently from kubectl. The
 * events are js-yaml 4's `listener`; docs/adr/0002-yaml-equals-kubectl.md says what is relied on.
 */
import type { EventType, State } from 'js-yaml';
import { YamlFault } from './yaml-fault.ts';
import type { TextRange } from './yaml-list-ends.ts';
import { type MapEntry, mergeSources, replayMerges } from './yaml-merge.ts';
import { floatKeyText } from './yaml-scalars.ts';
import { FLOAT_TAG, MERGE_TAG } from './yaml-schema.ts';

/** Aliases that one document may use; kubectl's decoder also limits aliasing. */
const MAX_ALIASES = 1000;
/** Keys, values, lists and maps of one document: a large list of large objects has no more, and each takes memory. */
const MAX_NODES = 1_000_000;
const MAX_INT64 = 2n ** 63n - 1n;

type ParserState = State & { readonly tag: string | null; readonly anchor: string | null };

/** A node that js-yaml is reading. */
class Node {
  readonly start: number;
  /** What stands before the node and makes it a key, or may do so. */
  readonly mark: Mark;
  /** True once a node within this one has followed an opening brace. */
  isFlowMap = false;
  /** The keys and merges of a map so far; kept only where a document has merges. */
  entries: MapEntry[] | null = null;
  /** True between a merge key and its value. */
  awaitsMerge = false;

  constructor(start: number, mark: Mark) {
    this.start = start;
    this.mark = mark;
  }
}

/** The character before a node as far as it matters; 0 for every other one. */
type Mark = typeof QUESTION | typeof BRACE | typeof BRACKET | typeof COMMA | 0;

const QUESTION = 0x3f;
const BRACE = 0x7b;
const BRACKET = 0x5b;
const COMMA = 0x2c;
const COLON = 0x3a;

/** Follows one document. Pass `listener` to js-yaml; it throws {@link YamlFault} for what must be refused. */
export class NodeWatch {
  /** Uses of anchors so far. */
  aliases = 0;
  /** Where the parser is, for faults that come from elsewhere. */
  offset = 0;
  /** Where scalars stand, when asked for. */
  readonly scalars: TextRange[] = [];
  readonly #open: Node[] = [];
  readonly #mayMerge: boolean;
  readonly #keepsScalars: boolean;
  #nodes = 0;
  #lastAliasEnd = -1;

  constructor(text: string, options: { readonly keepScalars: boolean }) {
    this.#mayMerge = text.includes('<<');
    this.#keepsScalars = options.keepScalars;
  }

  readonly listener = (event: EventType, state: State): void => {
    this.offset = state.position;
    if (event === 'close') this.#close(state as ParserState);
    else {
      this.#countNode(state.position);
      this.#open.push(openNode(state, this.#open.at(-1)));
    }
  };

  #countNode(position: number): void {
    this.#nodes++;
    if (this.#nodes > MAX_NODES) throw new YamlFault('YAML_TOO_LARGE', `more than ${MAX_NODES} values`, position);
  }

  #close(state: ParserState): void {
    const node = this.#open.pop();
    const parent = this.#open.at(-1);
    if (node === undefined) return;
    if (isAlias(state)) this.#countAlias(state.position);
    if (this.#keepsScalars && state.kind === 'scalar') this.scalars.push({ start: node.start, end: state.position });
    assertOwnProperties(state, node);
    // The tag `!` makes text of what it marks, also of nothing.
    if (state.tag === '!' && state.result === null) state.result = '';
    const isKey = isKeyAfter(state) || isKeyBefore(node, parent);
    if (isKey) state.result = keyOf(state, node);
    if (this.#mayMerge) noteMerges(state, node, isKey ? { keyOf: parent } : { valueOf: parent });
  }

  // js-yaml may report one alias twice, as a possible key and as the node, both with the same end.
  #countAlias(end: number): void {
    if (end === this.#lastAliasEnd) return;
    this.#lastAliasEnd = end;
    this.aliases++;
    if (this.aliases > MAX_ALIASES) throw new YamlFault('YAML_ALIAS_BOMB', `more than ${MAX_ALIASES} aliases`, end);
  }
}

/** Refuses tags and anchors that js-yaml reads otherwise than kubectl. */
function assertOwnProperties(state: ParserState, node: Node): void {
  if (state.tag === null && state.anchor === null) return;
  if (state.anchor?.endsWith(':')) throw new YamlFault('YAML_INVALID', 'an anchor that ends in a colon', node.start);
  // js-yaml takes what stands before a key for properties of the empty value above it.
  const isLaterLine = node.start < state.lineStart && state.position > state.lineStart + state.lineIndent;
  if (state.kind === null && isLaterLine) {
    throw new YamlFault('YAML_INVALID', 'a tag or an anchor before a key, and an empty value above it', state.position);
  }
}

function isAlias(state: State): boolean {
  return state.kind === null && state.result !== null;
}

function openNode(state: State, parent: Node | undefined): Node {
  const { input, position } = state;
  const mark = precedingMark(input, position);
  if (mark === BRACE && parent !== undefined) parent.isFlowMap = true;
  if (mark !== 0 && input.charCodeAt(position) === QUESTION && !isBlankOrBreak(input, position + 1)) {
    throw new YamlFault('YAML_INVALID', 'text that begins with "?" in brackets (quote it)', position);
  }
  return new Node(position, mark);
}

/** The mark before `offset`. Only a comma or a brace may stand on an earlier line. */
function precedingMark(text: string, offset: number): Mark {
  let before = offset - 1;
  while (isBlank(text, before)) before--;
  const sameLine = text.charCodeAt(before);
  if (sameLine === QUESTION || sameLine === BRACE || sameLine === BRACKET || sameLine === COMMA) return sameLine;
  while (before >= 0 && isBlankOrBreak(text, before)) before--;
  const lineBefore = text.charCodeAt(before);
  return (lineBefore === BRACE || lineBefore === COMMA) && !mayBeComment(text, before) ? lineBefore : 0;
}

/** True when a `#` stands before `offset` on its line. */
function mayBeComment(text: string, offset: number): boolean {
  for (let before = offset; before >= 0; before--) {
    const code = text.charCodeAt(before);
    if (code === 0x23) return true;
    if (code === 0x0a || code === 0x0d) return false;
  }
  return false;
}

function isKeyBefore(node: Node, parent: Node | undefined): boolean {
  return node.mark === QUESTION || node.mark === BRACE || (node.mark === COMMA && parent?.isFlowMap === true);
}

/** True when a colon on the same line follows the node. */
function isKeyAfter(state: State): boolean {
  let next = state.position;
  while (isBlank(state.input, next)) next++;
  if (state.input.charCodeAt(next) !== COLON) return false;
  // A block collection or an alias may end where the next line's text begins; that colon is not its own.
  if (state.position === state.lineStart + state.lineIndent) return false;
  if (state.kind === 'scalar' && isFlowIndicator(state.input[next + 1]) && !isQuoteMark(state.input[next - 1])) {
    throw new YamlFault('YAML_INVALID', 'a key whose colon is not followed by a blank', next);
  }
  return true;
}

/** The key that kubectl makes of the node's value. */
function keyOf(state: ParserState, node: Node): unknown {
  const value: unknown = state.result;
  if (value === null) throw refusedKey('null', state);
  if (typeof value === 'object') throw refusedKey('a map or a list', state);
  if (typeof value === 'bigint' && value > MAX_INT64) throw refusedKey('an integer of more than 63 bits', state);
  if (typeof value === 'number' && isAlias(state)) throw refusedKey('an alias of a number', state);
  if (node.mark === QUESTION && state.tag === MERGE_TAG) throw refusedKey('an explicit merge', state);
  return typeof value === 'number' && state.tag === FLOAT_TAG ? floatKeyText(value) : value;
}

function refusedKey(what: string, state: State): YamlFault {
  return new YamlFault('YAML_INVALID', `${what} as a key (quote it to make it text)`, state.position);
}

type Role = { readonly keyOf: Node | undefined } | { readonly valueOf: Node | undefined };

function noteMerges(state: ParserState, node: Node, role: Role): void {
  if (state.kind === 'mapping' && node.entries !== null) replayMerges(state.result, node.entries);
  if ('keyOf' in role) {
    if (role.keyOf === undefined) return;
    role.keyOf.awaitsMerge = state.tag === MERGE_TAG;
    if (state.tag !== MERGE_TAG) addEntry(role.keyOf, { key: String(state.result) });
  } else if (role.valueOf?.awaitsMerge === true) {
    role.valueOf.awaitsMerge = false;
    addEntry(role.valueOf, { sources: mergeSources(state.result, isAlias(state), state.position) });
  }
}

function addEntry(node: Node, entry: MapEntry): void {
  node.entries ??= [];
  node.entries.push(entry);
}

function isBlank(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset);
  return code === 0x20 || code === 0x09;
}

function isBlankOrBreak(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset);
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}

function isFlowIndicator(character: string | undefined): boolean {
  return character !== undefined && ',[]{}'.includes(character);
}

function isQuoteMark(character: string | undefined): boolean {
  return character === '"' || character === "'";
}
