/** @module The preview of a sync as a person reads it on a terminal. Values of Secrets arrive here as digests. */
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';
import { describeIdentity } from '../../shared/resources/object-meta.ts';
import type { PlannedAction } from '../../shared/sync/planned-action.ts';
import type { SyncPreview } from '../../shared/sync/preview-sync.ts';
import { formatFieldChange } from './field-change-text.ts';
import { placeOf, shownActions } from './plan-counts.ts';
import { formatTable } from './table.ts';

/** How a plan is written. */
export interface PlanTextOptions {
  /** Whether lines are coloured with escape sequences; they are added to text that holds none. */
  readonly isColoured: boolean;
}

const RESET = '\x1b[0m';
const BOLD = '\x1b[1m';
const RED = '\x1b[31m';
const GREEN = '\x1b[32m';
const YELLOW = '\x1b[33m';
const CYAN = '\x1b[36m';

const COLOUR_OF_ACTION: Readonly<Partial<Record<PlannedAction['kind'], string>>> = {
  create: GREEN,
  update: YELLOW,
  recreate: RED,
  prune: RED,
  conflict: RED,
  failed: RED,
};
const COLOUR_OF_LINE: Readonly<Record<string, string>> = { '+': GREEN, '-': RED, '~': YELLOW, '@': CYAN };

type Paint = (colour: string | undefined, text: string) => string;

/**
 * One row for each object that is not in place already; below the rows each changed field, and a unified diff of the YAML, of each object
 * that is created or changed. Empty when all of it is in place.
 */
export function formatPlan(preview: SyncPreview, { isColoured }: PlanTextOptions): string {
  const shown = shownActions(preview);
  if (shown.length === 0) return '';
  const paint: Paint = (colour, text) => (isColoured && colour !== undefined ? `${colour}${text}${RESET}` : text);
  const [head = '', ...rows] = formatTable(['ACTION', 'OBJECT', 'FILE', 'REASON'], shown.map(toRow)).split('\n');
  const painted = rows.map((row, at) => paint(COLOUR_OF_ACTION[shown[at]?.kind ?? 'keep'], row));
  return [paint(BOLD, head), ...painted].join('\n') + shown.map((action) => formatDetails(action, paint)).join('');
}

function toRow(action: PlannedAction): string[] {
  return [action.kind, describeIdentity(action.identity), placeOf(action), action.reason ?? ''];
}

function formatDetails({ identity, changes = [], diff = [] }: PlannedAction, paint: Paint): string {
  const lines = [...changes.map(formatFieldChange), ...diff].map((line) => toPrintableLine(line));
  if (lines.length === 0) return '';
  const painted = lines.map((line) => `  ${paint(COLOUR_OF_LINE[line.charAt(0)], line)}\n`);
  return `\n${paint(BOLD, toPrintableLine(describeIdentity(identity)))}\n${painted.join('')}`;
}
