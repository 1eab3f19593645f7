/** @module The plaintexts of a Secret: `data` decoded, `stringData` laid over it, every key and value checked. */
import { tryDecodeBase64 } from '../encoding/base64.ts';
import { SecretBytes } from '../errors/secret-bytes.ts';
import { type FieldReader, fieldPath } from './check-fields.ts';

const MAX_KEY_LENGTH = 253;

/** The plaintexts in the order of their keys. Entries that have a fault are noted with `reader` and left out. */
export function readPlaintexts(
  secret: Readonly<Record<string, unknown>>,
  reader: FieldReader,
): ReadonlyMap<string, SecretBytes> {
  const plaintexts = new Map<string, SecretBytes>();
  for (const [key, text] of reader.texts(secret['data'], 'data')) {
    checkKey(key, 'data', reader);
    const bytes = tryDecodeBase64(text);
    if (typeof bytes === 'number') {
      reader.note('SEAL_DATA_NOT_BASE64', fieldPath('data', key), {
        problem: `is not base64: illegal data at byte ${bytes}`,
        hint: 'encode the value, or move plain text to stringData',
      });
    } else {
      plaintexts.set(key, new SecretBytes(bytes));
    }
  }
  for (const [key, text] of reader.texts(secret['stringData'], 'stringData')) {
    checkKey(key, 'stringData', reader);
    plaintexts.set(key, SecretBytes.fromText(text));
  }
  return new Map([...plaintexts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** How to mend a key that is refused. */
export const KEY_RULE = `use 1 to ${MAX_KEY_LENGTH} letters, digits, "-", "_" and ".", not beginning with ".."`;

/** The rule of the API server for keys of Secrets and ConfigMaps. */
export function isSecretKey(key: string): boolean {
  return /^[-._a-zA-Z0-9]+$/.test(key) && key.length <= MAX_KEY_LENGTH && key !== '.' && !key.startsWith('..');
}

function checkKey(key: string, field: string, reader: FieldReader): void {
  if (isSecretKey(key)) return;
  const problem = 'is no key that a Secret can have';
  reader.note('SEAL_KEY_INVALID', fieldPath(field, key), { problem, hint: KEY_RULE });
}
