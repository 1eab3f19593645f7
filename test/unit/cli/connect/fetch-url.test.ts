import http from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeUrl, fetchUrl } from '../../../../cli/connect/fetch-url.ts';
import { listenLocally } from '../../../support/listen-locally.ts';

const server = http.createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://localhost');
  if (pathname === '/cert.pem') response.end('PEM');
  else if (pathname === '/moved') response.writeHead(302, { location: '/cert.pem' }).end();
  else if (pathname === '/loop') response.writeHead(302, { location: '/loop' }).end();
  else if (pathname === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  else if (pathname === '/large') response.end('x'.repeat(2000));
  else if (pathname === '/silent') response.write('x');
  else response.writeHead(404).end('secret body');
});
let base = '';

beforeAll(async () => {
  base = `http://127.0.0.1:${await listenLocally(server)}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const io = { env: {}, signal: new AbortController().signal };

async function textAt(path: string): Promise<string> {
  return new TextDecoder().decode(await fetchUrl(io, new URL(path, base)));
}

test('an answer of 200 is given, after redirects too', async () => {
  expect(await textAt('/cert.pem')).toBe('PEM');
  expect(await textAt('/moved')).toBe('PEM');
});

test.each([
  ['/missing', '404 Not Found'],
  ['/loop', 'more than 5 redirects'],
  ['/file', 'it redirects to nowhere'],
])('%s fails with its reason', async (path, reason) => {
  await expect(textAt(path)).rejects.toMatchObject({
    code: 'CLI_CERTIFICATE_UNREADABLE',
    message: `cannot fetch "${base}${path}": ${reason}`,
  });
});

test('an answer beyond the bound is refused', async () => {
  await expect(fetchUrl(io, new URL('/large', base), { maxBytes: 1000 })).rejects.toThrow('larger than 1000 bytes');
});

test('a server that never finishes is left after the time limit', async () => {
  await expect(fetchUrl(io, new URL('/silent', base), { timeoutMs: 50 })).rejects.toThrow('no answer in time');
});

test('an interrupt ends the fetch with its own reason', async () => {
  const controller = new AbortController();
  const fetching = fetchUrl({ env: {}, signal: controller.signal }, new URL('/silent', base));
  controller.abort();
  await expect(fetching).rejects.toBe(controller.signal.reason);
});

test('describeUrl shows neither user, password nor query', () => {
  expect(describeUrl(new URL('https://me:word@host:8443/a/b?token=1#c'))).toBe('https://host:8443/a/b');
});
