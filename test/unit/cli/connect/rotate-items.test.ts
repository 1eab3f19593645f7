import { expect, test } from 'vitest';
import type { Cluster } from '../../../../cli/connect/cluster.ts';
import type { FoundController } from '../../../../cli/connect/find-controller.ts';
import { rotateItems } from '../../../../cli/connect/rotate-items.ts';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import type { KubeClient, KubeRawRequest, KubeRawResponse } from '../../../../shared/kube/client.ts';
import type { ClusterConnection } from '../../../../shared/kube/connection.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { resealItems, withResealed } from '../../../../shared/sealing/reseal-secret.ts';
import { bothRing, sealedOf, secondCertificate, secondKey } from '../../../support/test-secrets.ts';

const CONTROLLER: FoundController = {
  place: { namespace: 'signet-system', name: 'signet-controller', port: 'http' },
  certificate: secondCertificate,
  description: 'the controller',
};

type Answer = Pick<KubeRawResponse, 'status'> & {
  readonly body?: unknown;
  readonly headers?: KubeRawResponse['headers'];
};

/** Asks a controller that answers `answers` one after the other, and notes what it was asked and how long it was waited for. */
async function rotate(sealed: SealedSecret, names: readonly string[], answers: readonly Answer[]) {
  const asked: KubeRawRequest[] = [];
  const waits: number[] = [];
  const left = [...answers];
  const raw = async (request: KubeRawRequest): Promise<KubeRawResponse> => {
    asked.push(request);
    const { status, body = '', headers = {} } = left.shift() ?? { status: 500 };
    return { status, headers, body: encodeUtf8(typeof body === 'string' ? body : JSON.stringify(body)) };
  };
  const client = { raw } as KubeClient;
  const cluster: Cluster = { client, connection: {} as ClusterConnection, namespace: 'default', description: 'here' };
  const sleep = async (ms: number): Promise<void> => {
    waits.push(ms);
  };
  const result = await rotateItems(cluster, CONTROLLER, { sealed, names: new Set(names), sleep });
  return { result, asked, waits };
}

async function answerFor(sealed: SealedSecret): Promise<SealedSecret> {
  const result = await resealItems(sealed, bothRing, secondCertificate);
  if (result.kind === 'failed') throw new Error(result.failures[0].message);
  return withResealed(sealed, result);
}

test('rotateItems sends the items that are meant, and nothing of the object but what they are bound to', async () => {
  const sealed = await sealedOf({ a: '1', b: '2' });
  const rich = {
    ...sealed,
    metadata: { ...sealed.metadata, labels: { x: 'y' }, annotations: { ...sealed.metadata.annotations, note: 'z' } },
    spec: { ...sealed.spec, template: { data: { t: '{{ .a }}' } } },
    status: { conditions: [] },
  };
  const { asked } = await rotate(rich, ['a'], []);
  expect(asked[0]?.path).toBe('/api/v1/namespaces/signet-system/services/http:signet-controller:http/proxy/v1/rotate');
  expect(JSON.parse(String(asked[0]?.body))).toEqual({
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { name: 'db', namespace: 'shop', annotations: sealed.metadata.annotations },
    spec: { encryptedData: { a: sealed.spec.encryptedData['a'] } },
  });
});

test('rotateItems takes the keys from the receipt of the answer, or those of the controller where there is none', async () => {
  const sealed = await sealedOf({ a: '1' });
  const answer = await answerFor(sealed);
  const told = await rotate(sealed, ['a'], [{ status: 200, body: answer }]);
  expect(told.result).toEqual({
    kind: 'rotated',
    values: new Map(Object.entries(answer.spec.encryptedData)),
    keys: new Map([['a', secondKey.fingerprint]]),
  });
  const bare = { metadata: {}, spec: { ...answer.spec, template: { metadata: {} } } };
  const untold = await rotate(sealed, ['a'], [{ status: 200, body: bare }]);
  expect(untold.result).toMatchObject({ keys: new Map([['a', secondKey.fingerprint]]) });
});

test('rotateItems takes no answer with other items, with old ones, or with what is no sealed value', async () => {
  const sealed = await sealedOf({ a: '1', b: '2' });
  const { spec } = await answerFor(sealed);
  const { a, b } = spec.encryptedData;
  const datas: unknown[] = [
    { a },
    { a, b, c: a },
    { a, c: b },
    { a, b: sealed.spec.encryptedData['b'] },
    { a, b: 'plain' },
    { a, b: 'Zm9v' },
    { a, b: 7 },
    [a, b],
    null,
    'x',
  ];
  for (const encryptedData of datas) {
    const { result } = await rotate(sealed, ['a', 'b'], [{ status: 200, body: { spec: { encryptedData } } }]);
    expect(result).toEqual({ kind: 'failed', reason: 'the controller does not answer with the same items' });
  }
  for (const body of ['null', '[]', '7', '{}', '{"spec":null}']) {
    expect((await rotate(sealed, ['a', 'b'], [{ status: 200, body }])).result.kind).toBe('failed');
  }
  expect((await rotate(sealed, ['a', 'b'], [{ status: 200, body: 'no json' }])).result).toEqual({
    kind: 'failed',
    reason: 'the answer is no JSON',
  });
});

