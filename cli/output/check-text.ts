/** @module What a check found, as a person reads it. */

import { toPrintableLine } from '../../shared/encoding/printable-text.ts';
import type { Finding } from '../../shared/opengitops/finding.ts';
import { type CheckedGitSync, type CheckReport, summarizeFindings } from './check-report.ts';
import { formatTable } from './table.ts';

const HEADER = ['PRINCIPLE', 'CHECK', 'RESULT', 'EVIDENCE'];

/** A table for each GitSync, with every piece of evidence on a line of its own. */
export function formatCheckText({ gitSyncs }: CheckReport): string {
  return gitSyncs.map(formatGitSync).join('\n');
}

function formatGitSync({ name, findings }: CheckedGitSync): string {
  const rows = findings.flatMap((finding, at) => rowsOf(finding, findings[at - 1]));
  return `${toPrintableLine(name)}: ${summarizeFindings(findings)}\n${formatTable(HEADER, rows)}`;
}

/** The principle stands once, where its first question is answered. */
function rowsOf(finding: Finding, before: Finding | undefined): readonly (readonly string[])[] {
  const { principle, check, result, evidence } = finding;
  const [first = '', ...more] = evidence;
  const shown = before?.principle === principle ? '' : principle;
  return [[shown, check, result, first], ...more.map((line) => ['', '', '', line])];
}
