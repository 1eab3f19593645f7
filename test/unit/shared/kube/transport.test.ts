import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ClusterConnection, Credentials } from '../../../../shared/kube/connection.ts';
import { Transport, type TransportOptions, type TransportRequest } from '../../../../shared/kube/transport.ts';
import { type StubServer, sendJson, sendStatus, startStub, stubConnection } from './stub-server.ts';

const GET: TransportRequest = { method: 'GET', path: '/x', replay: 'read' };
const POST: TransportRequest = { method: 'POST', path: '/x', body: '{}', replay: 'once' };
const PUT: TransportRequest = { method: 'PUT', path: '/x', body: '{}', replay: 'idempotent' };

function transportTo(
  stub: StubServer,
  options: TransportOptions = {},
  more: Partial<ClusterConnection> = {},
): Transport {
  const transport = new Transport(stubConnection(stub.url, more), { random: () => 0, ...options });
  onTestFinished(() => transport.close());
  return transport;
}

const failing = (code: string) => expect.objectContaining({ code });

describe('Transport', () => {
  it('sends path prefix, user agent, credentials and body', async () => {
    const stub = await startStub((_request, response) => sendJson(response, { ok: true }));
    const credentials = () =>
      Promise.resolve({ headers: { authorization: 'Bearer t', 'impersonate-group': ['a', 'b'] } });
    const connection = stubConnection(`${stub.url}/clusters/one/`, { credentials });
    const transport = new Transport(connection, { userAgent: 'signet/test' });
    const answer = await transport.send({ ...POST, path: '/api/v1/x?y=z', body: 'é' });
    transport.close();
    expect(answer.status).toBe(200);
    expect(stub.requests[0]).toMatchObject({
      method: 'POST',
      path: '/clusters/one/api/v1/x',
      headers: { authorization: 'Bearer t', 'user-agent': 'signet/test', 'content-length': '2' },
      body: 'é',
    });
    expect(stub.requests[0]?.headers['impersonate-group']).toBe('a, b');
  });

  it('sends the length of a body with DELETE, too', async () => {
    const stub = await startStub((_request, response) => sendJson(response, {}));
    await transportTo(stub).send({ method: 'DELETE', path: '/x', body: '{"a":1}', replay: 'idempotent' });
    expect(stub.requests).toMatchObject([{ method: 'DELETE', body: '{"a":1}', headers: { 'content-length': '7' } }]);
  });

  it('keeps one connection for requests that follow each other', async () => {
    const stub = await startStub((_request, response) => sendJson(response, {}), { tls: true });
    const transport = transportTo(stub);
    for (let count = 0; count < 5; count += 1) await transport.send(GET);
    expect(stub.connections()).toBe(1);
    expect(transport.requestCount).toBe(5);
  });

  it('runs no more requests at once than it has slots', async () => {
    const held: ServerResponse[] = [];
    let most = 0;
    const stub = await startStub((_request, response) => {
      held.push(response);
      most = Math.max(most, held.length);
      // Three are waited for; a fourth would come in the meantime.
      if (held.length === 3) setTimeout(() => held.splice(0).map((each) => sendJson(each, {})), 5);
    });
    const transport = transportTo(stub, { maxSockets: 3 });
    await Promise.all(Array.from({ length: 30 }, () => transport.send(GET)));
    expect(most).toBe(3);
    expect(stub.connections()).toBeLessThanOrEqual(3);
  });

  it('does not count the wait for a slot towards the deadline', async () => {
    const stub = await startStub((_request, response) => void setTimeout(() => sendJson(response, {}), 100));
    const transport = transportTo(stub, { maxSockets: 1, requestTimeoutMs: 3_000 });
    const answers = await Promise.all(Array.from({ length: 40 }, () => transport.send(GET)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  });
});

describe('Transport retries', () => {
  it('sends a POST again after 429 and says so in its count', async () => {
    const stub = await startStub((_request, response, count) => {
      if (count < 3) sendStatus(response, 429, 'TooManyRequests', { headers: { 'retry-after': '0' } });
      else sendJson(response, {}, 201);
    });
    const transport = transportTo(stub);
    expect((await transport.send(POST)).status).toBe(201);
    expect(transport.requestCount).toBe(3);
  });

  it('hands a 429 over to those who take refusals', async () => {
    const stub = await startStub((_request, response) => sendStatus(response, 429, 'TooManyRequests'));
    expect((await transportTo(stub).send({ ...GET, takesRefusals: true })).status).toBe(429);
  });

  it('hands a 503 without Retry-After over', async () => {
    const stub = await startStub((_request, response) => sendStatus(response, 503, 'ServiceUnavailable'));
    expect((await transportTo(stub).send(GET)).status).toBe(503);
    expect(stub.requests).toHaveLength(1);
  });

  const cutFirst = (request: { socket: { destroy(): void } }, response: ServerResponse, count: number): void => {
    if (count === 1) request.socket.destroy();
    else sendJson(response, {});
  };

  it('sends a GET again whose connection was cut', async () => {
    const stub = await startStub(cutFirst);
    expect((await transportTo(stub).send(GET)).status).toBe(200);
  });

  it('sends a GET again whose answer ended too early', async () => {
    const stub = await startStub((_request, response, count) => {
      if (count > 1) return sendJson(response, { whole: true });
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"part":');
      setImmediate(() => response.destroy());
    });
    expect((await transportTo(stub).send(GET)).body.toString()).toBe('{"whole":true}');
  });

  it.each([POST, PUT])('does not send a $method again whose fresh connection was cut', async (request) => {
    const stub = await startStub(cutFirst);
    await expect(transportTo(stub).send(request)).rejects.toThrow(failing('KUBE_UNREACHABLE'));
    expect(stub.requests).toHaveLength(1);
  });

  const cutSecond = (request: { socket: { destroy(): void } }, response: ServerResponse, count: number): void => {
    if (count === 2) request.socket.destroy();
    else sendJson(response, {});
  };

  it('sends a PUT again whose kept connection was cut before an answer', async () => {
    const stub = await startStub(cutSecond);
    const transport = transportTo(stub);
    await transport.send(GET);
    expect((await transport.send(PUT)).status).toBe(200);
    expect(stub.requests.map((request) => request.method)).toEqual(['GET', 'PUT', 'PUT']);
  });

  it('does not send a POST again whose kept connection was cut', async () => {
    const stub = await startStub(cutSecond);
    const transport = transportTo(stub);
    await transport.send(GET);
    await expect(transport.send(POST)).rejects.toThrow(failing('KUBE_UNREACHABLE'));
  });

  it('drops its idle connections once one of them turned out to be dead', async () => {
    const stub = await startStub((request, response, count) => {
      if (count === 5) request.socket.destroy();
      else setImmediate(() => sendJson(response, {}));
    });
    const transport = transportTo(stub, { maxSockets: 4 });
    await Promise.all(Array.from({ length: 4 }, () => transport.send(GET)));
    const before = stub.connections();
    expect((await transport.send(PUT)).status).toBe(200);
    expect(stub.connections()).toBe(before + 1);
  });
});

describe('Transport on connections that are dead and were never closed', () => {
  it('waits for one deadline, and then goes on over new ones', async () => {
    const dead = new Set<unknown>();
    const stub = await startStub((request, response) => {
      if (!dead.has(request.socket)) setImmediate(() => sendJson(response, {}));
    });
    const transport = transportTo(stub, { maxSockets: 4 });
    await Promise.all(Array.from({ length: 4 }, () => transport.send(GET)));
    for (const { socket } of stub.requests) dead.add(socket);
    await expect(transport.send({ ...GET, timeoutMs: 50 })).rejects.toThrow(failing('KUBE_TIMEOUT'));
    expect((await transport.send(GET)).status).toBe(200);
  });
});

describe('Transport credentials', () => {
  const bearer = (token: string): Credentials => ({ headers: { authorization: `Bearer ${token}` } });

  it('asks for new ones after a 401 and tries once more', async () => {
    const stub = await startStub((request, response) => {
      if (request.headers.authorization === 'Bearer new') sendJson(response, {});
      else sendStatus(response, 401, 'Unauthorized');
    });
    const credentials: ClusterConnection['credentials'] = async (options) => bearer(options?.renew ? 'new' : 'old');
    expect((await transportTo(stub, {}, { credentials }).send(POST)).status).toBe(200);
    expect(stub.requests).toHaveLength(2);
  });

  it('hands the 401 over when there are no others', async () => {
    const stub = await startStub((_request, response) => sendStatus(response, 401, 'Unauthorized'));
    const transport = transportTo(stub, {}, { credentials: async () => bearer('old') });
    expect((await transport.send(GET)).status).toBe(401);
    expect(stub.requests).toHaveLength(1);
  });

  it('asks for credentials for each request', async () => {
    const stub = await startStub((_request, response) => sendJson(response, {}));
    let count = 0;
    const transport = transportTo(stub, {}, { credentials: async () => bearer(String(++count)) });
    await transport.send(GET);
    await transport.send(GET);
    expect(stub.requests.map((request) => request.headers.authorization)).toEqual(['Bearer 1', 'Bearer 2']);
  });
});

describe('Transport answers', () => {
  it('unpacks gzip', async () => {
    const stub = await startStub((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync('{"a":1}'));
    });
    expect((await transportTo(stub).send({ ...GET, large: true })).body.toString()).toBe('{"a":1}');
  });

  it('bounds an answer by its unpacked size', async () => {
    const stub = await startStub((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(10_000_000)));
    });
    await expect(transportTo(stub).send({ ...GET, maxBytes: 1_000_000 })).rejects.toThrow(failing('KUBE_TOO_LARGE'));
    expect(stub.requests).toHaveLength(1);
  });

  it('takes no more than an object can have, unless it is told to', async () => {
    const stub = await startStub((_request, response) => void response.end('x'.repeat(9 * 2 ** 20)));
    const transport = transportTo(stub);
    await expect(transport.send(GET)).rejects.toThrow(failing('KUBE_TOO_LARGE'));
    expect((await transport.send({ ...GET, maxBytes: 2 ** 24 })).status).toBe(200);
  });

  it('asks for compression where the network is the bottleneck, and only for large answers', async () => {
    const stub = await startStub((_request, response) => sendJson(response, {}));
    // The same machine by an address that does not look like it.
    const remote = { ...stub, url: `http://[::ffff:127.0.0.1]:${stub.port}` };
    await transportTo(stub).send({ ...GET, large: true });
    await transportTo(remote).send(GET);
    await transportTo(remote).send({ ...GET, large: true });
    await transportTo(remote, {}, { disableCompression: true }).send({ ...GET, large: true });
    const asked = stub.requests.map((request) => request.headers['accept-encoding']);
    expect(asked).toEqual([undefined, undefined, 'gzip', undefined]);
  });
});

