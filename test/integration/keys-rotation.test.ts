import { expect, test } from 'vitest';
import { issueSealingKey } from '../../shared/certificate/issue-certificate.ts';
import { readCertificates } from '../../shared/certificate/read-certificate.ts';
import { CONFIG_MAPS, EVENTS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { KeyList } from '../../shared/resources/key-list.ts';
import {
  KEY_LABEL,
  KEYS_CONFIG_MAP,
  REQUESTS_CONFIG_MAP,
  ROTATE_REQUESTED_ANNOTATION,
} from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { eventually } from '../support/eventually.ts';
import { keySecret } from '../support/key-secret.ts';
import { FIRST_KEY, SECOND_KEY, WEAK_KEY } from '../support/test-keys.ts';
import { firstKey, secondCertificate, secondKey } from '../support/test-secrets.ts';
import { createUnsealWorld, type UnsealWorld } from '../support/unseal-world.ts';

async function keySecrets(world: UnsealWorld): Promise<readonly KubeObject[]> {
  return (await world.client.list(SECRETS, { namespace: world.keyNamespace, labelSelector: KEY_LABEL })).items;
}

const untilKeys = (world: UnsealWorld, count: number) =>
  eventually(async () => {
    const list = await world.keyList();
    expect(list.keys).toHaveLength(count);
    return list;
  });

const requestRotation = (world: UnsealWorld, at: string, name = REQUESTS_CONFIG_MAP) =>
  world.client.mergePatch(
    CONFIG_MAPS,
    { namespace: world.keyNamespace, name },
    {
      metadata: { annotations: { [ROTATE_REQUESTED_ANNOTATION]: at } },
    },
  );

test('a controller without keys makes one, publishes it and serves its certificate', async () => {
  const world = await createUnsealWorld([]);
  const controller = await world.start();
  const [secret, ...others] = await keySecrets(world);
  expect(others).toEqual([]);
  expect(secret).toMatchObject({ type: 'kubernetes.io/tls', metadata: { name: 'sealed-secrets-key-first' } });
  const list = await untilKeys(world, 1);
  expect(list.keys[0]).toMatchObject({ state: 'active', secret: 'sealed-secrets-key-first' });
  const served = await fetch(`${controller.url}/v1/cert.pem`);
  expect(served.headers.get('content-type')).toContain('application/x-pem-file');
  expect(await served.text()).toBe(list.certificatesPem);
  await eventually(async () => {
    const requests = await world.client.get(CONFIG_MAPS, { namespace: world.keyNamespace, name: REQUESTS_CONFIG_MAP });
    expect(requests).not.toBeNull();
  });
});

test('two controllers that start at once make one first key, and agree on the digest key', async () => {
  const world = await createUnsealWorld([]);
  await Promise.all([world.start(), world.start()]);
  expect(await keySecrets(world)).toHaveLength(1);
  expect((await untilKeys(world, 1)).unusable).toEqual([]);
});

test('a key Secret that is added later opens what waited for it', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  await world.create(await world.seal({ password: 'p' }, { certificate: secondCertificate }));
  await world.untilReason('KeyNotFound');
  await world.addKey('restored', SECOND_KEY);
  await world.untilValues({ password: 'p' });
  await world.untilReason('Unsealed');
});

test('a key Secret that loses its label leaves the list, and one that is deleted is followed by a new key', async () => {
  const world = await createUnsealWorld([FIRST_KEY, SECOND_KEY]);
  await world.start();
  await untilKeys(world, 2);
  await world.client.mergePatch(
    SECRETS,
    { namespace: world.keyNamespace, name: 'sealed-secrets-key-1' },
    { metadata: { labels: { [KEY_LABEL]: null } } },
  );
  expect((await untilKeys(world, 1)).keys[0]?.fingerprint).toBe(firstKey.fingerprint);
  await world.client.delete(SECRETS, { namespace: world.keyNamespace, name: 'sealed-secrets-key-0' });
  await eventually(async () => {
    const { keys } = await world.keyList();
    expect(keys).toHaveLength(1);
    expect(keys[0]?.fingerprint).not.toBe(firstKey.fingerprint);
  });
});

test('the Secret named like the bare prefix is a key without a label', async () => {
  const world = await createUnsealWorld([]);
  const secret = keySecret(world.keyNamespace, 'sealed-secrets-key', SECOND_KEY);
  await world.client.create(SECRETS, { ...secret, metadata: { ...secret.metadata, labels: {} } });
  await world.start();
  expect((await untilKeys(world, 1)).keys[0]?.fingerprint).toBe(secondKey.fingerprint);
});

