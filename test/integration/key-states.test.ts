import { expect, inject, onTestFinished, test } from 'vitest';
import { issueSealingKey } from '../../shared/certificate/issue-certificate.ts';
import { readCertificates } from '../../shared/certificate/read-certificate.ts';
import { EVENTS, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { KeyList } from '../../shared/resources/key-list.ts';
import {
  BACKED_UP_AT_ANNOTATION,
  BACKED_UP_FINGERPRINT_ANNOTATION,
  KEY_LABEL,
  RETIRED_AT_ANNOTATION,
} from '../../shared/resources/names.ts';
import { startApiProxy } from '../support/api-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { encoded, keySecret } from '../support/key-secret.ts';
import { MALFORMED_KEYS, malformedKeySecret } from '../support/malformed-key-secrets.ts';
import { FIRST_KEY, SECOND_KEY } from '../support/test-keys.ts';
import { firstKey, secondCertificate, secondKey } from '../support/test-secrets.ts';
import { createUnsealWorld, type UnsealWorld } from '../support/unseal-world.ts';

const AT = '2026-05-01T12:00:00Z';

/** Waits until the list of keys passes `check`. */
const untilList = (world: UnsealWorld, check: (list: KeyList) => void): Promise<KeyList> =>
  eventually(async () => {
    const list = await world.keyList();
    check(list);
    return list;
  });

/** `secret state` of each key, in the order of the list. */
const statesOf = ({ keys }: KeyList) => keys.map(({ secret, state }) => `${secret} ${state}`);

const untilStates = (world: UnsealWorld, ...states: readonly string[]) =>
  untilList(world, (list) => expect(statesOf(list)).toEqual(states));

const patchKey = (world: UnsealWorld, name: string, metadata: object) =>
  world.client.mergePatch(SECRETS, { namespace: world.keyNamespace, name }, { metadata });

const relabel = (world: UnsealWorld, name: string, label: string) =>
  patchKey(world, name, {
    labels: { [KEY_LABEL]: label },
    annotations: { [RETIRED_AT_ANNOTATION]: label === 'retired' ? AT : null },
  });

const countKeys = async (world: UnsealWorld) =>
  (await world.client.list(SECRETS, { namespace: world.keyNamespace, labelSelector: KEY_LABEL })).items.length;

test('a key that is relabelled retired opens nothing, is listed last, and comes back with its old label', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.addKey('young', SECOND_KEY);
  const controller = await world.start();
  const both = await untilList(world, (list) => expect(list.keys).toHaveLength(2));
  const retired = both.keys[1];
  const kept = both.keys[0];
  await relabel(world, retired?.secret ?? '', 'retired');
  const list = await untilStates(world, `${kept?.secret} active`, `${retired?.secret} retired`);
  expect(list.keys[1]).toMatchObject({
    fingerprint: retired?.fingerprint,
    notAfter: retired?.notAfter,
    retiredAt: AT,
  });
  expect(await readCertificates(list.certificatesPem)).toHaveLength(1);
  expect(await controller.metric('signet_sealing_keys')).toBe(1);
  const certificate = retired?.fingerprint === secondKey.fingerprint ? secondCertificate : firstKey.certificate;
  await world.create(await world.seal({ password: 'p' }, { certificate }));
  await world.untilReason('KeyNotFound');
  await relabel(world, retired?.secret ?? '', 'active');
  await untilStates(world, `${kept?.secret} active`, `${retired?.secret} decrypt-only`);
  await world.untilValues({ password: 'p' });
});

test('the active key that is retired is followed by the next one, and the last one by a new one', async () => {
  const world = await createUnsealWorld([FIRST_KEY, SECOND_KEY]);
  await world.start();
  const { keys } = await untilList(world, (list) => expect(list.keys).toHaveLength(2));
  await relabel(world, keys[0]?.secret ?? '', 'retired');
  await untilStates(world, `${keys[1]?.secret} active`, `${keys[0]?.secret} retired`);
  await relabel(world, keys[1]?.secret ?? '', 'retired');
  const last = await untilList(world, (list) => {
    expect(list.keys.map(({ state }) => state)).toEqual(['active', 'retired', 'retired']);
  });
  expect([firstKey.fingerprint, secondKey.fingerprint]).not.toContain(last.keys[0]?.fingerprint);
});

