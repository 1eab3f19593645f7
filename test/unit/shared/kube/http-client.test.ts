import { describe, expect, it, onTestFinished } from 'vitest';
import { createKubeClient, type KubeClientOptions } from '../../../../shared/kube/connect.ts';
import { CONFIG_MAPS, GIT_SYNCS, NAMESPACES, SECRETS } from '../../../../shared/kube/resource-type.ts';
import { type StubServer, sendJson, sendStatus, startStub, stubConnection } from './stub-server.ts';

const configMap = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  ...more,
});
const reference = { namespace: 'shop', name: 'a' };

function clientOf(stub: StubServer, options: KubeClientOptions = {}) {
  const client = createKubeClient(stubConnection(stub.url), { random: () => 0, ...options });
  onTestFinished(() => client.close());
  return client;
}

const echo = () => startStub((_request, response) => sendJson(response, configMap('a')));

describe('HttpKubeClient get', () => {
  it('answers the object', async () => {
    const stub = await echo();
    expect(await clientOf(stub).get(CONFIG_MAPS, reference)).toEqual(configMap('a'));
    expect(stub.requests[0]?.path).toBe('/api/v1/namespaces/shop/configmaps/a');
  });

  it('answers null for an object that does not exist', async () => {
    const stub = await startStub((_request, response) => sendStatus(response, 404, 'NotFound'));
    expect(await clientOf(stub).get(CONFIG_MAPS, reference)).toBeNull();
  });

  it('answers null for a kind that is not served', async () => {
    const stub = await startStub((_request, response) => {
      response.writeHead(404, { 'content-type': 'text/plain' });
      response.end('404 page not found\n');
    });
    expect(await clientOf(stub).get(GIT_SYNCS, reference)).toBeNull();
  });

  it('asks for metadata only', async () => {
    const stub = await startStub((_request, response) =>
      sendJson(response, { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: { name: 'a' } }),
    );
    expect(await clientOf(stub).get(SECRETS, reference, { metadataOnly: true })).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
    });
    expect(stub.requests[0]?.headers.accept).toContain('as=PartialObjectMetadata;');
  });

  it('refuses an empty name before anything is sent', async () => {
    const stub = await echo();
    const getting = clientOf(stub).get(CONFIG_MAPS, { namespace: 'shop', name: '' });
    await expect(getting).rejects.toThrow(expect.objectContaining({ code: 'KUBE_INVALID' }));
    expect(stub.requests).toHaveLength(0);
  });

  it('says that a body is no object', async () => {
    const stub = await startStub((_request, response) => response.end('<html>'));
    await expect(clientOf(stub).get(CONFIG_MAPS, reference)).rejects.toThrow(
      expect.objectContaining({ code: 'KUBE_BAD_RESPONSE' }),
    );
  });
});

