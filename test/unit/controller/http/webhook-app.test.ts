import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createWebhookApp, type WebhookAppDependencies } from '../../../../controller/http/webhook-app.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import { serveApp } from '../../../support/public-app.ts';
import { rawConnection } from '../../../support/raw-connection.ts';
import { hmacOf, pushFrom, type SignedDelivery } from '../../../support/webhook-deliveries.ts';

const TOKEN = 'the token';
const PUSH = { url: 'https://git.example.com/a/b.git', reference: 'refs/heads/main' };
const GOOD = pushFrom('GitHub', PUSH, TOKEN);
const MIB = 1024 * 1024;

async function serve(overrides: Partial<WebhookAppDependencies> = {}) {
  const world = {
    reads: [] as string[],
    hints: [] as string[],
    results: [] as string[],
    problems: [] as string[],
    errors: [] as unknown[],
  };
  const app = createWebhookApp({
    find: ({ namespace, name }) =>
      namespace === 'shop' && (name === 'app' || name === 'bare')
        ? { provider: 'GitHub', secretRef: { name: name === 'app' ? 'hook' : 'missing' } }
        : null,
    readToken: async ({ namespace, name }) => {
      world.reads.push(`${namespace}/${name}`);
      return name === 'hook' ? SecretBytes.fromText(TOKEN) : null;
    },
    noSecret: { namespace: 'signet-system', name: 'nobody' },
    deliver: (place, hint) =>
      world.hints.push(`${place.namespace}/${place.name} ${hint.addresses[0]} ${hint.references[0]}`),
    limits: { rate: 0, burst: 0 },
    metrics: { delivered: (provider, result) => world.results.push(`${provider} ${result}`) },
    nowMs: () => performance.now(),
    onTokenProblem: (place, problem) => world.problems.push(`${place?.name ?? '-'}: ${(problem as Error).message}`),
    onError: (error) => world.errors.push(error),
    ...overrides,
  });
  const url = await serveApp(app);
  const post = (
    path: string,
    delivery: Omit<SignedDelivery, 'body'> & { readonly body: string | Uint8Array<ArrayBuffer> },
  ) => fetch(`${url}${path}`, { method: 'POST', headers: delivery.headers, body: delivery.body });
  return { ...world, url, post };
}

/** Status, and everything else that tells an answer from another but its date. */
async function shapeOf(response: Response): Promise<unknown> {
  return [response.status, [...response.headers].filter(([name]) => name !== 'date'), await response.text()];
}

test('an authentic push is accepted and handed on', async () => {
  const { post, hints, results, reads } = await serve();
  const response = await post('/hooks/shop/app', GOOD);
  expect([response.status, await response.text()]).toEqual([202, 'accepted\n']);
  expect(hints).toEqual([`shop/app ${PUSH.url} ${PUSH.reference}`]);
  expect(results).toEqual(['GitHub accepted']);
  expect(reads).toEqual(['shop/hook']);
});

test('unknown names, missing tokens and wrong signatures have one answer, and cost one look at a Secret each', async () => {
  const { post, hints, results, reads, problems } = await serve();
  const wrong = pushFrom('GitHub', PUSH, 'wrong');
  const unsigned = { headers: { 'content-type': 'application/json' }, body: '{}' };
  const answers = [
    await post('/hooks/shop/app', wrong),
    await post('/hooks/shop/app', unsigned),
    await post('/hooks/shop/bare', GOOD),
    await post('/hooks/shop/bare', pushFrom('GitHub', PUSH, '')),
    await post('/hooks/shop/other', GOOD),
    await post('/hooks/other/app', GOOD),
    await post('/hooks/shop/other', unsigned),
    await post('/hooks/shop%2fapp/x', GOOD),
    await post('/hooks/shop/..%2fapp', GOOD),
    await post(`/hooks/shop/${'a'.repeat(5_000)}`, GOOD),
    await post('/hooks/shop/__proto__', GOOD),
    await post('/hooks/shop/%00', GOOD),
  ];
  const shapes = await Promise.all(answers.map(shapeOf));
  expect(shapes[0]).toMatchObject([403, expect.anything(), 'forbidden\n']);
  for (const shape of shapes) expect(shape).toEqual(shapes[0]);
  expect(reads).toHaveLength(answers.length);
  expect(hints).toEqual([]);
  expect(new Set(results)).toEqual(new Set(['GitHub refused', 'null refused']));
  expect(problems).toEqual(Array(2).fill('bare: the Secret does not exist, or its key token is empty'));
});

test('while no Secret can be read every name has one answer', async () => {
  const { post, results } = await serve({ readToken: () => Promise.reject(new Error('no answer')) });
  const shapes = await Promise.all(
    ['/hooks/shop/app', '/hooks/shop/other'].map(async (path) => shapeOf(await post(path, GOOD))),
  );
  expect(shapes[0]).toMatchObject([503, expect.arrayContaining([['retry-after', '5']]), 'not now\n']);
  expect(shapes[1]).toEqual(shapes[0]);
  expect(results.toSorted()).toEqual(['GitHub failed', 'null failed']);
});

