import { expect, test } from 'vitest';
import { issueKey } from '../../../../controller/keys/issue-key.ts';
import { keySecretName, readKeyMaterial, readKeySecret } from '../../../../controller/keys/key-secret.ts';
import { readCertificate } from '../../../../shared/certificate/read-certificate.ts';
import {
  BACKED_UP_AT_ANNOTATION,
  KEY_LABEL,
  MANAGED_ANNOTATION,
  ROTATE_REQUESTED_ANNOTATION,
} from '../../../../shared/resources/names.ts';
import { importSealingKey } from '../../../../shared/sealing/keyring.ts';
import { keySecret } from '../../../support/key-secret.ts';
import { MemoryObjects } from '../../../support/memory-objects.ts';
import { FIRST_KEY } from '../../../support/test-keys.ts';

const PREFIX = 'sealed-secrets-key';
const settings = { prefix: PREFIX, bits: 2048, validForMs: 3_600_000, commonName: 'shop', labels: {}, annotations: {} };
const now = () => new Date('2026-06-01T00:00:00Z');

const issue = (client: MemoryObjects, secrets: Parameters<typeof issueKey>[1]['secrets'] = [], answers?: string) =>
  issueKey({ client, namespace: 'keys', settings, now }, { secrets, answers, youngest: null });

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
    issueKey(
      { client: obstruct, namespace: 'keys', settings, now },
      { secrets: [], answers: undefined, youngest: null },
    ),
  ).rejects.toMatchObject({
    code: 'KEYS_NAME_EXHAUSTED',
  });
});

test('labels and annotations are added, and replace nothing that means something to a controller', async () => {
  const labels = { team: 'shop', [KEY_LABEL]: 'retired' };
  const annotations = { note: 'n', [BACKED_UP_AT_ANNOTATION]: '2026-01-01T00:00:00Z', [MANAGED_ANNOTATION]: 'true' };
  const { object } = await issueKey(
    { client: new MemoryObjects(), namespace: 'keys', settings: { ...settings, labels, annotations }, now },
    { secrets: [], answers: undefined, youngest: null },
  );
  expect(object.metadata.labels).toEqual({ team: 'shop', [KEY_LABEL]: 'active' });
  expect(object.metadata.annotations).toEqual({ note: 'n' });
});

test.each([
  ['of this second', '2026-06-01T00:00:00Z', '2026-06-01T00:00:01Z'],
  ['of a clock that is ahead', '2026-06-01T00:05:00Z', '2026-06-01T00:05:01Z'],
  ['of the past', '2026-05-01T00:00:00Z', '2026-06-01T00:00:00Z'],
  ['that was made when the clock was years ahead', '2028-06-01T00:00:00Z', '2028-06-01T00:00:01Z'],
])('a new certificate begins now, or just after a youngest one %s', async (_what, youngest, begins) => {
  const { object } = await issueKey(
    { client: new MemoryObjects(), namespace: 'keys', settings, now },
    { secrets: [], answers: undefined, youngest: new Date(youngest) },
  );
  const material = readKeyMaterial(object);
  if ('problem' in material) throw new Error(material.problem);
  expect((await readCertificate(material.certificatePem)).notBefore).toEqual(new Date(begins));
});