describe('HttpKubeClient writes', () => {
  it('creates by POST to the collection', async () => {
    const stub = await echo();
    await clientOf(stub).create(CONFIG_MAPS, configMap('a'), { fieldManager: 'me', dryRun: true });
    expect(stub.requests[0]).toMatchObject({
      method: 'POST',
      path: '/api/v1/namespaces/shop/configmaps',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(configMap('a')),
    });
    expect([...(stub.requests[0]?.query ?? [])]).toEqual([
      ['fieldManager', 'me'],
      ['dryRun', 'All'],
    ]);
  });

  it('creates objects whose name the server makes up', async () => {
    const stub = await echo();
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'a-', namespace: 'shop' } };
    await clientOf(stub).create(CONFIG_MAPS, object);
    expect(stub.requests[0]?.path).toBe('/api/v1/namespaces/shop/configmaps');
  });

  it('creates cluster-scoped objects at the root', async () => {
    const stub = await echo();
    await clientOf(stub).create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } });
    expect(stub.requests[0]?.path).toBe('/api/v1/namespaces');
  });

  it('replaces a status by PUT', async () => {
    const stub = await echo();
    await clientOf(stub).replace(CONFIG_MAPS, configMap('a'), { subresource: 'status' });
    expect(stub.requests[0]).toMatchObject({ method: 'PUT', path: '/api/v1/namespaces/shop/configmaps/a/status' });
  });

  it('patches by JSON merge patch', async () => {
    const stub = await echo();
    await clientOf(stub).mergePatch(CONFIG_MAPS, reference, { data: { a: null } });
    expect(stub.requests[0]).toMatchObject({
      method: 'PATCH',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: '{"data":{"a":null}}',
    });
  });

  it('applies with force and strict validation', async () => {
    const stub = await echo();
    await clientOf(stub).apply(CONFIG_MAPS, configMap('a'), { fieldManager: 'signet-sync' });
    expect(stub.requests[0]).toMatchObject({
      method: 'PATCH',
      path: '/api/v1/namespaces/shop/configmaps/a',
      headers: { 'content-type': 'application/apply-patch+yaml' },
    });
    expect(Object.fromEntries(stub.requests[0]?.query ?? [])).toEqual({
      fieldManager: 'signet-sync',
      force: 'true',
      fieldValidation: 'Strict',
    });
  });

  it('sends long integers exactly', async () => {
    const stub = await echo();
    await clientOf(stub).apply(CONFIG_MAPS, configMap('a', { spec: { n: 9007199254740993n } }), { fieldManager: 'x' });
    expect(stub.requests[0]?.body).toContain('"n":9007199254740993');
  });

  it('does not take a 404 for success', async () => {
    const stub = await startStub((_request, response) => sendStatus(response, 404, 'NotFound'));
    await expect(clientOf(stub).replace(CONFIG_MAPS, configMap('a'))).rejects.toThrow(
      expect.objectContaining({ code: 'KUBE_NOT_FOUND' }),
    );
  });

  it.each([
    [409, 'AlreadyExists', 'KUBE_ALREADY_EXISTS'],
    [409, 'Conflict', 'KUBE_CONFLICT'],
    [403, 'Forbidden', 'KUBE_FORBIDDEN'],
    [401, 'Unauthorized', 'KUBE_UNAUTHORIZED'],
    [422, 'Invalid', 'KUBE_INVALID'],
    [400, 'BadRequest', 'KUBE_INVALID'],
    [405, 'MethodNotAllowed', 'KUBE_INVALID'],
    [410, 'Expired', 'KUBE_GONE'],
    [500, 'InternalError', 'KUBE_SERVER_ERROR'],
    [503, 'ServiceUnavailable', 'KUBE_SERVER_ERROR'],
    [504, 'Timeout', 'KUBE_TIMEOUT'],
    [301, '', 'KUBE_BAD_RESPONSE'],
  ])('turns HTTP %d %s into %s', async (status, reason, code) => {
    const stub = await startStub((_request, response) => sendStatus(response, status, reason));
    const creating = clientOf(stub).create(CONFIG_MAPS, configMap('a'));
    await expect(creating).rejects.toThrow(expect.objectContaining({ code, status, reason }));
  });

  it('hands over how long a busy server wants to be left alone', async () => {
    const headers = { 'retry-after': '90' };
    const stub = await startStub((_request, response) => sendStatus(response, 429, 'TooManyRequests', { headers }));
    const creating = clientOf(stub).create(CONFIG_MAPS, configMap('a'));
    const expected = { code: 'KUBE_TOO_MANY_REQUESTS', retryAfterMs: 90_000 };
    await expect(creating).rejects.toThrow(expect.objectContaining(expected));
  });
});

describe('HttpKubeClient delete', () => {
  it('states its preconditions', async () => {
    const stub = await startStub((_request, response) => sendJson(response, { kind: 'Status', status: 'Success' }));
    expect(await clientOf(stub).delete(CONFIG_MAPS, reference, { uid: 'u' })).toBe('deleted');
    expect(JSON.parse(stub.requests[0]?.body ?? '')).toMatchObject({ preconditions: { uid: 'u' } });
  });

  it('answers absent for what is gone', async () => {
    const stub = await startStub((_request, response) => sendStatus(response, 404, 'NotFound'));
    expect(await clientOf(stub).delete(CONFIG_MAPS, reference)).toBe('absent');
  });
});

describe('HttpKubeClient behind something that answers in the place of the API server', () => {
  const html = () =>
    startStub((_request, response) => {
      response.writeHead(404, { 'content-type': 'text/html' });
      response.end('<html><h1>404 Not Found</h1></html>');
    });
  const foreign = expect.objectContaining({ code: 'KUBE_BAD_RESPONSE', status: 404 });

  it('does not take its 404 for the absence of an object', async () => {
    await expect(clientOf(await html()).get(CONFIG_MAPS, reference)).rejects.toThrow(foreign);
  });

  it('does not take its 404 for a deletion', async () => {
    const stub = await startStub((_request, response) => sendJson(response, { type: 'error', code: 'NotFound' }, 404));
    await expect(clientOf(stub).delete(CONFIG_MAPS, reference)).rejects.toThrow(foreign);
  });

  it('does not take its 404 for a kind that is not served', async () => {
    await expect(clientOf(await html()).findType('v1', 'Secret')).rejects.toThrow(foreign);
  });
});

