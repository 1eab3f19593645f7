import { expect, test } from 'vitest';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import { createObjectDigest } from '../../../../shared/sync-plan/digest.ts';

const key = SecretBytes.fromText('one key of thirty-two bytes.....');
const object = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'a', labels: { x: '1', y: '2' } },
  data: { p: 'cw==' },
};

test('a digest is 32 hex digits that do not depend on the order of keys', async () => {
  const digest = await createObjectDigest(key);
  const turned = {
    data: { p: 'cw==' },
    metadata: { labels: { y: '2', x: '1' }, name: 'a' },
    kind: 'Secret',
    apiVersion: 'v1',
  };
  expect(await digest(object)).toMatch(/^[0-9a-f]{32}$/);
  expect(await digest(turned)).toBe(await digest(object));
});

test('a digest changes with the content and with the key', async () => {
  const digest = await createObjectDigest(key);
  const other = await createObjectDigest(SecretBytes.fromText('another key'));
  const digests = [
    await digest(object),
    await digest({ ...object, data: { p: 'dA==' } }),
    await digest({ ...object, data: { p: 'cw==', q: '' } }),
    await other(object),
  ];
  expect(new Set(digests).size).toBe(digests.length);
});
