/** @module What is known of one object, as a person reads it. Values of Secrets arrive here as digests. */
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';
import type { FieldChange } from '../../shared/sync-plan/object-changes.ts';
import { formatFieldChange } from './field-change-text.ts';
import { shortRevision } from './sync-status-text.ts';

/** One object, and how it stands to Git. What is absent or null is not known. Instants are RFC 3339. */
export interface Explanation {
  /** `Deployment shop/cart`. */
  readonly object: string;
  /** `namespace/name` of the GitSync that looks after it; null when none does, for the reason in `notSynced`. */
  readonly gitSync: string | null;
  /** In the repository. */
  readonly file?: string;
  readonly line?: number;
  /** The revision in force, as the status says it. */
  readonly revision?: string;
  readonly lastChange?: {
    readonly commit: string;
    readonly subject: string;
    readonly author: string;
    readonly at: string;
  };
  /** When the sync engine changed it last. */
  readonly lastApplied?: string;
  /** `kept`: it may differ, and is left so on purpose. */
  readonly drift: 'none' | 'differs' | 'missing' | 'kept' | 'unknown';
  /** What a sync would bring back. */
  readonly changes?: readonly FieldChange[];
  /** Every reason why it is not kept as Git has it; empty when it is. */
  readonly notSynced: readonly string[];
}

const DRIFT: Readonly<Record<Explanation['drift'], string>> = {
  none: 'none',
  differs: 'it differs from Git',
  missing: 'it is missing in the cluster',
  kept: 'not looked at: it is left as it is on purpose',
  unknown: 'not known',
};

/** A line for each thing that is known, below the name of the object. */
export function formatExplanation(explanation: Explanation): string {
  const { object, gitSync, file, line, revision, lastChange, lastApplied, drift, changes = [] } = explanation;
  const rows: (readonly [string, string])[] = [['GitSync', gitSync ?? 'none']];
  if (file !== undefined) rows.push(['file', `${file}:${line ?? 1}`]);
  if (revision !== undefined) rows.push(['revision', shortRevision(revision)]);
  if (lastChange !== undefined) {
    const { commit, at, author, subject } = lastChange;
    rows.push(['last change', `${commit.slice(0, 12)} ${at} ${author}: ${subject}`]);
  }
  if (lastApplied !== undefined) rows.push(['last apply', lastApplied]);
  if (gitSync !== null) rows.push(['drift', DRIFT[drift]]);
  rows.push(...changes.map((change) => ['', formatFieldChange(change)] as const));
  rows.push(...toRows(explanation));
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}   ${toPrintableLine(value)}`);
  return `${[toPrintableLine(object), ...lines].join('\n')}\n`;
}

function toRows({ notSynced }: Explanation): readonly (readonly [string, string])[] {
  if (notSynced.length === 0) return [['synced', 'yes']];
  return notSynced.map((reason, at) => [at === 0 ? 'synced' : '', at === 0 ? `no: ${reason}` : `also: ${reason}`]);
}
