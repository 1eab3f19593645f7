import { describe, expect, test } from 'vitest';
import { dockerConfig } from '../../../../cli/commands/docker-config.ts';
import { parseEnvFile } from '../../../../cli/commands/env-file.ts';
import { decodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';

function parse(text: string | Uint8Array<ArrayBuffer>): Record<string, string | null> {
  const content = typeof text === 'string' ? SecretBytes.fromText(text) : new SecretBytes(text);
  const entries = [...parseEnvFile(content, 'app.env')].map(
    ([key, value]) => [key, decodeUtf8(value.expose())] as const,
  );
  return Object.fromEntries(entries);
}

describe('parseEnvFile', () => {
  test('reads lines as kubectl does', () => {
    expect(parse('# c\n\nA=1\n  B= x \nC="q"\nD=a=b#c\nE=\n')).toEqual({
      A: '1',
      B: ' x ',
      C: '"q"',
      D: 'a=b#c',
      E: '',
    });
  });

  test('reads what Windows saved', () => {
    expect(parse('\ufeffA=1\r\nB=2\r\n')).toEqual({ A: '1', B: '2' });
    expect(parse(new Uint8Array(Buffer.from('\ufeffA=1\r\n', 'utf16le')))).toEqual({ A: '1' });
  });

  test('keeps keys that objects have of their own', () => {
    const values = parseEnvFile(SecretBytes.fromText('__proto__=x\nconstructor=y\n'), 'app.env');
    expect([...values.keys()]).toEqual(['__proto__', 'constructor']);
  });

  test.each([
    ['a line without =', 'A=1\nhunter2\n', 'line 2'],
    ['a key that no Secret has', 'hunter 2=x\n', 'line 1'],
    ['a key that comes twice', 'A=1\nA=hunter2\n', 'line 2'],
    ['nothing', '# only a comment\n', 'it holds none'],
  ])('refuses %s without quoting it', (_what, text, expected) => {
    expect(() => parse(text)).toThrow(expected);
    expect(() => parse(text)).toThrow(/^(?!.*hunter)/);
  });

  test('wipes what it has read', () => {
    const content = SecretBytes.fromText('A=1\n');
    parseEnvFile(content, 'app.env');
    expect(content.expose()).toEqual(new Uint8Array(4));
  });
});

describe('dockerConfig', () => {
  const login = { server: 'ghcr.io', user: 'bob', password: SecretBytes.fromText('p"ß') };

  test('is what kubectl makes', () => {
    expect(JSON.parse(decodeUtf8(dockerConfig(login).expose()) ?? '')).toEqual({
      auths: { 'ghcr.io': { username: 'bob', password: 'p"ß', auth: Buffer.from('bob:p"ß').toString('base64') } },
    });
  });

  test.each(['docker.io', 'index.docker.io'])('knows %s by the name that Docker gives it', (server) => {
    const text = decodeUtf8(dockerConfig({ ...login, server }).expose()) ?? '';
    expect(Object.keys(JSON.parse(text).auths)).toEqual(['https://index.docker.io/v1/']);
  });

  test('refuses a password that is no text', () => {
    const password = new SecretBytes(Uint8Array.of(0xff));
    expect(() => dockerConfig({ ...login, password })).toThrow('not UTF-8');
  });
});