test('key Secrets that cannot be used are listed with the reason, and stop nothing', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const broken = (name: string, data: Record<string, string>) => {
    const secret = keySecret(world.keyNamespace, name, FIRST_KEY);
    return world.client.create(SECRETS, { ...secret, type: 'Opaque', data });
  };
  await broken('empty', {});
  await broken('garbage', { 'tls.crt': 'AAAA', 'tls.key': 'AAAA' });
  await world.addKey('crossed', { privateKeyPem: SECOND_KEY.privateKeyPem, certificatePem: FIRST_KEY.certificatePem });
  await world.addKey('weak', WEAK_KEY);
  await world.start();
  const list = await untilKeys(world, 1);
  expect(list.unusable.map(({ secret }) => secret)).toEqual(['crossed', 'empty', 'garbage', 'weak']);
  expect(await readCertificates(list.certificatesPem)).toHaveLength(1);
  await eventually(async () => {
    const events = await world.client.list(EVENTS, { namespace: world.keyNamespace });
    const names = events.items.map((event) => (event['involvedObject'] as { name: string }).name);
    expect(names.sort()).toEqual(['crossed', 'empty', 'garbage', 'weak']);
  });
  // The private key of a pair that does not belong together still opens what was sealed to its own public half.
  await world.create(await world.seal({ password: 'p' }, { certificate: secondCertificate }));
  await world.untilValues({ password: 'p' });
});

test.each([REQUESTS_CONFIG_MAP, KEYS_CONFIG_MAP])(
  'a request on %s makes one key, and a restart does not replay it',
  async (name) => {
    const world = await createUnsealWorld([FIRST_KEY]);
    const first = await world.start();
    const before = await untilKeys(world, 1);
    const at = new Date().toISOString();
    await eventually(() => requestRotation(world, at, name));
    const after = await untilKeys(world, 2);
    expect(after.keys[0]).toMatchObject({ state: 'active', rotateRequestedAt: at });
    expect(after.keys[1]).toMatchObject({ state: 'decrypt-only', fingerprint: before.keys[0]?.fingerprint });
    await first.stop();
    await world.client.delete(SECRETS, { namespace: world.keyNamespace, name: after.keys[0]?.secret ?? '' });
    await world.addKey('newest', SECOND_KEY);
    await world.client.mergePatch(
      SECRETS,
      { namespace: world.keyNamespace, name: 'newest' },
      { metadata: { annotations: { [ROTATE_REQUESTED_ANNOTATION]: at } } },
    );
    await world.start();
    await untilKeys(world, 2);
    expect(await keySecrets(world)).toHaveLength(2);
  },
);

test('a later request makes one more key; an earlier, a repeated and an unreadable one make none', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  await untilKeys(world, 1);
  const nowMs = Date.now();
  await eventually(() => requestRotation(world, new Date(nowMs).toISOString()));
  await untilKeys(world, 2);
  await requestRotation(world, new Date(nowMs - 60_000).toISOString());
  await requestRotation(world, 'tomorrow');
  await eventually(async () => {
    const { items } = await world.client.list(EVENTS, { namespace: world.keyNamespace });
    expect(items.map((event) => event['reason'])).toContain('RotationRequestRefused');
  });
  await requestRotation(world, new Date(nowMs + 1).toISOString());
  await untilKeys(world, 3);
  expect(await keySecrets(world)).toHaveLength(3);
});

test('two controllers that see one request, and one age, make one key for each', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const aheadMs = 31 * 24 * 3_600_000;
  const running = await Promise.all([world.start(), world.start()]);
  await untilKeys(world, 1);
  await eventually(() => requestRotation(world, new Date().toISOString()));
  await untilKeys(world, 2);
  for (const controller of running) await controller.stop();
  expect(await keySecrets(world)).toHaveLength(2);
  const later = { keys: { renewPeriodMs: 720 * 3_600_000 }, now: () => new Date(Date.now() + aheadMs) };
  await Promise.all([world.start(later), world.start(later)]);
  await untilKeys(world, 3);
  expect(await keySecrets(world)).toHaveLength(3);
});

test('a key that has reached its age gets one successor', async () => {
  const world = await createUnsealWorld([]);
  const first = await world.start();
  await untilKeys(world, 1);
  await first.stop();
  const aheadMs = 31 * 24 * 3_600_000;
  await world.start({ keys: { renewPeriodMs: 720 * 3_600_000 }, now: () => new Date(Date.now() + aheadMs) });
  const list = await untilKeys(world, 2);
  expect(list.keys[0]?.secret).not.toBe('sealed-secrets-key-first');
  expect(await keySecrets(world)).toHaveLength(2);
});

test('a key list that somebody changed is put right', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  // Without what is counted: SealedSecrets of other tests come and go.
  const withoutCounts = ({ keys, certificatesPem }: KeyList) => ({
    keys: keys.map(({ objects: _, ...key }) => key),
    certificatesPem,
  });
  const right = withoutCounts(await untilKeys(world, 1));
  await world.client.mergePatch(
    CONFIG_MAPS,
    { namespace: world.keyNamespace, name: KEYS_CONFIG_MAP },
    { data: { 'certificates.pem': SECOND_KEY.certificatePem } },
  );
  await eventually(async () => expect(withoutCounts(await world.keyList())).toEqual(right));
  await world.client.delete(CONFIG_MAPS, { namespace: world.keyNamespace, name: KEYS_CONFIG_MAP });
  await eventually(async () => expect(withoutCounts(await world.keyList())).toEqual(right));
});

