import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { KubeconfigEntry } from '../../../../shared/kube/kubeconfig-entry.ts';
import { createUserCredentials } from '../../../../shared/kube/kubeconfig-user.ts';
import { folderWith, invalid } from './kubeconfig-workspace.ts';

const CLUSTER = { server: 'https://h' };
const clock = { nowMs: 0 };
const now = () => clock.nowMs;

const create = (fields: object, folder = '/x') =>
  createUserCredentials(new KubeconfigEntry('user', 'u', path.join(folder, 'config'), { ...fields }), CLUSTER, now);
const credentialsOf = async (fields: object, folder?: string) => (await create(fields, folder))();
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('createUserCredentials', () => {
  it('proves nothing for an empty user', async () => expect(await credentialsOf({})).toEqual({ headers: {} }));

  it('sends a token without its line end', async () => {
    expect(await credentialsOf({ token: 'abc\n' })).toEqual({ headers: { authorization: 'Bearer abc' } });
  });

  it('sends name and password', async () => {
    expect(await credentialsOf({ username: 'me', password: 'pä:ss' })).toEqual({
      headers: { authorization: `Basic ${base64('me:pä:ss')}` },
    });
  });

  it('shows a certificate, inline data before a file', async () => {
    const folder = await folderWith({ 'u.key': 'file key' });
    const fields = {
      'client-certificate-data': base64('inline certificate'),
      'client-certificate': '/nowhere',
      'client-key': 'u.key',
    };
    expect(await credentialsOf(fields, folder)).toEqual({
      headers: {},
      clientCertPem: 'inline certificate',
      clientKeyPem: 'file key',
    });
  });

  it('combines a certificate, a token and another identity', async () => {
    const data = { 'client-certificate-data': base64('c'), 'client-key-data': base64('k') };
    expect(await credentialsOf({ ...data, token: 't', as: 'other' })).toEqual({
      headers: { authorization: 'Bearer t', 'impersonate-user': 'other' },
      clientCertPem: 'c',
      clientKeyPem: 'k',
    });
  });

  it.each([
    [{ 'client-certificate-data': 'YQ==' }, 'need each other'],
    [{ 'client-key-data': 'YQ==' }, 'need each other'],
    [{ token: 't', username: 'u' }, 'it has token and username'],
    [{ token: 't', exec: { command: 'x' } }, 'it has token and exec'],
    [{ exec: { command: 'x' }, 'auth-provider': { name: 'oidc' } }, 'it has exec and auth-provider'],
    [{ token: 7 }, 'token is not a string'],
    [{ exec: 'x' }, 'exec is not a map'],
    [{ exec: {} }, 'exec has no command'],
  ])('refuses %j', async (fields, words) => {
    await expect(create(fields)).rejects.toThrow(invalid(words));
  });

  it('refuses a token that is none, and does not repeat it', async () => {
    const error = await credentialsOf({ token: 'canary-4711\r\nx-evil: 1' }).catch((thrown: unknown) => thrown);
    expect(error).toEqual(invalid('its token is no token'));
    expect(String((error as Error).message)).not.toContain('canary');
  });
});

describe('createUserCredentials of files', () => {
  it('reads a token again after a minute, and at once when it was refused', async () => {
    const folder = await folderWith({ token: 'first' });
    const file = path.join(folder, 'token');
    const credentials = await create({ tokenFile: 'token' }, folder);
    const tokenOf = async (renew = false) => (await credentials({ renew })).headers['authorization'];
    expect(await tokenOf()).toBe('Bearer first');
    await writeFile(file, 'second');
    expect(await tokenOf()).toBe('Bearer first');
    clock.nowMs += 60_000;
    expect(await tokenOf()).toBe('Bearer second');
    await writeFile(file, 'third');
    expect(await tokenOf(true)).toBe('Bearer third');
  });

  it('keeps the last token while its file is away', async () => {
    const folder = await folderWith({ token: 'first' });
    const credentials = await create({ tokenFile: 'token' }, folder);
    await credentials();
    await rm(path.join(folder, 'token'));
    clock.nowMs += 60_000;
    expect((await credentials()).headers['authorization']).toBe('Bearer first');
  });

  it('takes the file before an inline token, and the inline token without a file', async () => {
    const folder = await folderWith({ token: 'of file' });
    expect((await credentialsOf({ token: 'inline', tokenFile: 'other' }, folder)).headers['authorization']).toBe(
      'Bearer inline',
    );
    await writeFile(path.join(folder, 'token'), 'of-file');
    expect((await credentialsOf({ token: 'inline', tokenFile: 'token' }, folder)).headers['authorization']).toBe(
      'Bearer of-file',
    );
  });

  it('reads a certificate again after a minute', async () => {
    const folder = await folderWith({ 'u.crt': 'old', 'u.key': 'key' });
    const credentials = await create({ 'client-certificate': 'u.crt', 'client-key': 'u.key' }, folder);
    expect((await credentials()).clientCertPem).toBe('old');
    await writeFile(path.join(folder, 'u.crt'), 'new');
    clock.nowMs += 60_000;
    expect((await credentials()).clientCertPem).toBe('new');
  });

  it('names a file that is missing', async () => {
    await expect(credentialsOf({ tokenFile: '/nowhere/token' })).rejects.toThrow(
      invalid('tokenFile /nowhere/token: there is no such file'),
    );
    const fields = { 'client-certificate': '/nowhere/u.crt', 'client-key': '/nowhere/u.key' };
    await expect(credentialsOf(fields)).rejects.toThrow(invalid('client-certificate /nowhere/u.crt'));
  });
});
