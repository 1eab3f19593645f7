/** @module The answer to one question, with what speaks for it. */
import { CHECKS, type CheckName, type Principle } from './checks.ts';
import type { Known } from './facts.ts';

/** `warn`: it holds, but less firmly than it could. `unknown`: what would decide it could not be read. */
export type CheckResult = 'pass' | 'warn' | 'fail' | 'unknown';

/** One answer. */
export interface Finding {
  readonly check: CheckName;
  readonly principle: Principle;
  readonly question: string;
  readonly result: CheckResult;
  /** Facts, each a sentence without its end; at least one. */
  readonly evidence: readonly string[];
}

/** What a judge says of one question. */
export type Answer = readonly [result: CheckResult, ...evidence: readonly string[]];

/** `answer` to the question of the name `check`. */
export function findingOf(check: CheckName, [result, ...evidence]: Answer): Finding {
  const [principle, question] = CHECKS[check];
  return { check, principle, question, result, evidence };
}

/** The answer of `judge` to what is known, and `unknown` with the reason where it is not. */
export function whenKnown<Value>(fact: Known<Value>, judge: (value: Value) => Answer): Answer {
  return 'why' in fact ? ['unknown', fact.why] : judge(fact.value);
}

const MAX_LINES = 10;

/** The first ten of `lines`, and how many more there are. */
export function firstOf(lines: readonly string[]): readonly string[] {
  return lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES), `and ${lines.length - MAX_LINES} more`];
}
