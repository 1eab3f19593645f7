import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Logger } from '../../controller/logging/logger.ts';
import { createLogger } from '../../controller/logging/pino-logger.ts';
import { createTextLogger } from '../../controller/logging/text-logger.ts';

const word = fc.stringMatching(/^[A-Za-z0-9]{12,40}$/);
const noise = fc.string({ unit: 'binary', maxLength: 40 });

/** Texts that hold `secret` in one of the forms in which it turns up by accident. */
const leaks: readonly ((secret: string) => string)[] = [
  (secret) => `https://user:${secret}@git.example.com/x.git`,
  (secret) => `ssh://${secret}@host/x`,
  (secret) => `Authorization: Bearer ${secret}`,
  (secret) => `?password=${secret}&y=1`,
  (secret) => `token=${secret}`,
  (secret) => `-----BEGIN PRIVATE KEY-----\n${secret}\n${secret}\n-----END PRIVATE KEY-----\n`,
  (secret) => `-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\n\r\n${secret}`,
];

/** The one line that `logger` writes when it is told of a leak, as a field or as the message. */
function lineOf(create: (write: (line: string) => void) => Logger, text: string, isField: boolean): string {
  const lines: string[] = [];
  const logger = create((line) => lines.push(line));
  if (isField) logger.info({ error: text }, 'failed');
  else logger.info({}, text);
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

const told = fc
  .tuple(word, fc.constantFrom(...leaks), noise, noise)
  .map(([secret, leak, before, after]) => ({ secret, text: `${before} ${leak(secret)} ${after}` }));

test('no known form of a secret passes the log, wherever it stands, and every line stays one JSON object', () => {
  fc.assert(
    fc.property(told, fc.boolean(), ({ secret, text }, isField) => {
      const line = lineOf((write) => createLogger({ level: 'info', write }), text, isField);
      expect(line).not.toContain(secret);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(JSON.parse(line)).toMatchObject({ level: 'info' });
    }),
  );
});

test('nor does it pass the log as text, where every line stays one line without control characters', () => {
  const now = () => new Date(0);
  fc.assert(
    fc.property(told, fc.boolean(), ({ secret, text }, isField) => {
      const line = lineOf((write) => createTextLogger({ level: 'info', now, write }), text, isField);
      expect(line).not.toContain(secret);
      expect(line).toMatch(/^time=1970-01-01T00:00:00.000Z level=INFO msg=[^\p{Cc}\u202a-\u202e]+\n$/u);
    }),
  );
});
