import { createServer } from 'node:http';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { servicePath } from '../../shared/kube/service-proxy.ts';
import { exposeLocalService } from '../control-plane/service-endpoint.ts';
import { listenLocally } from '../support/listen-locally.ts';
import { adminClient, freshNamespace } from '../support/namespace.ts';

/** A program behind the service proxy that says what reached it. */
async function startProgram(): Promise<number> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      if (url === '/v1/cert.pem') {
        response.writeHead(200, { 'content-type': 'application/x-pem-file' }).end('PEM');
        return;
      }
      response.writeHead(url === '/busy' ? 429 : 201, { 'content-type': 'application/json', 'retry-after': '0' });
      response.end(
        JSON.stringify({ method, url, type: headers['content-type'], body: Buffer.concat(chunks).toString() }),
      );
    });
  });
  const port = await listenLocally(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return port;
}

async function setUp() {
  const client = await adminClient();
  const namespace = await freshNamespace(client);
  const connection = await loadKubeconfig({ path: inject('kubeconfig'), env: {} });
  const { headers } = await connection.credentials();
  const adminToken = String(headers['authorization']).replace('Bearer ', '');
  const access = { server: connection.server, caPem: connection.caPem ?? '', adminToken };
  await exposeLocalService(access, { namespace, service: 'sealer', port: await startProgram(), portName: 'http' });
  return { client, namespace };
}

describe('the service proxy of a real API server', () => {
  it('hands over an answer that is no JSON', async () => {
    const { client, namespace } = await setUp();
    const path = servicePath(namespace, 'sealer', 'http', '/v1/cert.pem');
    const answer = await client.raw({
      method: 'GET',
      path,
      headers: { accept: 'application/x-pem-file, */*' },
      maxBytes: 1_000,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/x-pem-file');
    expect(Buffer.from(answer.body).toString()).toBe('PEM');
  });

  it('carries the body of a POST, query and status', async () => {
    const { client, namespace } = await setUp();
    const path = servicePath(namespace, 'sealer', 'http', '/v1/rotate?a=b');
    const answer = await client.raw({ method: 'POST', path, body: '{"kind":"SealedSecret"}', maxBytes: 1_000 });
    expect(answer.status).toBe(201);
    expect(JSON.parse(Buffer.from(answer.body).toString())).toEqual({
      method: 'POST',
      url: '/v1/rotate?a=b',
      body: '{"kind":"SealedSecret"}',
    });
  });

  it("hands the program's own refusal over without trying again", async () => {
    const { client, namespace } = await setUp();
    const before = client.requestCount();
    const answer = await client.raw({
      method: 'GET',
      path: servicePath(namespace, 'sealer', 'http', '/busy'),
      maxBytes: 1_000,
    });
    expect(answer.status).toBe(429);
    expect(client.requestCount() - before).toBe(1);
  });

  it('answers 404 or 503 for a Service that does not exist', async () => {
    const { client, namespace } = await setUp();
    const answer = await client.raw({
      method: 'GET',
      path: servicePath(namespace, 'nobody', '', '/'),
      maxBytes: 10_000,
    });
    expect([404, 503]).toContain(answer.status);
  });
});
