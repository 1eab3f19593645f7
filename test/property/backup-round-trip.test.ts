import { generateIdentity, identityToRecipient } from 'age-encryption';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import { stringifyJson } from '../../shared/encoding/json.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { lockFile, unlockFile } from '../../shared/key-backup/age-file.ts';
import { readIdentities, readRecipients } from '../../shared/key-backup/age-keys.ts';
import { type BackupContent, formatBackup, parseBackup } from '../../shared/key-backup/backup-content.ts';
import { KEY_LABEL } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { jsonValue } from '../support/arbitrary-json.ts';
import { keySecret } from '../support/key-secret.ts';
import { FIRST_KEY } from '../support/test-keys.ts';

const identity = await generateIdentity();
const recipient = await identityToRecipient(identity);
const mine = () => ({ kind: 'identities', identities: [SecretBytes.fromText(identity)] }) as const;

const texts = fc.dictionary(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary' }), { maxKeys: 4 });
// A key is neither a dot nor begins with two: no Secret of an API server has such a one.
const data = fc.dictionary(
  fc.stringMatching(/^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,18}$/),
  fc.uint8Array({ maxLength: 200 }),
);
const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);

/** As a server would have it; half surrogates cannot be written as UTF-8, and no server has them. */
const secrets = (namespace: string): fc.Arbitrary<KubeObject> =>
  fc
    .record({ name, labels: texts, annotations: texts, data, type: fc.constantFrom('kubernetes.io/tls', 'Opaque') })
    .map((parts) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      type: parts.type,
      metadata: {
        name: parts.name,
        namespace,
        labels: { ...wellFormed(parts.labels), [KEY_LABEL]: 'active' },
        ...(Object.keys(parts.annotations).length === 0 ? {} : { annotations: wellFormed(parts.annotations) }),
      },
      data: Object.fromEntries(Object.entries(parts.data).map(([key, bytes]) => [key, encodeBase64(bytes)])),
    }));

function wellFormed(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, text]) => [key.toWellFormed(), text.toWellFormed()]));
}

const contents: fc.Arbitrary<BackupContent> = fc
  .uniqueArray(secrets('signet-system'), { minLength: 1, maxLength: 5, selector: ({ metadata }) => metadata.name })
  .map((keys) => ({ namespace: 'signet-system', keys, digestKey: null }));

test('whatever a backup holds is read as it was written', async () => {
  await fc.assert(
    fc.asyncProperty(contents, async (content) => {
      const file = await lockFile(formatBackup(content, { at: new Date(0) }), {
        kind: 'recipients',
        recipients: [recipient],
      });
      const plain = await unlockFile(new TextEncoder().encode(file), mine());
      expect(parseBackup(plain)).toEqual(content);
    }),
  );
});

test('a file that was changed anywhere gives nothing, and a coded error', async () => {
  const key = keySecret('signet-system', 'k', FIRST_KEY);
  const plain = formatBackup({ namespace: 'signet-system', keys: [key], digestKey: null }, { at: new Date(0) });
  const text = await lockFile(plain, { kind: 'recipients', recipients: [recipient] });
  const { armor } = await import('age-encryption');
  const file = armor.decode(text);
  await fc.assert(
    fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const changed = file.slice();
      changed[at] = (changed[at] ?? 0) ^ flip;
      await expect(unlockFile(changed, mine())).rejects.toBeInstanceOf(CodedError);
    }),
  );
});

test('a file that was cut short gives nothing', async () => {
  const plain = SecretBytes.fromText('x'.repeat(200_000));
  const { armor } = await import('age-encryption');
  const file = armor.decode(await lockFile(plain, { kind: 'recipients', recipients: [recipient] }));
  await fc.assert(
    fc.asyncProperty(fc.nat(file.length - 1), async (length) => {
      await expect(unlockFile(file.slice(0, length), mine())).rejects.toBeInstanceOf(CodedError);
    }),
  );
});

test('no plaintext makes the reader throw anything but a coded error', () => {
  const documents = fc.oneof(
    fc.string(),
    fc.array(jsonValue, { maxLength: 3 }).map((values) => values.map((value) => stringifyJson(value)).join('\n---\n')),
    fc
      .dictionary(fc.constantFrom('apiVersion', 'kind', 'metadata', 'data', 'type', '__proto__'), jsonValue)
      .map((fields) => stringifyJson({ apiVersion: 'v1', kind: 'Secret', ...fields })),
  );
  fc.assert(
    fc.property(documents, (text) => {
      try {
        parseBackup(SecretBytes.fromText(text));
      } catch (error) {
        expect(error).toBeInstanceOf(CodedError);
      }
    }),
  );
});

test('no text makes the reading of recipients and identities throw anything but a coded error that hides it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6 }), (text) => {
      for (const read of [readRecipients, readIdentities]) {
        try {
          read(text, 'the file');
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
          if (text.trim().length > 5) expect((error as CodedError).message).not.toContain(text.trim());
        }
      }
    }),
  );
});
