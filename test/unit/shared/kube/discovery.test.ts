import { describe, expect, it, onTestFinished } from 'vitest';
import { createKubeClient } from '../../../../shared/kube/connect.ts';
import { type StubAnswer, sendJson, sendStatus, startStub, stubConnection } from './stub-server.ts';

const resource = (plural: string, kind: string, scope = 'Namespaced') => ({
  resource: plural,
  responseKind: { kind },
  scope,
});
const version = (name: string, resources: unknown[], freshness = 'Current') => ({
  version: name,
  freshness,
  resources,
});
const aggregated = (items: Record<string, unknown[]>) => ({
  kind: 'APIGroupDiscoveryList',
  items: Object.entries(items).map(([name, versions]) => ({ metadata: { name }, versions })),
});

const CORE = aggregated({
  '': [version('v1', [resource('secrets', 'Secret'), resource('namespaces', 'Namespace', 'Cluster')])],
});
const NAMED = aggregated({
  'x.example': [
    version('v2', [resource('foos', 'Foo')]),
    version('v1', [resource('foos', 'Foo'), resource('olds', 'Old')]),
  ],
  'down.example': [version('v1', [], 'Stale')],
});

const answerAggregated: StubAnswer = (request, response) => sendJson(response, request.path === '/api' ? CORE : NAMED);

async function discover(answer: StubAnswer) {
  const clock = { nowMs: 1_000_000 };
  const stub = await startStub(answer);
  const client = createKubeClient(stubConnection(stub.url), { now: () => clock.nowMs });
  onTestFinished(() => client.close());
  return { stub, client, clock };
}

describe('Discovery', () => {
  it('finds kinds of the core group and of named groups', async () => {
    const { client, stub } = await discover(answerAggregated);
    expect(await client.findType('v1', 'Namespace')).toEqual({
      group: '',
      version: 'v1',
      kind: 'Namespace',
      plural: 'namespaces',
      namespaced: false,
    });
    expect(await client.findType('x.example/v1', 'Old')).toMatchObject({ plural: 'olds', namespaced: true });
    expect(stub.requests.map((request) => request.path)).toEqual(['/api', '/apis']);
  });

  it('lists every kind that lives in namespaces once, and not while a group does not answer', async () => {
    const foos = [resource('foos', 'Foo')];
    const up = { 'x.example': [version('v2', foos), version('v1', [...foos, resource('olds', 'Old')])] };
    const whole = await discover((request, response) =>
      sendJson(response, request.path === '/api' ? CORE : aggregated(up)),
    );
    const listed = await whole.client.listNamespacedTypes();
    expect(listed.map((type) => `${type.group}/${type.version} ${type.kind}`)).toEqual([
      '/v1 Secret',
      'x.example/v2 Foo',
      'x.example/v1 Old',
    ]);
    const { client } = await discover(answerAggregated);
    await expect(client.listNamespacedTypes()).rejects.toMatchObject({ code: 'KUBE_SERVER_ERROR' });
  });

  it('finds a kind under the preferred version that serves it', async () => {
    const { client } = await discover(answerAggregated);
    expect(await client.findTypeOfGroup('x.example', 'Foo')).toMatchObject({ version: 'v2' });
    expect(await client.findTypeOfGroup('x.example', 'Old')).toMatchObject({ version: 'v1' });
    expect(await client.findTypeOfGroup('y.example', 'Foo')).toBeNull();
  });

  it('shares one request among all who ask at once', async () => {
    const { client, stub } = await discover(answerAggregated);
    await Promise.all(Array.from({ length: 20 }, () => client.findType('x.example/v2', 'Foo')));
    expect(stub.requests).toHaveLength(1);
  });

  it('asks again for an unknown kind, but not more than once a second', async () => {
    const { client, stub, clock } = await discover(answerAggregated);
    expect(await client.findType('x.example/v2', 'New')).toBeNull();
    expect(await client.findType('x.example/v2', 'New')).toBeNull();
    expect(stub.requests).toHaveLength(1);
    clock.nowMs += 1_000;
    await Promise.all([client.findType('x.example/v2', 'New'), client.findType('z.example/v2', 'New')]);
    expect(stub.requests).toHaveLength(2);
  });

  it('finds a new kind at once after refresh', async () => {
    let named = NAMED;
    const { client } = await discover((_request, response) => sendJson(response, named));
    expect(await client.findType('new.example/v1', 'New')).toBeNull();
    named = aggregated({ 'new.example': [version('v1', [resource('news', 'New')])] });
    expect(await client.findType('new.example/v1', 'New')).toBeNull();
    client.refresh();
    expect(await client.findType('new.example/v1', 'New')).toMatchObject({ plural: 'news' });
  });

  it('asks again for a known kind after some minutes', async () => {
    let scope = 'Namespaced';
    const { client, clock } = await discover((_request, response) =>
      sendJson(response, aggregated({ 'x.example': [version('v1', [resource('foos', 'Foo', scope)])] })),
    );
    expect((await client.findType('x.example/v1', 'Foo'))?.namespaced).toBe(true);
    scope = 'Cluster';
    expect((await client.findType('x.example/v1', 'Foo'))?.namespaced).toBe(true);
    clock.nowMs += 5 * 60_000;
    expect((await client.findType('x.example/v1', 'Foo'))?.namespaced).toBe(false);
  });

  it('does not call a kind unserved while its server is down', async () => {
    const { client } = await discover(answerAggregated);
    await expect(client.findType('down.example/v1', 'Foo')).rejects.toThrow(
      expect.objectContaining({ code: 'KUBE_SERVER_ERROR', message: expect.stringContaining('down.example/v1') }),
    );
  });

  it('keeps no failure', async () => {
    const { client } = await discover((_request, response, count) => {
      if (count === 1) sendStatus(response, 500, 'InternalError');
      else sendJson(response, CORE);
    });
    await expect(client.findType('v1', 'Secret')).rejects.toThrow();
    expect(await client.findType('v1', 'Secret')).toMatchObject({ plural: 'secrets' });
  });

  it('reads the plain documents of servers without aggregated discovery', async () => {
    const { client, stub } = await discover((request, response) => {
      const plain: Record<string, unknown> = {
        '/apis': {
          kind: 'APIGroupList',
          groups: [
            { name: 'x', versions: [{ version: 'v1' }, { version: 'v2' }], preferredVersion: { version: 'v2' } },
            { name: 'gone', versions: [{ version: 'v1' }] },
          ],
        },
        '/apis/x/v1': { kind: 'APIResourceList', resources: [{ name: 'foos', kind: 'Foo', namespaced: true }] },
        '/apis/x/v2': { kind: 'APIResourceList', resources: [{ name: 'bars', kind: 'Bar', namespaced: false }] },
      };
      const document = plain[request.path];
      if (document) sendJson(response, document);
      else sendStatus(response, 404, 'NotFound');
    });
    expect(await client.findType('x/v1', 'Foo')).toMatchObject({ plural: 'foos' });
    expect(await client.findTypeOfGroup('x', 'Foo')).toMatchObject({ version: 'v1' });
    expect(await client.findTypeOfGroup('x', 'Bar')).toMatchObject({ version: 'v2' });
    expect(await client.findType('gone/v1', 'Foo')).toBeNull();
    expect(stub.requests.map((request) => request.path)).toEqual([
      '/apis',
      '/apis/x/v1',
      '/apis/x/v2',
      '/apis/gone/v1',
    ]);
  });
});
