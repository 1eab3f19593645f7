import { expect, test } from 'vitest';
import { encodeBase64 } from '../../../../shared/encoding/base64.ts';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import { readSigners } from '../../../../shared/git/signers.ts';
import type { Secret } from '../../../../shared/resources/secret.ts';

function secret(data: Record<string, string>): Secret {
  const encoded = Object.fromEntries(Object.entries(data).map(([key, text]) => [key, encodeBase64(encodeUtf8(text))]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'n', name: 's' }, data: encoded };
}

test('readSigners takes SSH signers and PGP keys, and ignores the rest', () => {
  expect(readSigners(secret({ allowed_signers: 'me key', 'b.asc': 'B', 'a.asc': 'A', note: 'x' }))).toEqual({
    allowedSigners: 'me key',
    pgpKeys: ['A', 'B'],
  });
});

test.each([{}, { note: 'x' }, { allowed_signers: ' \n' }, { 'a.asc': '' }, { allowed_signers: 'x'.repeat(300_000) }])(
  'readSigners refuses a Secret without signers, or with too much (%#)',
  (data) => {
    expect(() => readSigners(secret(data))).toThrow(expect.objectContaining({ code: 'GIT_SIGNERS_INVALID' }));
  },
);
