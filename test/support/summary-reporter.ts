/** @module Ends a test run with the reason of every skip and one line of counts. */
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Prints `N passed, N failed, N skipped` as the last line; a test file that does not load counts as one failure. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const cases = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => cases.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const skipped = cases.filter((test) => test.result().state === 'skipped');
    const lines = skipped.map((test) => `skipped: ${test.fullName} (${skipReason(test)})`);
    const summary = `${count('passed')} passed, ${count('failed') + broken} failed, ${skipped.length} skipped`;
    process.stdout.write(`\n${[...lines, summary].join('\n')}\n`);
  }
}

function skipReason(test: TestCase): string {
  const result = test.result();
  return (result.state === 'skipped' ? result.note : undefined) ?? 'a test above it failed, or it was filtered out';
}
