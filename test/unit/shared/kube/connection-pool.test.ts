import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ClusterConnection } from '../../../../shared/kube/connection.ts';
import { ConnectionPool } from '../../../../shared/kube/connection-pool.ts';
import { Transport, type TransportRequest } from '../../../../shared/kube/transport.ts';
import { listenLocally } from '../../../support/listen-locally.ts';
import {
  FIRST_CLIENT_CERT_PEM,
  FIRST_CLIENT_KEY_PEM,
  SECOND_CLIENT_CERT_PEM,
  SECOND_CLIENT_KEY_PEM,
} from './stub-certificates.ts';
import { type StubOptions, type StubRequest, sendJson, startStub, stubConnection } from './stub-server.ts';

const GET: TransportRequest = { method: 'GET', path: '/x', replay: 'read' };

const clientNameOf = (request: StubRequest): unknown => (request.socket as TLSSocket).getPeerCertificate().subject?.CN;

async function start(more: Partial<ClusterConnection>, options: StubOptions = { tls: true }) {
  const stub = await startStub(
    (request, response) => sendJson(response, { client: options.askForCertificate ? clientNameOf(request) : '' }),
    options,
  );
  const transport = new Transport(stubConnection(stub.url, more));
  onTestFinished(() => transport.close());
  return { stub, transport };
}

describe('ConnectionPool', () => {
  it('trusts the authority of the connection', async () => {
    const { transport } = await start({});
    expect((await transport.send(GET)).status).toBe(200);
  });

  it("trusts no one else's authority", async () => {
    const { transport } = await start({ caPem: FIRST_CLIENT_CERT_PEM });
    await expect(transport.send(GET)).rejects.toThrow("the server's certificate is not trusted");
  });

  it('trusts the authorities of the system when none is named', async () => {
    const { stub } = await start({});
    const { caPem: _none, ...connection } = stubConnection(stub.url);
    const transport = new Transport(connection);
    onTestFinished(() => transport.close());
    await expect(transport.send(GET)).rejects.toThrow("the server's certificate is not trusted");
  });

  it('skips the check only when told to', async () => {
    const { transport } = await start({ caPem: FIRST_CLIENT_CERT_PEM, insecureSkipTlsVerify: true });
    expect((await transport.send(GET)).status).toBe(200);
  });

  it('expects another name in the certificate when told to', async () => {
    const good = await start({ tlsServerName: 'stub.example' });
    expect((await good.transport.send(GET)).status).toBe(200);
    const bad = await start({ tlsServerName: 'other.example' });
    await expect(bad.transport.send(GET)).rejects.toThrow("the server's certificate is for another name");
  });

  it('shows the client certificate, and a new one as soon as there is one', async () => {
    let isRotated = false;
    const credentials: ClusterConnection['credentials'] = async () => ({
      headers: {},
      clientCertPem: isRotated ? SECOND_CLIENT_CERT_PEM : FIRST_CLIENT_CERT_PEM,
      clientKeyPem: isRotated ? SECOND_CLIENT_KEY_PEM : FIRST_CLIENT_KEY_PEM,
    });
    const { stub, transport } = await start({ credentials }, { tls: true, askForCertificate: true });
    const seen = async () => (await transport.send(GET)).body.toString();
    expect([await seen(), await seen()]).toEqual(['{"client":"first user"}', '{"client":"first user"}']);
    isRotated = true;
    expect([await seen(), await seen()]).toEqual(['{"client":"second user"}', '{"client":"second user"}']);
    expect(stub.connections()).toBe(2);
  });

  it('opens new connections when only the certificate changes', () => {
    const pool = new ConnectionPool(stubConnection('https://127.0.0.1:1'), 4);
    const credentials = { headers: {}, clientCertPem: FIRST_CLIENT_CERT_PEM, clientKeyPem: FIRST_CLIENT_KEY_PEM };
    const first = pool.socketsFor(credentials);
    expect(pool.socketsFor({ ...credentials, headers: { authorization: 'other' } })).toBe(first);
    expect(pool.socketsFor({ ...credentials, clientCertPem: `${FIRST_CLIENT_CERT_PEM}\n` })).not.toBe(first);
  });

  it('lets running requests finish when the client certificate changes', async () => {
    let isRotated = false;
    const waiting: (() => void)[] = [];
    const stub = await startStub(
      (request, response) => {
        if (request.path === '/x') sendJson(response, {});
        else waiting.push(() => sendJson(response, { slow: true }));
        if (request.path === '/x') for (const answer of waiting) answer();
      },
      { tls: true },
    );
    const credentials: ClusterConnection['credentials'] = async () => ({
      headers: {},
      clientCertPem: isRotated ? SECOND_CLIENT_CERT_PEM : FIRST_CLIENT_CERT_PEM,
      clientKeyPem: isRotated ? SECOND_CLIENT_KEY_PEM : FIRST_CLIENT_KEY_PEM,
    });
    const transport = new Transport(stubConnection(stub.url, { credentials }));
    onTestFinished(() => transport.close());
    const slow = transport.send({ method: 'POST', path: '/slow', replay: 'once' });
    await expect.poll(() => waiting.length).toBe(1);
    isRotated = true;
    await transport.send(GET);
    expect((await slow).body.toString()).toBe('{"slow":true}');
  });

  it('ends requests that still run with an earlier client certificate, when it is closed', async () => {
    let isRotated = false;
    const stub = await startStub((request, response) => request.path === '/x' && sendJson(response, {}), { tls: true });
    const credentials: ClusterConnection['credentials'] = async () => ({
      headers: {},
      clientCertPem: isRotated ? SECOND_CLIENT_CERT_PEM : FIRST_CLIENT_CERT_PEM,
      clientKeyPem: isRotated ? SECOND_CLIENT_KEY_PEM : FIRST_CLIENT_KEY_PEM,
    });
    const transport = new Transport(stubConnection(stub.url, { credentials }), { requestTimeoutMs: 600_000 });
    const unanswered = transport.send({ method: 'POST', path: '/slow', replay: 'once' });
    const ending = expect(unanswered).rejects.toThrow(expect.objectContaining({ code: 'KUBE_UNREACHABLE' }));
    await expect.poll(() => stub.requests.length).toBe(1);
    isRotated = true;
    await transport.send(GET);
    transport.close();
    await ending;
  });

  it('says that a key does not belong to its certificate', async () => {
    const credentials: ClusterConnection['credentials'] = async () => ({
      headers: {},
      clientCertPem: FIRST_CLIENT_CERT_PEM,
      clientKeyPem: SECOND_CLIENT_KEY_PEM,
    });
    const { transport } = await start({ credentials });
    await expect(transport.send(GET)).rejects.toThrow(expect.objectContaining({ code: 'KUBE_KUBECONFIG_INVALID' }));
  });

  it('goes through an HTTP proxy', async () => {
    const targets: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, clientSocket) => {
      targets.push(request.url ?? '');
      const [host = '', port = ''] = (request.url ?? '').split(':');
      const upstream = connect(Number(port), host, () => {
        clientSocket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        clientSocket.pipe(upstream).pipe(clientSocket);
      });
      upstream.on('error', () => clientSocket.destroy());
      clientSocket.on('error', () => upstream.destroy());
    });
    const port = await listenLocally(proxy);
    onTestFinished(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    const { stub, transport } = await start({ proxyUrl: `http://127.0.0.1:${port}` });
    expect((await transport.send(GET)).status).toBe(200);
    expect(targets).toEqual([`127.0.0.1:${stub.port}`]);
  });
});
