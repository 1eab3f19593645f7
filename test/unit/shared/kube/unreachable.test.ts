import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KubeError } from '../../../../shared/kube/errors.ts';
import { Transport } from '../../../../shared/kube/transport.ts';
import { unreachableError } from '../../../../shared/kube/unreachable.ts';
import { listenLocally } from '../../../support/listen-locally.ts';
import { sendJson, startStub, stubConnection } from './stub-server.ts';

const failure = { cause: 'network', reusedSocket: false, connected: false, answering: false } as const;

async function errorOf(url: string): Promise<KubeError> {
  const transport = new Transport(stubConnection(url), { requestTimeoutMs: 50_000 });
  onTestFinished(() => transport.close());
  const error = await transport.send({ method: 'GET', path: '/x', replay: 'read' }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(KubeError);
  return error as KubeError;
}

describe('unreachableError', () => {
  it('names the address, the kubeconfig and the cause', async () => {
    // Nobody listens there, and no system hands it out to anybody.
    const url = 'https://127.0.0.1:1';
    const error = await errorOf(url);
    expect(error.code).toBe('KUBE_UNREACHABLE');
    expect(error.message).toBe(
      `cannot reach the API server ${url} (context "stub" of /somewhere/config): the connection was refused`,
    );
  });

  it('knows a host without an address', async () => {
    expect((await errorOf('https://no-such-host.invalid')).message).toContain('host name cannot be resolved');
  });

  it('knows https spoken to an http server', async () => {
    const stub = await startStub((_request, response) => sendJson(response, {}));
    expect((await errorOf(stub.url.replace('http:', 'https:'))).message).toContain('is it an http:// address?');
  });

  it('knows a server that does not speak HTTP', async () => {
    const server = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    const port = await listenLocally(server);
    onTestFinished(() => void server.close());
    expect((await errorOf(`http://127.0.0.1:${port}`)).message).toContain('the answer is not HTTP');
  });

  it('tells a deadline before a connection from one after it', () => {
    const connection = stubConnection('https://x');
    const before = unreachableError(connection, { ...failure, cause: 'deadline' });
    const after = unreachableError(connection, { ...failure, cause: 'deadline', connected: true });
    expect([before.code, after.code]).toEqual(['KUBE_UNREACHABLE', 'KUBE_TIMEOUT']);
  });

  it('says how to mend an untrusted certificate', () => {
    const error = Object.assign(new Error('x'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    expect(unreachableError(stubConnection('https://x'), { ...failure, error }).hint).toContain(
      'certificate-authority',
    );
  });

  it('keeps the code of a cause that it does not know', () => {
    const error = Object.assign(new Error('x'), { code: 'EWHATEVER' });
    expect(unreachableError(stubConnection('https://x'), { ...failure, error }).message).toContain('(EWHATEVER)');
  });
});
