import { expect, test } from 'vitest';
import { ProblemLog } from '../../../../controller/logging/problem-log.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { collectingLogger } from '../../../support/collecting-logger.ts';

function bench() {
  const lines: string[] = [];
  return { lines, log: new ProblemLog(collectingLogger(lines), 'cannot watch') };
}

test('a problem is told of once, with how to mend it; its repetitions are for those who look closely', () => {
  const { lines, log } = bench();
  const error = new KubeError('KUBE_NOT_FOUND', 'not served', { hint: 'install it' });
  log.report(error);
  log.report(error);
  expect(lines).toEqual([
    'warn cannot watch {"error":"not served","hint":"install it"}',
    'debug cannot watch {"error":"not served","hint":"install it"}',
  ]);
});

test('another problem is news, and so is the same one after it was over', () => {
  const { lines, log } = bench();
  log.report(new Error('a'));
  log.report(new Error('b'));
  log.clear();
  log.report(new Error('b'));
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['warn', 'warn', 'warn']);
});

test('problems that take turns are told of once each', () => {
  const { lines, log } = bench();
  for (const problem of ['a', 'b', 'a', 'b']) log.report(new Error(problem));
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['warn', 'warn', 'debug', 'debug']);
});

test('of problems without end those that were told of long ago are forgotten', () => {
  const { lines, log } = bench();
  for (let index = 0; index < 1_000; index += 1) log.report(new Error(`${index}`));
  log.report(new Error('0'));
  log.report(new Error('999'));
  expect(lines.slice(-2).map((line) => line.split(' ')[0])).toEqual(['warn', 'debug']);
});

test('with a clock a problem that lasts is told again after ten minutes', () => {
  const lines: string[] = [];
  let nowMs = 1_000_000;
  const log = new ProblemLog(collectingLogger(lines), 'cannot watch', () => new Date(nowMs));
  for (let minute = 0; minute < 21; minute += 1) {
    log.report(new Error('a'));
    nowMs += 60_000;
  }
  expect(lines.filter((line) => line.startsWith('warn'))).toHaveLength(3);
  expect(lines).toHaveLength(21);
});
