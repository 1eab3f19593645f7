import { expect, test } from 'vitest';
import { issueKey } from '../../../../controller/keys/issue-key.ts';
import { keySecretName, readKeyMaterial, readKeySecret } from '../../../../controller/keys/key-secret.ts';
import { ROTATE_REQUESTED_ANNOTATION } from '../../../../shared/resources/names.ts';
import { importSealingKey } from '../../../../shared/sealing/keyring.ts';
import { keySecret } from '../../../support/key-secret.ts';
import { MemoryObjects } from '../../../support/memory-objects.ts';
import { FIRST_KEY } from '../../../support/test-keys.ts';

const PREFIX = 'sealed-secrets-key';
const settings = { prefix: PREFIX, bits: 2048, validForMs: 3_600_000, commonName: 'shop' };
const now = () => new Date('2026-06-01T00:00:00Z');

const issue = (client: MemoryObjects, secrets: Parameters<typeof issueKey>[1]['secrets'] = [], answers?: string) =>
  issueKey({ client, namespace: 'keys', settings, now }, { secrets, answers });

test('the first key is a matching pair that records the request it answers', async () => {
  const { object, isOurs } = await issue(new MemoryObjects(), [], '2026-05-01T00:00:00Z');
  expect(isOurs).toBe(true);
  expect(object.metadata).toMatchObject({
    name: `${PREFIX}-first`,
    annotations: { [ROTATE_REQUESTED_ANNOTATION]: '2026-05-01T00:00:00Z' },
  });
  const material = readKeyMaterial(object);
  if ('problem' in material) throw new Error(material.problem);
  const key = await importSealingKey({ ...material, createdAt: now() });
  expect(key).toMatchObject({ certificateMatches: true, modulusBits: 2048 });
  expect(key.certificate).toMatchObject({
    subject: 'shop',
    notBefore: now(),
    notAfter: new Date('2026-06-01T01:00:00Z'),
  });
});

test('a key that another controller made in the meantime is taken instead', async () => {
  const client = new MemoryObjects();
  client.before = (verb) => {
    if (verb === 'create') client.put(keySecret('keys', `${PREFIX}-first`, FIRST_KEY));
  };
  const { object, isOurs } = await issue(client);
  expect(isOurs).toBe(false);
  expect(readKeyMaterial(object)).toEqual(FIRST_KEY);
});

test('the name follows the newest known key, and Secrets that are no new keys are stepped over', async () => {
  const client = new MemoryObjects();
  const known = client.put(keySecret('keys', 'known', FIRST_KEY));
  const next = keySecretName(PREFIX, known.metadata.uid);
  const obstacle = client.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name: next, namespace: 'keys' } });
  const { object } = await issue(client, [readKeySecret(known, PREFIX)]);
  expect(object.metadata.name).toBe(keySecretName(PREFIX, obstacle.metadata.uid));
});

test('an endless row of obstacles ends in an error', async () => {
  const client = new MemoryObjects();
  const obstruct = { ...client, create: client.create.bind(client), get: client.get.bind(client) };
  client.before = (verb) => {
    if (verb !== 'create') return;
    for (let step = 0, uid: string | undefined; step < 30; step += 1) {
      const name = keySecretName(PREFIX, uid);
      uid = client.put({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'keys', uid: `u${step}` } })
        .metadata.uid;
    }
  };
  await expect(
    issueKey({ client: obstruct, namespace: 'keys', settings, now }, { secrets: [], answers: undefined }),
  ).rejects.toMatchObject({
    code: 'KEYS_NAME_EXHAUSTED',
  });
});
