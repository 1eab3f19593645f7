/** @module The preview of a sync as a comment on a pull request. Values of Secrets arrive here as digests. */
import { countOf } from '../../shared/encoding/count-of.ts';
import { describeIdentity } from '../../shared/resources/object-meta.ts';
import type { PlannedAction } from '../../shared/sync/planned-action.ts';
import type { SyncPreview } from '../../shared/sync/preview-sync.ts';
import { toCode, toCodeBlock } from './markdown-text.ts';
import { hasFindings, type Plan, placeOf, shownActions, summarizePlan } from './plan-counts.ts';

/** The longest comment that GitHub takes, in characters; here they are UTF-16 code units, of which there are never fewer. */
const MAX_MARKDOWN_LENGTH = 65_536;

/** More than any sentence about what was left out has. */
const NOTICE_LENGTH = 200;

/** Of a list that is too long, these stay in this order. */
const ATTENTION: readonly PlannedAction['kind'][] = [
  'failed',
  'conflict',
  'recreate',
  'prune',
  'update',
  'create',
  'keep',
];

/** One object in the comment. */
interface Section {
  readonly kind: PlannedAction['kind'];
  readonly line: string;
  /** Empty for an object without a diff. */
  readonly diff: string;
}

/**
 * At most `maxLength` characters. What does not fit is left out in steps, and the comment says so: the diffs of the largest objects first,
 * then all diffs, then objects, those that deserve most attention last. The counts are always there. Nothing from files or the cluster is read as Markdown or HTML.
 */
export function formatPlanMarkdown(plan: Plan, maxLength = MAX_MARKDOWN_LENGTH): string {
  const head = formatHead(plan);
  const sections = shownActions(plan.preview).map(toSection);
  return (
    withSomeDiffs(head, sections, maxLength) ??
    withoutDiffs(head, sections, maxLength) ??
    withSomeLines(head, sections, maxLength)
  );
}

function withSomeDiffs(head: string, sections: readonly Section[], maxLength: number): string | null {
  const bySize = sections.filter(({ diff }) => diff !== '').sort((a, b) => a.diff.length - b.diff.length);
  const kept = new Set<Section>(bySize);
  let length = head.length + sections.reduce((sum, { line, diff }) => sum + line.length + diff.length, 1);
  while (length > maxLength - NOTICE_LENGTH) {
    const largest = bySize.pop();
    if (largest === undefined) return null;
    kept.delete(largest);
    length -= largest.diff.length;
  }
  const total = sections.filter(({ diff }) => diff !== '').length;
  if (kept.size === 0 && total > 0) return null;
  const left = total - kept.size;
  const notice =
    left === 0 ? '' : `\n_Too long for a comment: the ${left} largest of ${countOf(total, 'diff')} are left out._\n`;
  return `${head}${notice}\n${sections.map((section) => section.line + (kept.has(section) ? section.diff : '')).join('')}`;
}

function withoutDiffs(head: string, sections: readonly Section[], maxLength: number): string | null {
  const length = sections.reduce((sum, { line }) => sum + line.length, head.length + 1);
  if (length > maxLength - NOTICE_LENGTH) return null;
  const notice = '_Too long for a comment: all diffs are left out._';
  return `${head}\n${notice}\n\n${sections.map(({ line }) => line).join('')}`;
}

function withSomeLines(head: string, sections: readonly Section[], maxLength: number): string {
  const byAttention = sections.toSorted((a, b) => ATTENTION.indexOf(a.kind) - ATTENTION.indexOf(b.kind));
  const lines: string[] = [];
  let length = head.length + NOTICE_LENGTH;
  for (const { line } of byAttention) {
    length += line.length;
    if (length > maxLength) break;
    lines.push(line);
  }
  const left = countOf(sections.length - lines.length, 'object');
  return `${head}\n_Too long for a comment: all diffs are left out, and ${left} of the list._\n\n${lines.join('')}`;
}

function formatHead({ gitSync, revision, preview }: Plan): string {
  const what = gitSync === null ? '' : ` of ${toCode(gitSync)}`;
  const lines = [`### Sync plan${what}`, '', `${toCode(revision)}: ${sayCounts(preview)}`];
  const { refusal, approval, skipped } = preview;
  if (refusal !== null) {
    const { reason, message, hint } = refusal;
    lines.push(
      '',
      `**The sync would be refused whole** (${reason}): ${toCode(message)}`,
      '',
      `To mend it: ${toCode(hint)}`,
    );
  }
  if (approval !== undefined) {
    const what = `**Wants approval: ${countOf(approval.items.length, 'object')} to be deleted or made anew.**`;
    const how =
      approval.command === null
        ? 'The commit can be approved, once there is one.'
        : `Once the GitSync follows this commit: ${toCode(approval.command)}`;
    lines.push('', what, '', how);
  }
  if (skipped.length > 0) lines.push('', `${countOf(skipped.length, 'file')} left out of the sync.`);
  return `${lines.join('\n')}\n`;
}

function sayCounts(preview: SyncPreview): string {
  return hasFindings(preview) ? `**${summarizePlan(preview)}**` : `nothing to do (${summarizePlan(preview)})`;
}

function toSection(action: PlannedAction): Section {
  const { kind, identity, reason, notes = [], diff = [] } = action;
  const why = reason === undefined ? '' : `: ${toCode(reason)}`;
  const place = action.origin === undefined ? '' : ` (${toCode(placeOf(action))})`;
  const line = `- **${kind}** ${toCode(describeIdentity(identity))}${place}${why}\n`;
  const asides = notes.map((note) => `  - ${toCode(note)}\n`);
  return {
    kind,
    line: [line, ...asides].join(''),
    diff: diff.length === 0 ? '' : `\n${indent(toCodeBlock(diff, 'diff'))}\n`,
  };
}

/** Two spaces make the block part of its list item. */
function indent(block: string): string {
  return block.replace(/^/gm, '  ').trimEnd().concat('\n');
}