describe('HttpKubeClient raw', () => {
  it('hands any status over, once', async () => {
    const stub = await startStub((_request, response) => {
      response.writeHead(503, { 'retry-after': '0', 'x-a': 'b' });
      response.end('down');
    });
    const answer = await clientOf(stub).raw({ method: 'POST', path: '/y', body: 'x', maxBytes: 10 });
    expect(answer).toMatchObject({ status: 503, headers: { 'x-a': 'b' } });
    expect(Buffer.from(answer.body).toString()).toBe('down');
    expect(stub.requests).toHaveLength(1);
  });

  it('has the deadline that it is given', async () => {
    const stub = await startStub(() => undefined);
    const client = clientOf(stub, { requestTimeoutMs: 600_000 });
    const asking = client.raw({ method: 'GET', path: '/y', maxBytes: 10, timeoutMs: 2_000 });
    await expect(asking).rejects.toThrow(expect.objectContaining({ code: 'KUBE_TIMEOUT' }));
  });

  it('refuses an answer that is too long', async () => {
    const stub = await startStub((_request, response) => response.end('x'.repeat(11)));
    await expect(clientOf(stub).raw({ method: 'GET', path: '/y', maxBytes: 10 })).rejects.toThrow(
      expect.objectContaining({ code: 'KUBE_TOO_LARGE' }),
    );
  });
});

describe('HttpKubeClient close', () => {
  it('lets no later watch begin', async () => {
    const stub = await echo();
    const client = clientOf(stub);
    client.close();
    const nothing = () => expect.fail('no handler may be called');
    const watch = client.watch(CONFIG_MAPS, {}, { onEvent: nothing, onSynced: nothing, onProblem: nothing });
    await watch.synced;
    expect(stub.requests).toHaveLength(0);
  });
});

describe('HttpKubeClient messages', () => {
  it('show a name that is none in quotes, and not all of it', async () => {
    const stub = await startStub((_request, response) => sendStatus(response, 422, 'Invalid'));
    const name = `a\nb${'x'.repeat(500)}`;
    const creating = clientOf(stub).create(CONFIG_MAPS, { ...configMap('a'), metadata: { namespace: 'shop', name } });
    await expect(creating).rejects.toThrow(/^cannot create ConfigMap shop\/"a\\nbx{97}": /);
  });
});

describe('HttpKubeClient warnings', () => {
  it('reach the listener one by one, with their subject', async () => {
    const warnings: string[] = [];
    const stub = await startStub((_request, response) =>
      sendJson(response, configMap('a'), 200, {
        warning: String.raw`299 - "unknown field \"spec.foo\"", 299 - "v1beta1 is deprecated, use v1"`,
      }),
    );
    await clientOf(stub, { onWarning: (text) => warnings.push(text) }).create(CONFIG_MAPS, configMap('a'));
    expect(warnings).toEqual([
      'ConfigMap shop/a: spec.foo: unknown field',
      'ConfigMap shop/a: v1beta1 is deprecated, use v1',
    ]);
  });

  it('of a webhook quote no value that was sent', async () => {
    const warnings: string[] = [];
    const stub = await startStub((_request, response) =>
      sendJson(response, configMap('a'), 200, { warning: '299 - "value canary-4711 looks odd"' }),
    );
    const client = clientOf(stub, { onWarning: (text) => warnings.push(text) });
    await client.create(CONFIG_MAPS, configMap('a', { data: { x: 'canary-4711' } }));
    expect(warnings).toEqual(['ConfigMap shop/a: value [withheld] looks odd']);
  });

  it('about a Secret are told only in known words', async () => {
    const warnings: string[] = [];
    const stub = await startStub((_request, response) =>
      sendJson(response, configMap('a'), 200, {
        warning: '299 - "value of key a is weak", 299 - "unknown field \\"dta\\""',
      }),
    );
    const client = clientOf(stub, { onWarning: (text) => warnings.push(text) });
    await client.create(SECRETS, { ...configMap('a'), kind: 'Secret' });
    expect(warnings).toEqual(['Secret shop/a: dta: unknown field']);
  });
});