test('a key that is labelled with another word is not loaded, and the list and an event say so', async () => {
  const world = await createUnsealWorld([FIRST_KEY, SECOND_KEY]);
  await world.start();
  await untilList(world, (list) => expect(list.keys).toHaveLength(2));
  await relabel(world, 'sealed-secrets-key-1', 'compromised');
  const list = await untilList(world, ({ unusable }) => expect(unusable).toHaveLength(1));
  expect(list.unusable[0]).toMatchObject({
    secret: 'sealed-secrets-key-1',
    problem: expect.stringContaining('"compromised"'),
  });
  expect(statesOf(list)).toEqual(['sealed-secrets-key-0 active']);
});

test('each key is listed with the objects that need it, and so is a key that is gone', async () => {
  const world = await createUnsealWorld([FIRST_KEY, SECOND_KEY]);
  // Only its own objects: those of other tests come and go.
  const controller = await world.start({ flags: [`--additional-namespaces=${world.namespace}`] });
  const objectsOf = ({ keys }: KeyList) => new Map(keys.map((key) => [key.fingerprint, key.objects]));
  await untilList(world, (list) => expect(list.unopened).toBe(0));
  await world.create(await world.seal({ a: 'p' }, { name: 'one' }));
  await world.create(await world.seal({ a: 'p' }, { name: 'two', certificate: secondCertificate }));
  await world.create(await world.seal({ a: 'p' }, { name: 'three', certificate: secondCertificate }));
  const stranger = await issueSealingKey({ bits: 2048, now: new Date(), validForMs: 3_600_000 });
  const [foreign] = await readCertificates(stranger.certificatePem);
  await world.create(await world.seal({ a: 'p' }, { name: 'four', certificate: foreign! }));
  await untilList(world, (list) => {
    expect(objectsOf(list)).toEqual(
      new Map([
        [firstKey.fingerprint, 1],
        [secondKey.fingerprint, 2],
      ]),
    );
    expect(list.unopened).toBe(1);
  });
  const { state } = (await world.keyList()).keys.find((key) => key.fingerprint === secondKey.fingerprint)!;
  const series = `signet_sealing_key_objects{fingerprint="${secondKey.fingerprint}",state="${state}"}`;
  expect(await controller.metric(series)).toBe(2);
  expect(await controller.metric('signet_unopened_sealed_secrets')).toBe(1);
  await relabel(world, 'sealed-secrets-key-1', 'retired');
  await untilList(world, (list) => expect(list.keys[1]).toMatchObject({ state: 'retired', objects: 2 }));
  await world.client.delete(SECRETS, { namespace: world.keyNamespace, name: 'sealed-secrets-key-1' });
  await untilList(world, ({ missing }) => {
    expect(missing).toEqual([{ fingerprint: secondKey.fingerprint, objects: 2 }]);
  });
  expect(controller.logs.join('')).toContain('SealedSecrets need a sealing key that is gone');
  for (const name of ['two', 'three']) await world.client.delete(SEALED_SECRETS, { namespace: world.namespace, name });
  await untilList(world, (list) => expect(list).not.toHaveProperty('missing'));
});

test('a controller that may not list Secrets says so where it is asked whether it is ready, and goes on when it may', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const proxy = await startApiProxy(inject('kubeconfig'));
  onTestFinished(() => proxy.stop());
  const body = JSON.stringify({ kind: 'Status', reason: 'Forbidden', code: 403 });
  const isList = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?secrets\?/;
  proxy.decide(({ method, path }) =>
    method === 'GET' && isList.test(path) ? { kind: 'answer', status: 403, body } : { kind: 'pass' },
  );
  const { url } = await world.start({ kubeconfig: proxy.kubeconfig, awaitReady: false });
  const readyz = async () => (await (await fetch(`${url}/readyz`)).text()).trimEnd();
  await eventually(async () => {
    expect((await readyz()).split('\n')).toEqual([
      'not ready',
      'unseal: waits for the sealing keys, a complete look at SealedSecrets and Secrets (KUBE_FORBIDDEN)',
      'keys: waits for a complete look at the key Secrets (KUBE_FORBIDDEN)',
    ]);
  });
  proxy.decide(null);
  await eventually(async () => expect(await readyz()).toBe('ok'));
});

