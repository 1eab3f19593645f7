import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../../../../controller/http/listen.ts';
import { createMetricsApp } from '../../../../controller/http/metrics-app.ts';
import { createPublicApp } from '../../../../controller/http/public-app.ts';
import { createMetrics } from '../../../../controller/metrics/registry.ts';
import { publicDependencies, serveApp, servePublic } from '../../../support/public-app.ts';

/** As SECURITY.md says. */
const CONNECTIONS_OF_ADDRESS = 128;

test('the certificate is served as kubeseal expects it', async () => {
  const response = await fetch(`${await servePublic()}/v1/cert.pem`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/x-pem-file');
  expect(await response.text()).toBe('PEM\n');
});

test('without a key there is no certificate yet', async () => {
  const response = await fetch(`${await servePublic({ certificatePem: () => null })}/v1/cert.pem`);
  expect(response.status).toBe(503);
});

test('the controller is alive at once, and ready when its parts are', async () => {
  let waitingFor = ['keys: waits for a look at the key Secrets'];
  const url = await servePublic({ waitingFor: () => waitingFor });
  const statuses = async () => [(await fetch(`${url}/healthz`)).status, (await fetch(`${url}/readyz`)).status];
  expect(await statuses()).toEqual([200, 503]);
  expect(await (await fetch(`${url}/readyz`)).text()).toBe('not ready\nkeys: waits for a look at the key Secrets\n');
  waitingFor = [];
  expect(await statuses()).toEqual([200, 200]);
  expect(await (await fetch(`${url}/healthz`)).text()).toBe('ok\n');
});

test.each(['/', '/v1', '/v1/cert.pem/..%2f', '/metrics', '/v1/rotate', '/%zz'])('%s is nothing', async (path) => {
  const response = await fetch(`${await servePublic()}${path}`);
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  expect(await response.text()).not.toMatch(/node_modules|Error|<html/i);
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is not allowed', async (method) => {
  const response = await fetch(`${await servePublic()}/v1/cert.pem`, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET, HEAD');
});

test('HEAD answers like GET, without the body', async () => {
  const response = await fetch(`${await servePublic()}/v1/cert.pem`, { method: 'HEAD' });
  expect([response.status, await response.text()]).toEqual([200, '']);
});

test('answers name neither program nor version, and are not kept or guessed at', async () => {
  const { headers } = await fetch(`${await servePublic()}/healthz`);
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('server')).toBeNull();
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cache-control')).toBe('no-store');
});

test('a failing route tells its caller nothing, and the log everything', async () => {
  const errors: unknown[] = [];
  const failure = new Error('canary');
  const url = await servePublic({
    certificatePem: () => {
      throw failure;
    },
    onError: (error) => errors.push(error),
  });
  const response = await fetch(`${url}/v1/cert.pem`);
  expect([response.status, await response.text()]).toEqual([500, 'internal error\n']);
  expect(errors).toEqual([failure]);
});

test('a body is not read: the answer comes at once and the connection ends', async () => {
  const { hostname, port } = new URL(await servePublic());
  const socket = connect(Number(port), hostname);
  socket.write('POST /v1/cert.pem HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nfirst');
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  expect(chunk.toString()).toMatch(/^HTTP\/1\.1 405 [\s\S]*connection: close/i);
  await once(socket, 'close');
});

test('metrics are served in the text form of Prometheus', async () => {
  const metrics = createMetrics('v1.2.3');
  metrics.reconcile.reconciled('SealedSecret', 'settled', 0.1);
  metrics.unseal.failed('KeyNotFound');
  metrics.keys.keys(2, 1, new Date('2026-01-01T00:00:00Z'));
  metrics.followKubeRequests(() => 7);
  const response = await fetch(`${await serveApp(createMetricsApp(metrics, () => undefined))}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain');
  const text = await response.text();
  for (const line of [
    'signet_build_info{version="v1.2.3"} 1',
    'signet_reconcile_total{kind="SealedSecret",result="settled"} 1',
    'signet_unseal_failures_total{reason="KeyNotFound"} 1',
    'signet_sealing_keys 2',
    'signet_sealing_keys_unusable 1',
    'signet_active_certificate_not_after_seconds 1767225600',
    'signet_kube_requests_total 7',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(text).toMatch(/^process_resident_memory_bytes /m);
});

test('two sets of metrics know nothing of each other', async () => {
  const [first, second] = [createMetrics('v1'), createMetrics('v1')];
  first.keys.issued();
  expect(await second.text()).toContain('signet_sealing_keys_issued_total 0');
});

test('a port that is taken is an error of the one who opens it', async () => {
  const { port } = new URL(await servePublic());
  const app = createPublicApp(publicDependencies());
  await expect(listen(app, { host: '127.0.0.1', port: Number(port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('one address cannot take all connections: what it opens too many is closed, and others are answered', async () => {
  const { port } = new URL(await servePublic());
  const open = async (localAddress: string) => {
    const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  for (let count = 0; count < CONNECTIONS_OF_ADDRESS; count += 1) await open('127.0.0.1');
  const refused = await open('127.0.0.1');
  await once(refused.resume(), 'close');
  const other = await open('127.0.0.2');
  other.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  const [chunk] = (await once(other, 'data')) as [Buffer];
  expect(chunk.toString()).toContain('HTTP/1.1 200');
});

test('connections that are closed make room for others of their address', async () => {
  const { port } = new URL(await servePublic());
  for (let count = 0; count <= CONNECTIONS_OF_ADDRESS; count += 1) {
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toContain('HTTP/1.1 200');
    await once(socket, 'close');
  }
});

test('close ends connections that are kept alive', async () => {
  const app = createPublicApp(publicDependencies());
  const listener = await listen(app, { host: '127.0.0.1', port: 0 });
  await (await fetch(`http://${listener.address}/healthz`)).text();
  await listener.close();
  await expect(fetch(`http://${listener.address}/healthz`)).rejects.toThrow();
});
