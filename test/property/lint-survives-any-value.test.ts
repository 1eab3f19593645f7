import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEditedItems } from '../../cli/commands/edited-items.ts';
import { parseEnvFile } from '../../cli/commands/env-file.ts';
import { SeveralErrors } from '../../cli/terminal/errors.ts';
import { encodeUtf8 } from '../../shared/encoding/bytes.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { lintSecret } from '../../shared/sealing/lint-secret.ts';
import { FIRST_KEY } from '../support/test-keys.ts';

const NOW = new Date('2026-11-01T00:00:00Z');
const TYPES = ['tls', 'dockerconfigjson', 'dockercfg', 'ssh-auth', 'basic-auth', 'service-account-token'];

/** Bytes of a text in which some were changed, cut off or doubled. */
function damaged(text: string): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const bytes = encodeUtf8(text);
  const place = fc.nat(bytes.length - 1);
  return fc.oneof(
    fc.tuple(place, fc.nat(255)).map(([at, byte]) => bytes.with(at, byte)),
    place.map((at) => bytes.slice(0, at)),
    fc.tuple(place, place).map(([at, to]) => new Uint8Array([...bytes.subarray(0, at), ...bytes.subarray(to)])),
  );
}

const anyBytes = fc.uint8Array({ maxLength: 64 }).map((bytes) => new Uint8Array(bytes));
const value = fc.oneof(
  anyBytes,
  fc.string({ unit: 'binary' }).map(encodeUtf8),
  damaged(FIRST_KEY.certificatePem),
  damaged(FIRST_KEY.privateKeyPem),
  damaged('{"auths": {"ghcr.io": {"auth": "Ym9iOmh1bnRlcjI="}}}'),
);
const key: fc.Arbitrary<string> = fc.constantFrom(
  'tls.crt',
  'tls.key',
  '.dockerconfigjson',
  '.dockercfg',
  'a',
  '__proto__',
);

test('lint ends with findings for any value, and quotes none of it', async () => {
  const subject = fc.record({
    type: fc.constantFrom(undefined, '', '__proto__', ...TYPES.map((type) => `kubernetes.io/${type}`)),
    entries: fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 4 }),
    canary: fc.constant('canary-5f0c1e'),
  });
  await fc.assert(
    fc.asyncProperty(subject, async ({ type, entries, canary }) => {
      const values = new Map(entries.map(([name, bytes]) => [name, new SecretBytes(bytes.slice())]));
      values.set('canary', SecretBytes.fromText(`${canary}\n`));
      const findings = await lintSecret({ type, values }, NOW);
      expect(findings.some(({ key: found }) => found === 'canary')).toBe(true);
      expect(JSON.stringify(findings)).not.toContain(canary);
    }),
    { numRuns: 400 },
  );
});

test('what an editor or an env file holds is read or refused with a code, and never quoted', () => {
  const canary = 'canary-5f0c1e';
  const content = fc.oneof(
    anyBytes,
    fc.string({ unit: 'binary' }).map(encodeUtf8),
    damaged(`a: ${canary}\nb: |\n  ${canary}\n`),
    damaged(`A=${canary}\nB=${canary}\n`),
  );
  const failureOf = (task: () => unknown): unknown => {
    try {
      task();
      return null;
    } catch (error) {
      return error;
    }
  };
  fc.assert(
    fc.property(content, (bytes) => {
      const failures = [
        failureOf(() => readEditedItems(bytes, ['a', '__proto__'])),
        failureOf(() => parseEnvFile(new SecretBytes(bytes.slice()), 'app.env')),
      ];
      for (const failure of failures) {
        if (failure === null) continue;
        const errors = failure instanceof SeveralErrors ? failure.errors : [failure];
        for (const error of errors) {
          expect(error).toBeInstanceOf(CodedError);
          expect(String((error as CodedError).message)).not.toContain(canary);
        }
      }
    }),
    { numRuns: 1000 },
  );
});