test('where no first key may be made, none is, everybody can read why, and a key that is brought takes effect', async () => {
  const world = await createUnsealWorld([]);
  const controller = await world.start({ keys: { firstKey: 'never' } });
  const keyless = await untilList(world, (list) => expect(list.keys).toEqual([]));
  expect(keyless.problem).toContain('--first-key=never');
  expect(controller.logs.join('')).toContain('--first-key=never');
  expect((await fetch(`${controller.url}/readyz`)).status).toBe(200);
  expect((await fetch(`${controller.url}/v1/cert.pem`)).status).toBe(503);
  await world.create(await world.seal({ password: 'p' }));
  await world.untilReason('KeyNotFound');
  expect(await countKeys(world)).toBe(0);
  await world.addKey('brought', FIRST_KEY);
  await world.untilValues({ password: 'p' });
  const list = await untilStates(world, 'brought active');
  expect(list).not.toHaveProperty('problem');
  expect(await countKeys(world)).toBe(1);
});

test('where no first key may be made, existing keys are renewed all the same', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start({ keys: { firstKey: 'never', renewPeriodMs: 24 * 3_600_000 } });
  const list = await untilList(world, ({ keys }) => expect(keys).toHaveLength(2));
  expect(list.keys[1]).toMatchObject({ secret: 'sealed-secrets-key-0', state: 'decrypt-only' });
});

test('a key that is older than the cut-off gets one successor, whatever is restarted', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const keys = { cutoffAt: new Date(Date.now() - 60_000) };
  const first = await world.start({ keys });
  const [newest] = (await untilList(world, (list) => expect(list.keys).toHaveLength(2))).keys;
  await first.stop();
  await world.start({ keys });
  await untilList(world, (list) => expect(list.keys[0]).toMatchObject({ secret: newest?.secret, state: 'active' }));
  expect(await countKeys(world)).toBe(2);
});

test('a cut-off that satisfies the newest key makes none', async () => {
  const world = await createUnsealWorld([]);
  await world.start({ keys: { cutoffAt: new Date(Date.now() - 60_000) } });
  await untilList(world, (list) => expect(list.keys).toHaveLength(1));
  expect(await countKeys(world)).toBe(1);
});

test.each([
  ['CertNotBefore', 'made'],
  ['SecretCreationTimestamp', 'brought'],
] as const)(
  'of a key that was made and an older one that was brought later, %s serves the one %s',
  async (orderPriority, served) => {
    const world = await createUnsealWorld([]);
    await world.addKey('made', await issueSealingKey({ bits: 2048, now: new Date(), validForMs: 3_600_000 }));
    // Secrets are dated in whole seconds.
    const { creationTimestamp } = (await world.client.get(SECRETS, { namespace: world.keyNamespace, name: 'made' }))!
      .metadata;
    await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(creationTimestamp ?? '') + 1_000));
    await world.addKey('brought', FIRST_KEY);
    await world.start({ keys: { orderPriority } });
    const list = await untilList(world, ({ keys }) => expect(keys).toHaveLength(2));
    expect(list.keys[0]).toMatchObject({ secret: served, state: 'active' });
  },
);

test('the whole chain of a key that was brought is served', async () => {
  const world = await createUnsealWorld([]);
  const chain = FIRST_KEY.certificatePem + SECOND_KEY.certificatePem;
  await world.addKey('brought', {
    ...FIRST_KEY,
    certificatePem: `subject=CN=shop\r\n${chain.replaceAll('\n', '\r\n')}`,
  });
  const controller = await world.start();
  expect(await (await fetch(`${controller.url}/v1/cert.pem`)).text()).toBe(chain);
  expect((await world.keyList()).certificatesPem).toBe(FIRST_KEY.certificatePem);
});

