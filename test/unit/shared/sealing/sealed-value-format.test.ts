import { createDecipheriv, privateDecrypt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decodeBase64 } from '../../../../shared/encoding/base64.ts';
import { toHex } from '../../../../shared/encoding/bytes.ts';
import { parseEnvelope } from '../../../../shared/sealing/envelope.ts';
import { labelOf } from '../../../../shared/sealing/scope.ts';
import { openValue } from '../../../../shared/sealing/value-cipher.ts';
import { sealingKeyOf } from '../../../support/test-secrets.ts';

const page = readFileSync(new URL('../../../../docs/sealed-value-format.md', import.meta.url), 'utf8');
const [sealedText = '', contentKeyText = ''] = [...page.matchAll(/```text\n([^`]+)```/g)].map(
  (block) => block[1] ?? '',
);
const vectors = JSON.parse(
  readFileSync(new URL('../../../vectors/sealed-values/vectors.json', import.meta.url), 'utf8'),
);
const bytes = decodeBase64(sealedText);
const envelope = parseEnvelope(bytes);

test('the worked example of docs/sealed-value-format.md opens to what the page says', async () => {
  const key = await sealingKeyOf(vectors.keys['rsa-2048']);
  const opened = await openValue(key, labelOf('strict', 'shop', 'db'), envelope);
  expect(new TextDecoder().decode(opened?.expose())).toBe('correct horse battery staple');
  expect(page).toContain('the 28 bytes `correct horse battery staple`');
});

test('the bytes in the table of the worked example are those of the sealed value', () => {
  const rows = [...page.matchAll(/^\| (\d+) \| (\d+) \| `([0-9a-f]+)`(?:: L is 256| … `([0-9a-f]+)`)? \|$/gm)];
  expect(rows.map((row) => [Number(row[1]), Number(row[2])])).toEqual([
    [0, 2],
    [2, 256],
    [258, 28],
    [286, 16],
  ]);
  for (const [, offset, length, head = '', tail = ''] of rows) {
    const part = toHex(bytes.subarray(Number(offset), Number(offset) + Number(length)));
    expect([part.startsWith(head), part.endsWith(tail)]).toEqual([true, true]);
    if (tail === '') expect(part).toBe(head);
  }
  expect(page).toContain(`Decoded, it has ${bytes.length} bytes`);
});

test('the steps of the worked example hold for another implementation', () => {
  const rsa = { key: vectors.keys['rsa-2048'].privateKeyPem, oaepHash: 'sha256', oaepLabel: Buffer.from('shop/db') };
  const contentKey = privateDecrypt(rsa, envelope.wrappedKey);
  expect(contentKey.toString('hex')).toBe(contentKeyText.trim());
  const decipher = createDecipheriv('aes-256-gcm', contentKey, new Uint8Array(12));
  decipher.setAuthTag(envelope.ciphertext.subarray(-16));
  const plaintext = Buffer.concat([decipher.update(envelope.ciphertext.subarray(0, -16)), decipher.final()]);
  expect(plaintext.toString()).toBe('correct horse battery staple');
});

test('the page names every code that an item can fail with', () => {
  const source = readFileSync(new URL('../../../../shared/sealing/errors.ts', import.meta.url), 'utf8');
  const codes = [...new Set(source.match(/SEALED_(?:VALUE|KEY|NO|SCOPE|NAME)_?[A-Z0-9_]+/g))];
  expect(codes.length).toBeGreaterThan(10);
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});
