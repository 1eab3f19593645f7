import { expect, test } from 'vitest';
import { redact } from '../../../../controller/logging/redact.ts';
import { FIRST_KEY } from '../../../support/test-keys.ts';

test.each([
  ['credentials in a URL', 'cannot fetch https://user:hunter2@git.example.com/x', 'hunter2'],
  ['a token alone in a URL', 'cannot fetch https://ghp_hunter2@git.example.com/x', 'hunter2'],
  ['a password in a query', 'GET /login?password=hunter2&x=1', 'hunter2'],
  ['a bearer token', '{"authorization":"Bearer hunter2hunter2"}', 'hunter2'],
  ['basic credentials', 'Authorization: Basic aHVudGVyMjpodW50ZXIy', 'aHVudGVyMg'],
  ['a web token', 'token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.c2lnbmF0dXJl', 'eyJzdWIi'],
  ['a private key in plain text', FIRST_KEY.privateKeyPem, FIRST_KEY.privateKeyPem.slice(60, 100)],
  ['a private key in JSON', JSON.stringify({ msg: FIRST_KEY.privateKeyPem }), FIRST_KEY.privateKeyPem.slice(60, 100)],
])('redact masks %s', (_what, line, hidden) => {
  const masked = redact(line);
  expect(masked).toContain('[redacted]');
  expect(masked).not.toContain(hidden);
});

test.each([
  '{"msg":"sealing keys loaded","secret":"sealed-secrets-key-first"}',
  'cannot reach https://127.0.0.1:6443 (context "x" of /home/me/.kube/config)',
  'see https://git.example.com/shop/config.git and mail me@example.com',
  FIRST_KEY.certificatePem,
])('redact leaves a harmless line alone: %#', (line) => {
  expect(redact(line)).toBe(line);
});

test('redact keeps a line of JSON that it masks parseable', () => {
  const line = JSON.stringify({ error: `bad key ${FIRST_KEY.privateKeyPem}`, url: 'https://a:b@c/', next: 1 });
  expect(JSON.parse(redact(line))).toMatchObject({ url: 'https://[redacted]@c/', next: 1 });
});

test('redact needs no more than linear time', () => {
  const hostile = `${'https://'.repeat(20_000)}${'-----BEGIN '.repeat(20_000)}${'bearer '.repeat(20_000)}`;
  expect(redact(hostile).length).toBeGreaterThan(0);
});
