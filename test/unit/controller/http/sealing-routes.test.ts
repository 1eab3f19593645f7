import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { HttpAnswer } from '../../../../controller/metrics/http-metrics.ts';
import { encodeBase64 } from '../../../../shared/encoding/base64.ts';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import { stringifyYaml } from '../../../../shared/encoding/yaml-output.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { checkReceipt } from '../../../../shared/sealing/check-receipt.ts';
import { Keyring, type OpeningKey } from '../../../../shared/sealing/keyring.ts';
import { type Receipt, readReceipt } from '../../../../shared/sealing/receipt.ts';
import { labelOf, scopeAnnotations } from '../../../../shared/sealing/scope.ts';
import { unsealItems } from '../../../../shared/sealing/unseal-secret.ts';
import { sealValue } from '../../../../shared/sealing/value-cipher.ts';
import { OPEN_ROUTES, servePublic } from '../../../support/public-app.ts';
import { rawConnection } from '../../../support/raw-connection.ts';
import {
  firstCertificate,
  firstRing,
  sealedOf,
  secondCertificate,
  secondKey,
  withItems,
  withMetadata,
} from '../../../support/test-secrets.ts';

const secondRing = new Keyring([secondKey]);

function post(url: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`${url}${path}`, { method: 'POST', body: text, headers });
}

/** Status, and everything else that tells an answer from another but its date. */
async function shapeOf(response: Response): Promise<unknown> {
  const headers = [...response.headers].filter(([name]) => name !== 'date');
  return [response.status, headers, await response.text()];
}

test('verify says 200 for what opens, as JSON or YAML, whatever the content type', async () => {
  const url = await servePublic();
  const sealed = await sealedOf({ a: '1', b: '2' });
  for (const type of ['', 'application/json', 'application/x-www-form-urlencoded', 'text/html', 'nonsense']) {
    const response = await post(url, '/v1/verify', sealed, type === '' ? {} : { 'content-type': type });
    expect([response.status, await response.text()]).toEqual([200, '']);
  }
  expect((await post(url, '/v1/verify', stringifyYaml(sealed))).status).toBe(200);
});

test('verify and rotate tell nothing about why an object does not open', async () => {
  const url = await servePublic({
    sealing: { ...OPEN_ROUTES, keys: () => ({ keyring: firstRing, certificate: firstCertificate }) },
  });
  const sealed = await sealedOf({ a: '1', b: '2' });
  const { a = '' } = sealed.spec.encryptedData;
  const wide = { name: 'db', namespace: 'shop', annotations: scopeAnnotations('cluster-wide') };
  const objects = [
    await sealedOf({ a: '1' }, secondCertificate),
    withMetadata(sealed, { name: 'other', namespace: 'shop' }),
    withMetadata(sealed, { name: 'db', namespace: 'pay' }),
    withMetadata(sealed, wide),
    withItems(sealed, { a: `${a.slice(0, -8)}AAAAAAA=` }),
    withItems(sealed, { a: a.slice(0, 200) }),
    withItems(sealed, { a: 'no base64' }),
    withItems(sealed, { a, b: 'AAAA' }),
    { ...sealed, spec: { ...sealed.spec, encryptedData: { a: 'x' }, template: { data: { x: '{{ fail "x" }}' } } } },
  ];
  for (const path of ['/v1/verify', '/v1/rotate']) {
    const shapes = await Promise.all(objects.map(async (object) => shapeOf(await post(url, path, object))));
    expect(shapes[0]).toMatchObject([409, expect.anything(), '']);
    for (const shape of shapes) expect(shape).toEqual(shapes[0]);
  }
});

test.each(['{{ if eq .a "1" }}{{ fail "x" }}{{ end }}', '{{ .nothing | fail }}', '{{'])(
  'the template %j is not looked at',
  async (text) => {
    const url = await servePublic();
    const { spec, ...rest } = await sealedOf({ a: '1' });
    const sealed = { ...rest, spec: { ...spec, template: { data: { x: text } } } };
    expect((await post(url, '/v1/verify', sealed)).status).toBe(200);
    const response = await post(url, '/v1/rotate', sealed);
    expect(response.status).toBe(200);
    expect(((await response.json()) as SealedSecret).spec.template).toEqual({ data: { x: text } });
  },
);

