import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogger } from '../../controller/logging/pino-logger.ts';

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

test('no known form of a secret passes the log, wherever it stands, and every line stays one JSON object', () => {
  fc.assert(
    fc.property(
      word,
      fc.constantFrom(...leaks),
      fc.tuple(noise, noise),
      fc.boolean(),
      (secret, leak, [before, after], isField) => {
        const lines: string[] = [];
        const logger = createLogger({ level: 'info', write: (line) => lines.push(line) });
        const text = `${before} ${leak(secret)} ${after}`;
        if (isField) logger.info({ error: text }, 'failed');
        else logger.info({}, text);
        expect(lines).toHaveLength(1);
        expect(lines[0]).not.toContain(secret);
        expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
        expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info' });
      },
    ),
  );
});