describe('Transport end', () => {
  it('gives up at its deadline', async () => {
    const stub = await startStub(() => undefined);
    const sending = transportTo(stub, { requestTimeoutMs: 2_000 }).send(GET);
    await expect(sending).rejects.toThrow(failing('KUBE_TIMEOUT'));
    expect(stub.requests).toHaveLength(1);
  });

  it('gives up at its deadline when an answer trickles', async () => {
    const stub = await startStub((_request, response) => {
      const trickle = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(trickle));
    });
    const sending = transportTo(stub, { requestTimeoutMs: 2_000 }).send(GET);
    await expect(sending).rejects.toThrow(failing('KUBE_TIMEOUT'));
  });

  it("ends a request with its signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const stub = await startStub(() => controller.abort(reason));
    await expect(transportTo(stub).send({ ...GET, signal: controller.signal })).rejects.toBe(reason);
  });

  it('sends nothing for a signal that was aborted before', async () => {
    const stub = await startStub((_request, response) => sendJson(response, {}));
    const sending = transportTo(stub).send({ ...GET, signal: AbortSignal.abort(new Error('enough')) });
    await expect(sending).rejects.toThrow('enough');
    expect(stub.requests).toHaveLength(0);
  });

  it('ends running requests and refuses later ones when it is closed', async () => {
    const stub = await startStub(() => transport.close());
    const transport = transportTo(stub);
    const closed = expect.objectContaining({ code: 'KUBE_UNREACHABLE', message: expect.stringContaining('closed') });
    await expect(transport.send(GET)).rejects.toThrow(closed);
    await expect(transport.send(GET)).rejects.toThrow(closed);
  });

  it('ends the wait for a retry when it is closed', async () => {
    const stub = await startStub((_request, response) => {
      sendStatus(response, 429, 'TooManyRequests', { headers: { 'retry-after': '50' } });
      response.on('close', () => transport.close());
    });
    const transport = transportTo(stub);
    await expect(transport.send(GET)).rejects.toThrow(failing('KUBE_UNREACHABLE'));
  });
});
