/** @module What a check found, for a comment or a report. Text from files and from the cluster stands in code only. */
import { NOT_CHECKED, PRINCIPLES, PRINCIPLES_VERSION } from '../../shared/opengitops/checks.ts';
import type { Finding } from '../../shared/opengitops/finding.ts';
import { type CheckedGitSync, type CheckReport, summarizeFindings } from './check-report.ts';
import { toCode } from './markdown-text.ts';

/** A section for each GitSync, with its principles and answers as lists. */
export function formatCheckMarkdown({ checkedAt, gitSyncs }: CheckReport): string {
  const head = `### ${PRINCIPLES_VERSION}, checked at ${checkedAt}\n`;
  const tail = `\nNot checked:\n\n${NOT_CHECKED.map((line) => `- ${line}\n`).join('')}`;
  return [head, ...gitSyncs.map(formatGitSync), tail].join('');
}

function formatGitSync({ name, revision, findings }: CheckedGitSync): string {
  const at = revision === null ? '' : ` at ${toCode(revision)}`;
  const parts = PRINCIPLES.map((principle) => {
    const answers = findings.filter((finding) => finding.principle === principle);
    return `\n**${principle}**\n\n${answers.map(formatFinding).join('')}`;
  });
  return `\n#### ${toCode(name)}${at}: ${summarizeFindings(findings)}\n${parts.join('')}`;
}

function formatFinding({ result, question, evidence }: Finding): string {
  return `- **${result}** ${question}\n${evidence.map((line) => `  - ${toCode(line)}\n`).join('')}`;
}
