/** @module What a check found, for programs: a stable form that docs/opengitops.md describes. */
import { stringifyJson } from '../../shared/encoding/json.ts';
import { NOT_CHECKED, PRINCIPLES_VERSION } from '../../shared/opengitops/checks.ts';
import { worstOf } from '../../shared/opengitops/judge-git-sync.ts';
import { type CheckReport, resultOf } from './check-report.ts';

/** Counts up when a field changes its meaning or goes; new fields may come at any time. */
const FORM = 1;

/** The report as one JSON document. */
export function formatCheckJson(report: CheckReport): string {
  const { checkedAt, gitSyncs } = report;
  const document = {
    form: FORM,
    principles: PRINCIPLES_VERSION,
    checkedAt,
    result: resultOf(report),
    gitSyncs: gitSyncs.map(({ findings, ...gitSync }) => ({ ...gitSync, result: worstOf(findings), findings })),
    notChecked: NOT_CHECKED,
  };
  return `${stringifyJson(document, 2)}\n`;
}
