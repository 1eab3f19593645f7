import { expect, test } from 'vitest';
import { inlineConnection } from '../../../../shared/kube/inline-kubeconfig.ts';

const WHERE = 'of Secret shop/other';

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
  readonly root?: object;
}

function kubeconfig({ cluster = {}, user = {}, root = {} }: Parts = {}): Uint8Array {
  const text = JSON.stringify({
    'current-context': 'c',
    clusters: [{ name: 'k', cluster: { server: 'https://192.0.2.1:6443', ...cluster } }],
    users: [{ name: 'u', user: { token: 'canary-token', ...user } }],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u', namespace: 'n' } }],
    ...root,
  });
  return Buffer.from(text);
}

test('inline data is all that it takes', async () => {
  const connection = await inlineConnection(kubeconfig({ user: { as: 'jane', 'as-groups': ['g'] } }), WHERE);
  expect(connection).toMatchObject({ server: 'https://192.0.2.1:6443', namespace: 'n' });
  expect(connection.describe()).toBe(`https://192.0.2.1:6443 (${WHERE})`);
  expect((await connection.credentials()).headers).toEqual({
    authorization: 'Bearer canary-token',
    'impersonate-user': 'jane',
    'impersonate-group': ['g'],
  });
});

test.each([
  ['a program', { user: { exec: { command: '/bin/true' } } }, /exec is not allowed: it would run a program/],
  ['an empty program', { user: { exec: null } }, /exec is not allowed/],
  ['an auth provider', { user: { 'auth-provider': { name: 'gcp' } } }, /auth-provider is not allowed/],
  ['a token file', { user: { tokenFile: '/etc/passwd' } }, /tokenFile is not allowed: .* use token/],
  ['a key file', { user: { 'client-key': '/etc/passwd' } }, /client-key is not allowed: .* use client-key-data/],
  ['a certificate file', { user: { 'client-certificate': 'x' } }, /use client-certificate-data/],
  ['an authority file', { cluster: { 'certificate-authority': 'x' } }, /use certificate-authority-data/],
  ['a proxy', { cluster: { 'proxy-url': 'http://192.0.2.2' } }, /proxy-url is not allowed/],
  ['unchecked TLS', { cluster: { 'insecure-skip-tls-verify': true } }, /insecure-skip-tls-verify is not allowed/],
  ['unchecked TLS as text', { cluster: { 'insecure-skip-tls-verify': 'false' } }, /insecure-skip-tls-verify is not/],
  ['a password', { user: { username: 'u', password: 'canary-token' } }, /field "username", which is not allowed/],
  ['what nobody knows yet', { user: { Exec: {} } }, /field "Exec", which is not allowed/],
  ['plain http', { cluster: { server: 'http://192.0.2.1' } }, /server is no https address/],
  ['no scheme', { cluster: { server: '192.0.2.1' } }, /server is no https address/],
  ['no current context', { root: { 'current-context': 'x' } }, /current-context names none/],
  ['a missing user', { root: { users: [] } }, /there is no user "u"/],
])('%s is refused, and no credential is repeated', async (_what, parts, message) => {
  const error: unknown = await inlineConnection(kubeconfig(parts), WHERE).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'KUBE_KUBECONFIG_INVALID', message: expect.stringMatching(message) });
  expect(String(error)).toContain(WHERE);
  expect(String(error)).not.toContain('canary-token');
});

test.each([
  ['nothing', ''],
  ['a list', '[]'],
  ['no YAML', '{a: [canary-token'],
  ['two documents', `${Buffer.from(kubeconfig()).toString()}\n---\nusers: []\n`],
])('%s is no kubeconfig', async (_what, text) => {
  const error: unknown = await inlineConnection(Buffer.from(text), WHERE).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'KUBE_KUBECONFIG_INVALID' });
  expect(String(error)).not.toContain('canary-token');
});

test('what is no YAML is named once, with the line', async () => {
  await expect(inlineConnection(Buffer.from('a: ['), WHERE)).rejects.toThrow(
    `cannot use kubeconfig ${WHERE}: cannot parse it: line 1: unexpected end of the stream within a flow collection`,
  );
});