test('rotate gives back the same object, encrypted to the newest key', async () => {
  const url = await servePublic();
  const { spec, ...rest } = await sealedOf({ b: '2', a: '1' });
  const template = { metadata: { labels: { k: 'v' }, annotations: { note: 'x' } }, type: 'Opaque', data: { c: '3' } };
  const sealed = {
    ...rest,
    spec: { ...spec, template },
    status: { observedGeneration: 3, conditions: [] },
    metadata: { ...rest.metadata, labels: { app: 'shop' }, creationTimestamp: null, resourceVersion: '7' },
  };
  const response = await post(url, '/v1/rotate', sealed);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  const after = (await response.json()) as SealedSecret;
  expect(Object.keys(after)).toEqual(Object.keys(sealed));
  expect({
    ...after,
    metadata: { ...after.metadata, annotations: {} },
    spec: { ...after.spec, encryptedData: {} },
  }).toEqual({
    ...sealed,
    metadata: { ...sealed.metadata, annotations: {} },
    spec: { ...sealed.spec, encryptedData: {} },
  });
  expect(await checkReceipt(after, readReceipt(after.metadata) as Receipt)).toEqual([]);
  const opened = await unsealItems(after, secondRing);
  expect(opened.kind === 'opened' && [...opened.items.keys()]).toEqual(['a', 'b']);
});

test('rotate keeps integers that JavaScript cannot hold', async () => {
  const sealed = await sealedOf({ a: '1' });
  const text = JSON.stringify({ ...sealed, status: { big: 0 } }).replace('"big":0', '"big":9007199254740993');
  const response = await post(await servePublic(), '/v1/rotate', text);
  expect(await response.text()).toContain('"big":9007199254740993');
});

test('the deprecated form is opened only where that is allowed', async () => {
  const value = await sealValue(firstCertificate, labelOf('strict', 'shop', 'db'), new SecretBytes(encodeUtf8('{}')));
  const { spec: _, ...rest } = await sealedOf({ a: '1' });
  const v1 = { ...rest, spec: { data: encodeBase64(value) } };
  const [open, closed] = [await servePublic(), await servePublic({ sealing: { ...OPEN_ROUTES, acceptV1: false } })];
  expect((await post(open, '/v1/verify', v1)).status).toBe(200);
  const rotated = (await (await post(open, '/v1/rotate', v1)).json()) as typeof v1;
  expect(Object.keys(rotated.spec)).toEqual(['data']);
  expect(rotated.spec.data).not.toBe(v1.spec.data);
  expect((await post(closed, '/v1/verify', v1)).status).toBe(409);
  expect((await post(closed, '/v1/rotate', v1)).status).toBe(409);
});

test('what is no SealedSecret is the fault of who sends it', async () => {
  const url = await servePublic();
  for (const path of ['/v1/verify', '/v1/rotate']) {
    const response = await post(url, path, { kind: 'Secret' });
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'text/plain; charset=utf-8']);
    expect(await response.text()).toBe('expected bitnami.com/v1alpha1 SealedSecret, found another kind\n');
  }
});

test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
  '%s is not allowed on verify and rotate',
  async (method) => {
    const url = await servePublic();
    for (const path of ['/v1/verify', '/v1/rotate']) {
      const response = await fetch(`${url}${path}`, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    }
  },
);

test('without a key there is no answer yet; without one to seal to there is no rotation', async () => {
  const none = await servePublic({ sealing: { ...OPEN_ROUTES, keys: () => null } });
  const opening = await servePublic({
    sealing: { ...OPEN_ROUTES, keys: () => ({ keyring: firstRing, certificate: null }) },
  });
  const sealed = await sealedOf({ a: '1' });
  const statuses = async (url: string) => [
    (await post(url, '/v1/verify', sealed)).status,
    (await post(url, '/v1/rotate', sealed)).status,
  ];
  expect(await statuses(none)).toEqual([503, 503]);
  expect(await statuses(opening)).toEqual([200, 503]);
});

test('a failed open costs a bounded number of decryptions', async () => {
  const tries = { count: 0 };
  const counting: OpeningKey = {
    ...secondKey,
    unwrap: (label, wrappedKey) => {
      tries.count += 1;
      return secondKey.unwrap(label, wrappedKey);
    },
  };
  const keys = () => ({ keyring: new Keyring([counting]), certificate: secondCertificate });
  const url = await servePublic({ sealing: { ...OPEN_ROUTES, keys } });
  const { a } = (await sealedOf({ a: '1' })).spec.encryptedData;
  const junk = withItems(
    await sealedOf({ a: '1' }),
    Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`k${at}`, a])),
  );
  expect((await post(url, '/v1/rotate', junk)).status).toBe(409);
  expect(tries.count).toBeGreaterThan(0);
  expect(tries.count).toBeLessThanOrEqual(66);
});

