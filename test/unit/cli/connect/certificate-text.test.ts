import http from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCertificateText } from '../../../../cli/connect/certificate-text.ts';
import type { Session } from '../../../../cli/terminal/session.ts';
import { listenLocally } from '../../../support/listen-locally.ts';

/** Answers as a server and as a proxy, for whatever host it is asked. */
const server = http.createServer((_request, response) => response.end('PEM'));
let base = '';

beforeAll(async () => {
  base = `http://127.0.0.1:${await listenLocally(server)}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test.each([
  ['127.certs.example.com', 1],
  ['certs.example.com', 1],
  ['localhost', 0],
  ['127.0.0.1', 0],
])('a certificate over plain http from %s gives %i warnings', async (host, count) => {
  const warnings: string[] = [];
  const session = {
    io: { cwd: '/', env: { HTTP_PROXY: base }, signal: new AbortController().signal },
    report: { warn: (text: string) => warnings.push(text) },
  } as unknown as Session;
  expect(await readCertificateText(session, `http://${host}/cert.pem`)).toBe('PEM');
  expect(warnings).toHaveLength(count);
});