test('rotateItems takes no value of another length: the same plaintext makes a ciphertext as long as the old one', async () => {
  const sealed = await sealedOf({ a: 'short', b: 'much longer' });
  const { spec } = await answerFor(sealed);
  const { a, b } = spec.encryptedData;
  const { result } = await rotate(
    sealed,
    ['a', 'b'],
    [{ status: 200, body: { spec: { encryptedData: { a: b, b: a } } } }],
  );
  expect(result).toEqual({ kind: 'failed', reason: 'the controller does not answer with the same items' });
});

test('rotateItems waits also for a controller that asks for no wait at all, and not for ever', async () => {
  const sealed = await sealedOf({ a: '1' });
  const now = { status: 429, headers: { 'retry-after': '0' } };
  const { result, waits } = await rotate(
    sealed,
    ['a'],
    Array.from({ length: 1_000 }, () => now),
  );
  expect(result).toMatchObject({ reason: 'the controller answers HTTP 429: it is asked too often' });
  expect(waits.length).toBeLessThanOrEqual(300);
});

test('rotateItems waits as it is told to, and not for ever', async () => {
  const sealed = await sealedOf({ a: '1' });
  const answer = { status: 200, body: await answerFor(sealed) };
  const busy = { status: 429, headers: { 'retry-after': '7' } };
  const full = { status: 503, headers: { 'retry-after': '2' } };
  const patient = await rotate(sealed, ['a'], [busy, full, { status: 429 }, answer]);
  expect([patient.result.kind, patient.waits]).toEqual(['rotated', [7_000, 2_000, 1_000]]);
  const never = await rotate(
    sealed,
    ['a'],
    Array.from({ length: 200 }, () => busy),
  );
  expect(never.result.kind).toBe('failed');
  expect(never.waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(300_000);
});

test('rotateItems tells a refusal from a failure, and quotes no answer', async () => {
  const sealed = await sealedOf({ a: '1' });
  expect((await rotate(sealed, ['a'], [{ status: 409, body: 'hunter2' }])).result.kind).toBe('refused');
  for (const status of [400, 403, 404, 500, 503]) {
    const { result } = await rotate(sealed, ['a'], [{ status, body: 'hunter2' }]);
    expect(result.kind).toBe('failed');
    expect(JSON.stringify(result)).not.toContain('hunter2');
  }
});

const LIMIT = 1024 * 1024;

test('rotateItems asks several times for what a controller does not take at once, and takes each answer for its part only', async () => {
  const sealed = await sealedOf({ a: 'a'.repeat(400_000), b: 'b'.repeat(400_000), c: 'c' });
  const fresh = (await answerFor(sealed)).spec.encryptedData;
  const partOf = (...names: string[]): Answer => {
    const encryptedData = Object.fromEntries(names.map((name) => [name, fresh[name]]));
    return { status: 200, body: { metadata: {}, spec: { encryptedData } } };
  };
  const { result, asked } = await rotate(sealed, ['a', 'b', 'c'], [partOf('a'), { status: 429 }, partOf('b', 'c')]);
  expect(result).toMatchObject({ kind: 'rotated', values: new Map(Object.entries(fresh)) });
  expect(asked.map(({ body }) => Object.keys(JSON.parse(String(body)).spec.encryptedData))).toEqual([
    ['a'],
    ['b', 'c'],
    ['b', 'c'],
  ]);
  for (const { body } of asked) expect(String(body).length).toBeLessThanOrEqual(LIMIT);
  const mixed = await rotate(sealed, ['a', 'b', 'c'], [partOf('a'), partOf('a', 'b', 'c')]);
  expect(mixed.result).toEqual({ kind: 'failed', reason: 'the controller does not answer with the same items' });
});

test('rotateItems asks nothing when a single item is more than a controller takes, and names it', async () => {
  const sealed = await sealedOf({ a: 'a', huge: 'x'.repeat(LIMIT) });
  const { result, asked } = await rotate(sealed, ['a', 'huge'], []);
  expect(result).toEqual({
    kind: 'too-large',
    reason: 'item "huge" is above the 1 MiB that a controller takes at once',
  });
  expect(asked).toEqual([]);
});

test('rotateItems says what HTTP 413 means, for a controller that takes less', async () => {
  const { result } = await rotate(await sealedOf({ a: '1' }), ['a'], [{ status: 413 }]);
  expect(result).toEqual({ kind: 'too-large', reason: 'the controller answers HTTP 413: it takes 1 MiB at once' });
});