test('pings and other events are answered, and ask for nothing', async () => {
  const { post, hints, results } = await serve();
  const ping = { ...GOOD, headers: { ...GOOD.headers, 'x-github-event': 'ping' } };
  const answer = await post('/hooks/shop/app', ping);
  expect([answer.status, await answer.text()]).toEqual([202, 'pong\n']);
  expect(
    (await post('/hooks/shop/app', { ...GOOD, headers: { ...GOOD.headers, 'x-github-event': 'star' } })).status,
  ).toBe(202);
  expect([hints, results]).toEqual([[], ['GitHub ping', 'GitHub ignored']]);
});

test('who is known learns what is wrong with a payload', async () => {
  const { post, results } = await serve();
  const signed = (body: string, type: string) => ({
    headers: { ...GOOD.headers, 'content-type': type, 'x-hub-signature-256': `sha256=${hmacOf(body, TOKEN)}` },
    body,
  });
  const answer = await post('/hooks/shop/app', signed('x', 'text/plain'));
  expect([answer.status, await answer.text()]).toEqual([
    415,
    'send the payload as application/json or application/x-www-form-urlencoded\n',
  ]);
  expect((await post('/hooks/shop/app', signed('{', 'application/json'))).status).toBe(400);
  expect(results).toEqual(['GitHub unreadable', 'GitHub unreadable']);
});

test('a delivery that nothing follows is accepted all the same', async () => {
  const { post, results } = await serve({ deliver: () => 0 });
  expect(await shapeOf(await post('/hooks/shop/app', GOOD))).toMatchObject([202, expect.anything(), 'accepted\n']);
  expect(results).toEqual(['GitHub unmatched']);
});

test('a body of up to a mebibyte is taken, and a larger one is not even looked at', async () => {
  const { post, reads, results } = await serve();
  const sized = (bytes: number) => {
    const body = JSON.stringify({ ref: PUSH.reference, pad: '' }).replace('""', `"${'x'.repeat(bytes - 34)}"`);
    return { headers: { ...GOOD.headers, 'x-hub-signature-256': `sha256=${hmacOf(body, TOKEN)}` }, body };
  };
  expect(sized(MIB).body.length).toBe(MIB);
  expect((await post('/hooks/shop/app', sized(MIB))).status).toBe(202);
  expect((await post('/hooks/shop/app', sized(MIB + 1))).status).toBe(413);
  expect([reads, results]).toEqual([['shop/hook'], ['GitHub accepted']]);
});

test('a body without a length is cut off when it is too large', async () => {
  const { url, reads } = await serve();
  const { socket, received, closed } = await rawConnection(url);
  socket.write('POST /hooks/shop/app HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
  for (let count = 0; count < 17; count += 1) socket.write(`10000\r\n${'x'.repeat(65_536)}\r\n`);
  await closed;
  expect(received()).toMatch(/^HTTP\/1\.1 413 /);
  expect(reads).toEqual([]);
});

test('an encoded body is refused before anything else', async () => {
  const { post, reads } = await serve();
  const headers = { ...GOOD.headers, 'content-encoding': 'gzip' };
  expect((await post('/hooks/shop/app', { headers, body: Buffer.from(gzipSync(GOOD.body)) })).status).toBe(415);
  expect(reads).toEqual([]);
});

test.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('%s is not allowed at a webhook', async (method) => {
  const { url } = await serve();
  const response = await fetch(`${url}/hooks/shop/app`, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
});

test.each(['/', '/v1/cert.pem', '/v1/verify', '/healthz', '/readyz', '/metrics', '/hooks'])(
  '%s is not on this port',
  async (path) => {
    expect((await fetch(`${(await serve()).url}${path}`)).status).toBe(404);
  },
);

test.each(['/hooks/', '/hooks/shop', '/hooks/shop/', '/hooks/shop/app/more'])(
  'nothing is posted to %s',
  async (path) => {
    const { post, reads } = await serve();
    expect((await post(path, GOOD)).status).toBe(404);
    expect(reads).toEqual([]);
  },
);

test('deliveries are limited by address, and no header dodges it', async () => {
  const { post, reads } = await serve({ limits: { rate: 0.001, burst: 2 } });
  const statuses: number[] = [];
  for (let count = 0; count < 5; count += 1) {
    const headers = {
      ...GOOD.headers,
      'x-forwarded-for': `10.0.0.${count}`,
      forwarded: `for=10.0.0.${count}`,
      'x-real-ip': `10.0.0.${count}`,
    };
    statuses.push((await post(`/hooks/shop/${count === 0 ? 'app' : count}`, { headers, body: GOOD.body })).status);
  }
  expect(statuses).toEqual([202, 403, 403, 429, 429]);
  expect(reads).toHaveLength(3);
});
