import { expect, test } from 'vitest';
import { readWebhookToken } from '../../../../controller/sync/webhook-token.ts';
import { encodeBase64 } from '../../../../shared/encoding/base64.ts';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import { SECRETS } from '../../../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';

const PLACE = { namespace: 'shop', name: 'hook' };

async function read(data: Readonly<Record<string, string>> | null): Promise<string | null> {
  const encoded = Object.entries(data ?? {}).map(([key, text]) => [key, encodeBase64(encodeUtf8(text))]);
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: {}, data: Object.fromEntries(encoded) } as KubeObject;
  const token = await readWebhookToken({ get: async () => (data === null ? null : secret) }, PLACE);
  return token === null ? null : Buffer.from(token.expose()).toString();
}

test('the token is what stands under its key, without the line break of an editor', async () => {
  expect(await read({ token: 'a b', other: 'x' })).toBe('a b');
  expect(await read({ token: 'abc\n' })).toBe('abc');
  expect(await read({ token: 'abc\r\n' })).toBe('abc');
  expect(await read({ token: 'abc\n\n' })).toBe('abc\n');
});

test('an empty token, a missing key and a missing Secret are none', async () => {
  expect(await read({ token: '' })).toBeNull();
  expect(await read({ token: '\n' })).toBeNull();
  expect(await read({ other: 'x' })).toBeNull();
  expect(await read({})).toBeNull();
  expect(await read(null)).toBeNull();
});

test('it is read from its place, each time', async () => {
  const asked: unknown[] = [];
  const get = async (...words: unknown[]) => {
    asked.push(words);
    return null;
  };
  await readWebhookToken({ get }, PLACE);
  await readWebhookToken({ get }, PLACE);
  expect(asked).toEqual(Array(2).fill([SECRETS, PLACE]));
});
