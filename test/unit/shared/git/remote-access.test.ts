import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import type { GitCredentials } from '../../../../shared/git/git-credentials.ts';
import { listSecretForms, type RemoteAccess, withRemoteAccess } from '../../../../shared/git/remote-access.ts';
import { parseRepositoryUrl } from '../../../../shared/git/repository-url.ts';

const HTTPS = parseRepositoryUrl('https://git.example.com:8443/shop.git');
const SSH = parseRepositoryUrl('git@git.example.com:shop.git');
const secret = SecretBytes.fromText;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signet-access-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function accessFor(credentials: GitCredentials, url = HTTPS): Promise<RemoteAccess> {
  return withRemoteAccess(url, credentials, folder, async (access) => access);
}

test('a password becomes a header for the scheme, host and port of the address', async () => {
  const { settings, variables } = await accessFor({ username: 'deploy', password: secret('pä:ss') });
  const value = Buffer.from('deploy:pä:ss').toString('base64');
  expect(settings).toEqual([['http.https://git.example.com:8443/.extraHeader', `Authorization: Basic ${value}`]]);
  expect(variables).toEqual({});
});

test('a token becomes a bearer header, and wins over a password', async () => {
  const { settings } = await accessFor({ bearerToken: secret('token'), password: secret('other') });
  expect(settings.map(([, value]) => value)).toEqual(['Authorization: Bearer token']);
});

test('a certificate is a private file for the time of the call', async () => {
  let file = '';
  await withRemoteAccess(HTTPS, { caPem: 'PEM' }, folder, async ({ settings }) => {
    const [[name, value]] = settings as unknown as [[string, string]];
    file = value;
    expect(name).toBe('http.https://git.example.com:8443/.sslCAInfo');
    expect(await readFile(file, 'utf8')).toBe('PEM');
  });
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('an identity is a file that only its owner reads, and is gone after a failure', async () => {
  const credentials = { identity: secret('KEY\r\nEND'), knownHosts: 'host key' };
  const attempt = withRemoteAccess(SSH, credentials, folder, async ({ variables }) => {
    const file = /IdentityFile="([^"]+)"/.exec(variables['GIT_SSH_COMMAND']!)![1]!;
    expect(await readFile(file, 'utf8')).toBe('KEY\nEND\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    throw new Error('fetch failed');
  });
  await expect(attempt).rejects.toThrow('fetch failed');
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  [SSH, {}, /identity/],
  [SSH, { identity: secret('k') }, /known_hosts/],
  [SSH, { identity: secret('k'), knownHosts: ' \n' }, /known_hosts/],
  [HTTPS, { username: 'deploy' }, /no password/],
  [HTTPS, { username: 'a:b', password: secret('p') }, /colon/],
  [HTTPS, { identity: secret('k') }, /https/],
  [HTTPS, { bearerToken: secret('a\r\nX-Other: 1') }, /bearerToken/],
])('credentials that do not fit are refused', async (url, credentials, why) => {
  const attempt = accessFor(credentials, url);
  await expect(attempt).rejects.toMatchObject({ code: 'GIT_CREDENTIALS_INVALID', message: expect.stringMatching(why) });
  expect(await readdir(folder)).toEqual([]);
});

test('listSecretForms lists what is sent and what it is made of', () => {
  const forms = listSecretForms({ username: 'u', password: secret('pass'), bearerToken: secret('token') });
  expect(forms).toEqual(['pass', 'token', Buffer.from('u:pass').toString('base64')]);
});