test('a Secret that stands where the next key would be named is stepped over', async () => {
  const world = await createUnsealWorld([]);
  await world.client.create(SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'sealed-secrets-key-first', namespace: world.keyNamespace },
  });
  await world.start();
  const list = await untilKeys(world, 1);
  expect(list.keys[0]?.secret).not.toBe('sealed-secrets-key-first');
});

/** A pair that is valid from `from` to `to`. */
const pairOf = (from: string, to: string) =>
  issueSealingKey({ bits: 2048, now: new Date(from), validForMs: Date.parse(to) - Date.parse(from) });

test('a newer key whose certificate has expired is not active while another is there', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  await untilKeys(world, 1);
  await world.addKey('expired', await pairOf('2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'));
  const list = await untilKeys(world, 2);
  expect(list.keys.map(({ secret, state }) => `${secret} ${state}`)).toEqual([
    'sealed-secrets-key-0 active',
    'expired decrypt-only',
  ]);
  expect(list).not.toHaveProperty('problem');
});

test('an expired key is active while it is the only one and keys are not renewed, and the list says so', async () => {
  const world = await createUnsealWorld([]);
  await world.addKey('expired', await pairOf('2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'));
  const controller = await world.start();
  const list = await untilKeys(world, 1);
  expect(list.problem).toContain('expired on 2026-03-01');
  expect(controller.logs.join('')).toContain('expired on 2026-03-01');
  expect(list.keys[0]?.state).toBe('active');
});

test('an expired key gets a successor at once where keys are renewed', async () => {
  const world = await createUnsealWorld([]);
  await world.addKey('expired', await pairOf('2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'));
  await world.start({ keys: { renewPeriodMs: 720 * 3_600_000 } });
  const list = await untilKeys(world, 2);
  expect(list.keys[1]).toMatchObject({ secret: 'expired', state: 'decrypt-only' });
});

test('an older key Secret that is restored opens what was sealed to it, and is not sealed to', async () => {
  const world = await createUnsealWorld([]);
  await world.start();
  const [own] = (await untilKeys(world, 1)).keys;
  await world.create(await world.seal({ password: 'p' }));
  await world.untilReason('KeyNotFound');
  await world.addKey('restored', FIRST_KEY);
  await world.untilValues({ password: 'p' });
  expect((await untilKeys(world, 2)).keys[0]?.fingerprint).toBe(own?.fingerprint);
});

test('two keys that are asked for one after the other are active one after the other', async () => {
  const world = await createUnsealWorld([]);
  await world.start();
  let active = (await untilKeys(world, 1)).keys[0]?.fingerprint;
  for (const count of [2, 3]) {
    await eventually(() => requestRotation(world, new Date().toISOString()));
    const [newest] = (await untilKeys(world, count)).keys;
    expect(newest?.fingerprint).not.toBe(active);
    expect(newest?.rotateRequestedAt).toBeDefined();
    active = newest?.fingerprint;
  }
});

test('the active key that is deleted by hand is followed by the next newest', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.addKey('newer', await pairOf('2026-02-01T00:00:00Z', '2036-02-01T00:00:00Z'));
  await world.start();
  expect((await untilKeys(world, 2)).keys[0]?.secret).toBe('newer');
  await world.client.delete(SECRETS, { namespace: world.keyNamespace, name: 'newer' });
  expect((await untilKeys(world, 1)).keys[0]).toMatchObject({ fingerprint: firstKey.fingerprint, state: 'active' });
  expect(await keySecrets(world)).toHaveLength(1);
});

test('the key that answered a request and is deleted by hand is made again: the older one was to be left behind', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  await untilKeys(world, 1);
  const at = new Date().toISOString();
  await eventually(() => requestRotation(world, at));
  const [answer] = (await untilKeys(world, 2)).keys;
  await world.client.delete(SECRETS, { namespace: world.keyNamespace, name: answer?.secret ?? '' });
  await eventually(async () => {
    const [again] = (await world.keyList()).keys;
    expect(again).toMatchObject({ state: 'active', rotateRequestedAt: at });
    expect(again?.fingerprint).not.toBe(answer?.fingerprint);
  });
});

test('a key Secret whose content is replaced is loaded anew', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  await untilKeys(world, 1);
  const { data } = keySecret(world.keyNamespace, 'x', SECOND_KEY);
  const place = { namespace: world.keyNamespace, name: 'sealed-secrets-key-0' };
  await world.client.mergePatch(SECRETS, place, { data });
  await eventually(async () => expect((await world.keyList()).keys[0]?.fingerprint).toBe(secondKey.fingerprint));
});
