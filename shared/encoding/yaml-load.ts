/**
 * @module One YAML document, from text to value, with every bound that untrusted text needs. Splitting a stream and
 * naming places in a file are left to yaml-documents.ts.
 */
import { type EventType, load, type Schema, type State } from 'js-yaml';
import { CONTROLS_BUT_BLANKS } from './control-characters.ts';
import { assertExpansionBounded } from './yaml-expansion.ts';
import { toYamlFault, YamlFault } from './yaml-fault.ts';
import { findDanglingDashes, firstOutside } from './yaml-list-ends.ts';
import { NodeWatch } from './yaml-nodes.ts';
import { kubectlSchema } from './yaml-schema.ts';

const MAX_DEPTH = 100;
const MAX_MERGED_KEYS = 10_000;

/**
 * Characters that do not belong in YAML text. Control characters are refused by kubectl's decoder too. Next line, line
 * separator and paragraph separator end a line in its YAML 1.1 but not in js-yaml, and a byte-order mark at the start
 * of a line is skipped there and kept here, so that a file could show one content to each.
 */
const FOREIGN_CHARACTER = new RegExp(
  String.raw`[${CONTROLS_BUT_BLANKS}\ud800-\udfff\u2028\u2029\ufffe\uffff]|(?:^|[\n\r])\ufeff`,
  'u',
);

/** Told of each node that the parser opens and closes, after the value of the node has been corrected. */
export type NodeListener = (event: EventType, state: State) => void;

/**
 * The value of the single document `source`, its directives and opening marker included. Scalars mean what `schema` says, which has to
 * extend kubectl's.
 * @throws YamlFault
 */
export function loadYaml(source: string, follow?: NodeListener, schema: Schema = kubectlSchema): unknown {
  assertYamlCharacters(source);
  const dashes = findDanglingDashes(source);
  const watch = new NodeWatch(source, { keepScalars: dashes.length > 0 });
  const value = parse(source, watch, { follow, schema });
  const misread = firstOutside(dashes, watch.scalars);
  if (misread !== undefined) {
    throw new YamlFault('YAML_INVALID', 'an empty item at the end of a nested list (write null)', misread);
  }
  // Without aliases nothing is shared, and the value is no larger than its text.
  if (watch.aliases > 0) assertExpansionBounded(value);
  return value ?? null;
}

interface ParseWith {
  readonly follow: NodeListener | undefined;
  readonly schema: Schema;
}

function parse(source: string, watch: NodeWatch, { follow, schema }: ParseWith): unknown {
  const limits = { maxDepth: MAX_DEPTH, maxTotalMergeKeys: MAX_MERGED_KEYS };
  const both: NodeListener = (event, state) => {
    watch.listener(event, state);
    follow?.(event, state);
  };
  const listener = follow === undefined ? watch.listener : both;
  try {
    return load(source, { schema, listener, ...limits });
  } catch (error) {
    const fault = toYamlFault(error, source);
    if (fault === null) throw error;
    throw fault.offset === null ? new YamlFault(fault.code, fault.message, watch.offset) : fault;
  }
}

/**
 * Passes when `source` holds only characters that belong in YAML, comments included: a line separator in a comment
 * would let kubectl read what follows.
 * @throws YamlFault YAML_INVALID
 */
export function assertYamlCharacters(source: string): void {
  const match = FOREIGN_CHARACTER.exec(source);
  if (match === null) return;
  const offset = match.index + match[0].length - 1;
  const codePoint = source.charCodeAt(offset).toString(16).toUpperCase().padStart(4, '0');
  const reason = `character U+${codePoint} (write it as an escape in double quotes)`;
  throw new YamlFault('YAML_INVALID', reason, offset);
}
