import { describe, expect, test } from 'vitest';
import { parseRepositoryUrl, type UrlPolicy } from '../../../../shared/git/repository-url.ts';

function failureOf(text: string, policy?: UrlPolicy): { code: string; text: string } {
  try {
    parseRepositoryUrl(text, policy);
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    return { code, text: `${message} ${hint}` };
  }
  throw new Error('it was accepted');
}

describe('parseRepositoryUrl', () => {
  test.each([
    ['https://git.example.com/shop/config.git', 'https', 'git.example.com'],
    ['https://git.example.com:8443/shop', 'https', 'git.example.com:8443'],
    ['ssh://git@git.example.com:2222/shop.git', 'ssh', 'git.example.com:2222'],
    ['ssh://git.example.com/shop.git', 'ssh', 'git.example.com'],
    ['git@git.example.com:shop/config.git', 'ssh', 'git.example.com'],
    ['http://127.0.0.1:8080/shop.git', 'http', '127.0.0.1:8080'],
    ['http://localhost/shop.git', 'http', 'localhost'],
    ['http://[::1]:80/shop.git', 'http', '[::1]'],
    ['git@[2001:db8::1]:shop.git', 'ssh', '[2001:db8::1]'],
  ])('accepts %s', (text, transport, host) => {
    expect(parseRepositoryUrl(text)).toMatchObject({ transport, host });
  });

  test('accepts plain http elsewhere, and files, only when told to', () => {
    expect(failureOf('http://git.example.com/shop.git').code).toBe('GIT_URL_REFUSED');
    expect(failureOf('file:///srv/shop.git').code).toBe('GIT_URL_REFUSED');
    expect(parseRepositoryUrl('http://git.example.com/shop.git', { allowHttp: true }).transport).toBe('http');
    expect(parseRepositoryUrl('file:///srv/shop.git', { allowFile: true }).address).toBe('file:///srv/shop.git');
  });

  test.each([
    'https://user:canary@git.example.com/shop.git',
    'https://canary@git.example.com/shop.git',
    'http://user:canary@127.0.0.1/shop.git',
    'ssh://git:canary@git.example.com/shop.git',
    'git:canary@git.example.com:shop.git',
    'https://user:can@ary@git.example.com/shop.git',
  ])('refuses credentials in %s, and does not repeat them', (text) => {
    const failure = failureOf(text);
    expect(failure.code).toBe('GIT_CREDENTIALS_IN_URL');
    expect(failure.text).toContain('secretRef');
    expect(failure.text).not.toMatch(/canary|can@ary/);
  });

  test.each([
    ['', 'nothing'],
    ['-oProxyCommand=canary', 'an option'],
    ['ssh://-oProxyCommand=canary/x', 'an option as host'],
    ['-x@host:path', 'an option as user'],
    ['git@-host:path', 'an option as host'],
    ['git@host:-path', 'an option as path'],
    ['canary:https://-x', 'an address in another one'],
    ['ext::sh -c canary', 'a command'],
    ['ext::canary', 'a command without blanks'],
    ['git://git.example.com/shop.git', 'a protocol without any protection'],
    ['ftp://git.example.com/shop.git', 'an unknown protocol'],
    ['/srv/canary.git', 'a path'],
    ['../canary.git', 'a relative path'],
    ['C:\\canary', 'a Windows path'],
    ['https://git.example.com/', 'a host without a repository'],
    ['https://git.example.com', 'a host alone'],
    ['https:///canary', 'no host'],
    ['https://git.example.com/shop.git?token=canary', 'a query'],
    ['https://git.example.com/shop.git#canary', 'a fragment'],
    ['https://git.example.com/sh op.git', 'a blank'],
    ['https://git.example.com/shop.git\n', 'a line break'],
    ['https://git.example.com/\u0000', 'a NUL'],
    ['https://gіt.example.com/shop.git', 'a letter of another script'],
    ['file://host/srv/shop.git', 'a file on another host'],
  ])('refuses %j: %s', (text) => {
    const failure = failureOf(text, { allowFile: true });
    expect(failure.code).toBe('GIT_URL_REFUSED');
    expect(failure.text).not.toContain('canary');
  });

  test('refuses an address of thousands of characters', () => {
    expect(failureOf(`https://git.example.com/${'x'.repeat(3000)}`).code).toBe('GIT_URL_REFUSED');
  });

  test('sees through other spellings of an address of this machine', () => {
    expect(parseRepositoryUrl('http://0x7f.1/shop.git').host).toBe('127.0.0.1');
    expect(failureOf('http://127.0.0.1.example.com/shop.git').code).toBe('GIT_URL_REFUSED');
    expect(failureOf('http://localhost.example.com/shop.git').code).toBe('GIT_URL_REFUSED');
  });
});
