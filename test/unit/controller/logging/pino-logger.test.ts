import { expect, test } from 'vitest';
import { createLogger } from '../../../../controller/logging/pino-logger.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';

function collect(level: 'debug' | 'info' | 'warn' | 'error' = 'info') {
  const lines: string[] = [];
  return { lines, logger: createLogger({ level, write: (line) => lines.push(line) }) };
}

test('a line is one JSON object with level, time, fields and message', () => {
  const { lines, logger } = collect();
  logger.info({ part: 'keys', count: 2, absent: undefined }, 'loaded');
  expect(lines).toHaveLength(1);
  expect(lines[0]?.endsWith('\n')).toBe(true);
  const line = JSON.parse(lines[0] ?? '');
  expect(line).toEqual({ level: 'info', time: expect.any(String), part: 'keys', count: 2, msg: 'loaded' });
  expect(new Date(line.time).toISOString()).toBe(line.time);
});

test('lines below the level are not written', () => {
  const { lines, logger } = collect('warn');
  logger.debug({}, 'a');
  logger.info({}, 'b');
  logger.warn({}, 'c');
  logger.error({}, 'd');
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['c', 'd']);
});

test('a child adds its fields', () => {
  const { lines, logger } = collect();
  logger.child({ part: 'unseal' }).info({ name: 'db' }, 'done');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ part: 'unseal', name: 'db' });
});

test('every line passes the redactor, and secret bytes print as a placeholder', () => {
  const { lines, logger } = collect();
  logger.error({ error: 'cannot fetch https://me:hunter2@example.com' }, `value ${SecretBytes.fromText('hunter2')}`);
  expect(lines.join('')).not.toContain('hunter2');
});

test('each line is written with its own level', () => {
  const levels: string[] = [];
  const logger = createLogger({ level: 'debug', write: (_line, level) => levels.push(level) });
  for (const level of ['error', 'debug', 'warn', 'info'] as const) logger.child({})[level]({}, level);
  expect(levels).toEqual(['error', 'debug', 'warn', 'info']);
});
