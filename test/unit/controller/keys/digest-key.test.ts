import { expect, test } from 'vitest';
import { loadDigestKey } from '../../../../controller/keys/digest-key.ts';
import { DIGEST_KEY_SECRET } from '../../../../shared/resources/names.ts';
import { MemoryObjects } from '../../../support/memory-objects.ts';

const load = (client: MemoryObjects) => loadDigestKey(client, 'keys');
const put = (client: MemoryObjects, data: Record<string, string>) =>
  client.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: DIGEST_KEY_SECRET, namespace: 'keys' }, data });

test('a new key has 32 bytes and is found again', async () => {
  const client = new MemoryObjects();
  const first = await load(client);
  expect(first.length).toBe(32);
  expect((await load(client)).expose()).toEqual(first.expose());
});

test('of two that start at once both get the key of the first', async () => {
  const client = new MemoryObjects();
  const key = Buffer.alloc(32, 7);
  client.before = (verb) => {
    if (verb === 'create') put(client, { key: key.toString('base64') });
  };
  expect((await load(client)).expose()).toEqual(new Uint8Array(key));
});

test.each([[{}], [{ key: 'c2hvcnQ=' }]])(
  'a Secret without a key of that size is refused, with a hint',
  async (data) => {
    const client = new MemoryObjects();
    put(client, data as Record<string, string>);
    await expect(load(client)).rejects.toMatchObject({
      code: 'KEYS_DIGEST_KEY_INVALID',
      hint: expect.stringContaining('delete'),
    });
  },
);

test('a Secret that came out of a SealedSecret is no digest key: its author knows it', async () => {
  const client = new MemoryObjects();
  const managedFields = [{ manager: 'signet-unseal', operation: 'Update' }];
  const owner = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', name: 'x', uid: 's', controller: true };
  const data = { key: Buffer.alloc(32, 7).toString('base64') };
  for (const trace of [{ managedFields }, { ownerReferences: [owner] }]) {
    const metadata = { name: DIGEST_KEY_SECRET, namespace: 'keys', ...trace };
    client.put({ apiVersion: 'v1', kind: 'Secret', metadata, data });
    await expect(load(client)).rejects.toMatchObject({
      code: 'KEYS_DIGEST_KEY_INVALID',
      message: expect.stringContaining('SealedSecret'),
    });
  }
});