test('a backup counts as long as it is one of this very key', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const controller = await world.start();
  const warnings = () => controller.logs.filter((line) => line.includes('no backup of the active sealing key')).length;
  expect(await controller.metric('signet_active_key_backed_up')).toBe(0);
  const annotations = { [BACKED_UP_AT_ANNOTATION]: AT, [BACKED_UP_FINGERPRINT_ANNOTATION]: firstKey.fingerprint };
  await patchKey(world, 'sealed-secrets-key-0', { annotations });
  await untilList(world, ({ keys }) => expect(keys[0]?.backedUpAt).toBe(AT));
  expect(await controller.metric('signet_active_key_backed_up')).toBe(1);
  const { data } = keySecret(world.keyNamespace, 'x', SECOND_KEY);
  const place = { namespace: world.keyNamespace, name: 'sealed-secrets-key-0' };
  expect(warnings()).toBe(1);
  await world.client.mergePatch(SECRETS, place, { data });
  await untilList(world, ({ keys }) => {
    expect(keys[0]?.fingerprint).toBe(secondKey.fingerprint);
    expect(keys[0]).not.toHaveProperty('backedUpAt');
  });
  expect(await controller.metric('signet_active_key_backed_up')).toBe(0);
  expect(warnings()).toBe(2);
});

test('new keys carry the labels and annotations that were asked for, beside our own', async () => {
  const world = await createUnsealWorld([]);
  const labels = { team: 'shop', [KEY_LABEL]: 'retired' };
  await world.start({ keys: { labels, annotations: { note: 'keep' } } });
  await untilStates(world, 'sealed-secrets-key-first active');
  const secret = await world.client.get(SECRETS, { namespace: world.keyNamespace, name: 'sealed-secrets-key-first' });
  expect(secret?.metadata.labels).toEqual({ team: 'shop', [KEY_LABEL]: 'active' });
  expect(secret?.metadata.annotations).toEqual({ note: 'keep' });
});

test('every malformed key Secret that an API server takes is listed and has an event, while the good key works on', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const controller = await world.start();
  const isText = (value: unknown) =>
    typeof value === 'string' && /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2,3}=*)?$/.test(value);
  const taken = MALFORMED_KEYS.filter(({ data, label }) => {
    const isMap = typeof data === 'object' && data !== null && !Array.isArray(data);
    return isMap && Object.values(data).every(isText) && label !== 'retired';
  });
  expect(taken.length).toBeGreaterThan(30);
  for (const [index, malformed] of taken.entries()) {
    await world.client.create(SECRETS, malformedKeySecret(world.keyNamespace, `bad-${index}`, malformed));
  }
  const names = taken.map((_, index) => `bad-${index}`).sort();
  const list = await untilList(world, ({ unusable }) => expect(unusable.map(({ secret }) => secret)).toEqual(names));
  expect(statesOf(list)).toEqual(['sealed-secrets-key-0 active']);
  await eventually(async () => {
    const { items } = await world.client.list(EVENTS, { namespace: world.keyNamespace });
    const warned = items.filter((event) => event['reason'] === 'KeyUnusable' && event['type'] === 'Warning');
    expect(warned.map((event) => (event['involvedObject'] as { name: string }).name).sort()).toEqual(names);
  });
  expect(await controller.metric('signet_sealing_keys_unusable')).toBe(taken.length);
  await world.create(await world.seal({ password: 'p' }));
  await world.untilValues({ password: 'p' });
  const mended = encoded({ 'tls.crt': SECOND_KEY.certificatePem, 'tls.key': SECOND_KEY.privateKeyPem });
  const place = { namespace: world.keyNamespace, name: 'bad-0' };
  await world.client.mergePatch(SECRETS, place, { data: mended, metadata: { labels: { [KEY_LABEL]: 'active' } } });
  await untilList(world, ({ keys }) => expect(keys.map(({ secret }) => secret)).toContain('bad-0'));
});
