/** @module How two states of one object differ, as a unified diff of their YAML. Works on what may be shown and masks nothing itself. */
import { stringifyYaml } from '../encoding/yaml-output.ts';
import type { ShownObject, ShownPair } from './shown-object.ts';
import { unifiedDiff } from './unified-diff.ts';

/** Lines of one object's diff; more say nothing to a person. */
const MAX_LINES = 2_000;

/** Lines of a unified diff, without the lines that name files; empty when both sides are equal. At most 2,001, the last of which says so. */
export function objectDiff({ before, after }: ShownPair): readonly string[] {
  const lines = unifiedDiff(toLines(before), toLines(after));
  if (lines.length <= MAX_LINES) return lines;
  return [...lines.slice(0, MAX_LINES), `@@ ${lines.length - MAX_LINES} more lines @@`];
}

function toLines(object: ShownObject | null): readonly string[] {
  return object === null ? [] : stringifyYaml(object).trimEnd().split('\n');
}
