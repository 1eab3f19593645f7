/** @module What a check found, over all GitSyncs: the same for every form of output. */
import type { CheckResult, Finding } from '../../shared/opengitops/finding.ts';
import { worstOf } from '../../shared/opengitops/judge-git-sync.ts';

/** The answers about one GitSync. */
export interface CheckedGitSync {
  /** `namespace/name`. */
  readonly name: string;
  /** Without credentials. */
  readonly url: string;
  /** What is applied; null before the first sync. */
  readonly revision: string | null;
  readonly findings: readonly Finding[];
}

/** All answers. */
export interface CheckReport {
  /** RFC 3339. */
  readonly checkedAt: string;
  /** At least one. */
  readonly gitSyncs: readonly CheckedGitSync[];
}

const RESULTS: readonly CheckResult[] = ['pass', 'warn', 'fail', 'unknown'];

/** The result that weighs most. */
export function resultOf({ gitSyncs }: CheckReport): CheckResult {
  return worstOf(gitSyncs.flatMap(({ findings }) => findings));
}

/** How many answers of each kind: `14 pass, 2 warn`. */
export function summarizeFindings(findings: readonly Finding[]): string {
  const counted = RESULTS.map((result) => [result, findings.filter((one) => one.result === result).length] as const);
  return counted.flatMap(([result, amount]) => (amount === 0 ? [] : [`${amount} ${result}`])).join(', ');
}
