import { expect, test } from 'vitest';
import { createTextLogger } from '../../../../controller/logging/text-logger.ts';

function collect(level: 'debug' | 'info' | 'warn' | 'error' = 'info') {
  const lines: string[] = [];
  const levels: string[] = [];
  const now = () => new Date('2026-01-02T03:04:05.678Z');
  const write = (line: string, severity: string) => {
    lines.push(line);
    levels.push(severity);
  };
  return { lines, levels, logger: createTextLogger({ level, now, write }) };
}

test('a line has time, level, message and fields in the form of sealed-secrets', () => {
  const { lines, logger } = collect();
  logger.info({ keys: 2, ready: true, absent: undefined }, 'sealing keys loaded');
  logger.child({ part: 'unseal' }).warn({ name: 'db' }, 'refused');
  expect(lines).toEqual([
    'time=2026-01-02T03:04:05.678Z level=INFO msg="sealing keys loaded" keys=2 ready=true\n',
    'time=2026-01-02T03:04:05.678Z level=WARN msg=refused part=unseal name=db\n',
  ]);
});

test.each([
  ['', '""'],
  ['plain-1.2/x:y', 'plain-1.2/x:y'],
  ['ключ', 'ключ'],
  ['two words', '"two words"'],
  ['a=b', '"a=b"'],
  ['say "x"', '"say \\"x\\""'],
  ['line\nbreak', '"line\\nbreak"'],
  ['\u001b[31mred', '"\\u001b[31mred"'],
  ['\u202ereversed', '"\\u202ereversed"'],
])('the text %j is written as %s, on one line', (text, written) => {
  const { lines, logger } = collect();
  logger.info({ text }, 'm');
  expect(lines).toEqual([`time=2026-01-02T03:04:05.678Z level=INFO msg=m text=${written}\n`]);
});

test('lines below the level are not written, and each tells its level', () => {
  const { lines, levels, logger } = collect('warn');
  for (const level of ['debug', 'info', 'warn', 'error'] as const) logger[level]({}, level);
  expect(lines).toHaveLength(2);
  expect(levels).toEqual(['warn', 'error']);
});

test('every line passes the redactor', () => {
  const { lines, logger } = collect();
  logger.error({ error: 'cannot fetch https://me:hunter2@example.com' }, 'failed');
  expect(lines.join('')).toContain('[redacted]');
  expect(lines.join('')).not.toContain('hunter2');
});
