/** @module All questions about one GitSync, answered from facts alone. */
import type { GitSyncFacts } from './facts.ts';
import type { CheckResult, Finding } from './finding.ts';
import { judgeDeclarative } from './judge-declarative.ts';
import { judgePulled } from './judge-pulled.ts';
import { judgeReconciled } from './judge-reconciled.ts';
import { judgeVersioned } from './judge-versioned.ts';

/** One answer for each question, in the order of the principles; those of a probe only where there was one. */
export function judgeGitSync(facts: GitSyncFacts): readonly Finding[] {
  return [judgeDeclarative, judgeVersioned, judgePulled, judgeReconciled].flatMap((judge) => judge(facts));
}

const BY_WEIGHT: readonly CheckResult[] = ['fail', 'unknown', 'warn', 'pass'];

/** The result that weighs most: a failure before what is unknown, that before a warning. Nothing at all is no pass. */
export function worstOf(findings: readonly Pick<Finding, 'result'>[]): CheckResult {
  return BY_WEIGHT.find((result) => findings.some((finding) => finding.result === result)) ?? 'unknown';
}
