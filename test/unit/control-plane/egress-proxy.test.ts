import { request } from 'node:http';
import type { Socket } from 'node:net';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listenForEgress } from '../../control-plane/egress-proxy.ts';
import { serve, temporaryFolder } from './release-server.ts';

async function openProxy(): Promise<string> {
  const socketPath = path.join(await temporaryFolder(), 'egress.sock');
  const proxy = await listenForEgress(socketPath);
  onTestFinished(() => void proxy.close());
  return socketPath;
}

function connectThrough(socketPath: string, authority: string): Promise<{ status: number; socket: Socket }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method: 'CONNECT', path: authority });
    outgoing.once('connect', (response, socket) => resolve({ status: response.statusCode ?? 0, socket }));
    outgoing.once('error', reject);
    outgoing.end();
  });
}

test('the egress proxy leads every address to loopback, port kept', async () => {
  const body = 'x'.repeat(1_000_000);
  const port = new URL(await serve((_request, response) => void response.end(body))).port;
  const { status, socket } = await connectThrough(await openProxy(), `192.0.2.10:${port}`);
  expect(status).toBe(200);
  const answer = await new Promise<string>((resolve, reject) => {
    request({ createConnection: () => socket, path: '/' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.once('end', () => resolve(text));
    })
      .once('error', reject)
      .end();
  });
  expect(answer).toBe(body);
  socket.destroy();
});

test('the egress proxy answers 502 when nobody listens', async () => {
  const { status, socket } = await connectThrough(await openProxy(), '192.0.2.10:1');
  expect(status).toBe(502);
  socket.destroy();
});

test.each(['192.0.2.10', '192.0.2.10:0', '192.0.2.10:65536', '192.0.2.10:http'])(
  'the egress proxy answers 400 to "%s"',
  async (authority) => {
    const { status, socket } = await connectThrough(await openProxy(), authority);
    expect(status).toBe(400);
    socket.destroy();
  },
);
