import { expect, test } from 'vitest';
import type { Logger } from '../../../../controller/logging/logger.ts';
import { ProblemLog } from '../../../../controller/logging/problem-log.ts';
import { KubeError } from '../../../../shared/kube/errors.ts';

function bench() {
  const lines: string[] = [];
  const at = (level: string) => (fields: object, message: string) =>
    lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return { lines, log: new ProblemLog(logger, 'cannot watch') };
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