test('who asks too often is told when to come again; headers make nobody another caller', async () => {
  const url = await servePublic({ sealing: { ...OPEN_ROUTES, limits: { rate: 0.001, burst: 1 }, nowMs: () => 0 } });
  const sealed = await sealedOf({ a: '1' });
  const first = await post(url, '/v1/verify', sealed);
  expect([first.status, first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')]).toEqual([
    200,
    '2',
    '1',
  ]);
  expect((await post(url, '/v1/rotate', sealed, { 'x-forwarded-for': '192.0.2.1' })).status).toBe(200);
  const refused = await post(url, '/v1/verify', sealed, { 'x-forwarded-for': '192.0.2.2', forwarded: 'for=192.0.2.3' });
  expect([refused.status, refused.headers.get('retry-after'), await refused.text()]).toEqual([
    429,
    '1000',
    'limit exceeded\n',
  ]);
  expect((await fetch(`${url}/v1/cert.pem`)).status).toBe(200);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test('a body that says it is too large is refused unread', async () => {
  const { socket, received, closed } = await rawConnection(await servePublic());
  socket.write('POST /v1/rotate HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n');
  await once(socket, 'data');
  expect(received()).toMatch(/^HTTP\/1\.1 413 /);
  // Whoever goes on sending is cut off.
  const chunk = Buffer.alloc(64 * 1024);
  const pump = setInterval(() => socket.write(chunk), 1);
  await closed;
  clearInterval(pump);
});

test('an object that is too large is taken to its end, so that nothing on the way loses the answer', async () => {
  const { socket, received } = await rawConnection(await servePublic());
  socket.write('POST /v1/rotate HTTP/1.1\r\nHost: x\r\nContent-Length: 2097152\r\n\r\n');
  socket.write(Buffer.alloc(2_097_152));
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  while (!/HTTP\/1\.1 200 /.test(received())) await once(socket, 'data');
  expect(received()).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
});

test('a body that turns out too large is not read to its end', async () => {
  const { socket, received, closed } = await rawConnection(await servePublic());
  socket.write('POST /v1/verify HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
  const pump = setInterval(() => socket.write(chunk), 1);
  await closed;
  clearInterval(pump);
  expect(received()).toMatch(/^HTTP\/1\.1 413 /);
});

test.each([
  ['gzip', gzipSync('{}')],
  ['br', Buffer.from('{}')],
  ['identity, gzip', Buffer.from('{}')],
])('the content encoding %s is refused', async (encoding, body) => {
  const headers = { 'content-encoding': encoding };
  const response = await fetch(`${await servePublic()}/v1/verify`, { method: 'POST', body, headers });
  expect(response.status).toBe(415);
});

test.each([
  ['a chunk size that is none', 'Transfer-Encoding: chunked\r\n\r\nxyz\r\n'],
  ['a chunk that is longer than it says', 'Transfer-Encoding: chunked\r\n\r\n2\r\nabcdef\r\n0\r\n\r\n'],
  ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
  ['a length that is none', 'Content-Length: x\r\n\r\n{}'],
  ['both a length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
])('%s ends in 400', async (_name, rest) => {
  const { socket, received, closed } = await rawConnection(await servePublic());
  socket.write(`POST /v1/verify HTTP/1.1\r\nHost: x\r\n${rest}`);
  await closed;
  expect(received()).toMatch(/^HTTP\/1\.1 400 /);
});

test('a request that trickles in is ended by the read timeout, and the port goes on', async () => {
  const url = await servePublic({}, { readTimeoutMs: 50, writeTimeoutMs: 0 });
  const { socket, received, closed } = await rawConnection(url);
  socket.write('POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{');
  await closed;
  expect(received()).toMatch(/^HTTP\/1\.1 408 |^$/);
  const headers = await rawConnection(url);
  headers.socket.write('POST /v1/verify HTTP/1.1\r\nHost: x\r\n');
  await headers.closed;
  expect((await post(url, '/v1/verify', await sealedOf({ a: '1' }))).status).toBe(200);
}, 15_000);

test('a caller who goes away in the middle leaves its place to others', async () => {
  const url = await servePublic();
  for (let count = 0; count < 40; count += 1) {
    const { socket, closed } = await rawConnection(url);
    socket.write('POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{', () => socket.destroy());
    await closed;
  }
  expect((await post(url, '/v1/verify', await sealedOf({ a: '1' }))).status).toBe(200);
});

test('one caller cannot hold more than its share of places', async () => {
  const url = await servePublic();
  const connections = await Promise.all(Array.from({ length: 16 }, () => rawConnection(url)));
  for (const { socket } of connections) {
    // The answer to `Expect` proves that the request is inside.
    socket.write('POST /v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n');
    await once(socket, 'data');
  }
  const sealed = await sealedOf({ a: '1' });
  const refused = await post(url, '/v1/verify', sealed);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  connections[0]?.socket.destroy();
  await connections[0]?.closed;
  await expect.poll(async () => (await post(url, '/v1/verify', sealed)).status).toBe(200);
});

test('requests are counted by path, method and status', async () => {
  const answers: HttpAnswer[] = [];
  const url = await servePublic({ metrics: { answered: (answer) => answers.push(answer) } });
  await (await post(url, '/v1/verify?x=1', await sealedOf({ a: '1' }))).text();
  await (await fetch(`${url}/v1/rotate`)).text();
  await expect.poll(() => answers.length).toBe(2);
  expect(answers.map(({ path, method, status }) => [path, method, status])).toEqual([
    ['/v1/verify', 'POST', 200],
    ['/v1/rotate', 'GET', 405],
  ]);
});
