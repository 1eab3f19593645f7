import { expect, test } from 'vitest';
import { readGitCredentials } from '../../../../shared/git/git-credentials.ts';
import type { Secret } from '../../../../shared/resources/secret.ts';

function secretWith(data: Record<string, unknown>): Secret {
  const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'git-login', namespace: 'shop' }, data };
  return object as unknown as Secret;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

test('readGitCredentials reads every key, and drops one line break behind a login', () => {
  const credentials = readGitCredentials(
    secretWith({
      username: base64('deploy\n'),
      password: base64('canary \r\n'),
      bearerToken: base64('token'),
      'ca.crt': base64('pem\n'),
      identity: base64('key\n'),
      known_hosts: base64('host key\n'),
      other: base64('ignored'),
    }),
  );
  const text = (secret: { expose(): Uint8Array } | undefined): string => Buffer.from(secret!.expose()).toString();
  expect(credentials).toMatchObject({ username: 'deploy', caPem: 'pem\n', knownHosts: 'host key\n' });
  expect(text(credentials.password)).toBe('canary ');
  expect(text(credentials.bearerToken)).toBe('token');
  expect(text(credentials.identity)).toBe('key\n');
  expect(JSON.stringify(credentials)).not.toMatch(/canary|"token"|"key\\n"/);
});

test('readGitCredentials gives nothing for a Secret without data, or with empty values', () => {
  expect(readGitCredentials(secretWith({}))).toEqual({});
  expect(readGitCredentials(secretWith({ password: '' }))).toEqual({});
  expect(readGitCredentials({ apiVersion: 'v1', kind: 'Secret', metadata: {}, data: null })).toEqual({});
});

test.each([
  [{ password: 'canary!' }, 'password', 'base64'],
  [{ password: 5 }, 'password', 'text'],
  [{ bearerToken: base64('canary\nX-Header: 1') }, 'bearerToken', 'line break'],
  [{ username: base64('canary\u0000') }, 'username', 'control'],
  [{ identity: Buffer.from([0xff, 0xfe]).toString('base64') }, 'identity', 'UTF-8'],
  [{ 'ca.crt': base64('canary'.repeat(100_000)) }, 'ca.crt', 'larger'],
])('readGitCredentials refuses a bad value and names its key (case %#)', (data, key, why) => {
  const attempt = (): unknown => readGitCredentials(secretWith(data));
  expect(attempt).toThrow(expect.objectContaining({ code: 'GIT_CREDENTIALS_INVALID' }));
  expect(attempt).toThrow(new RegExp(`shop/git-login.*"${key}".*${why}`));
  expect(attempt).not.toThrow(/canary/);
});
